"""Batches as programs hand them in: bodies read exactly, and what OpenAPI says of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

from django.utils.translation import override
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

from merchants.intake import json_lines
from merchants.intake.cells import Cell, Choice
from merchants.intake.columns import Column
from merchants.intake.kinds import Kind
from merchants.intake.problems import Refused
from merchants.intake.tables import Row

BODY_LIMIT = 10 * 1024 * 1024
ROWS_LIMIT = 5_000


class BodyTooLarge(APIException):
    status_code = 413
    default_detail = f"The body is larger than {BODY_LIMIT >> 20} MB: send smaller batches."
    default_code = "body_too_large"


class TooManyRows(APIException):
    status_code = 400
    default_detail = f"A batch holds 1 to {ROWS_LIMIT} rows."
    default_code = "wrong_number_of_rows"


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows of a body, numbered from 0, and its SHA-256."""

    rows: tuple[Row, ...]
    body: bytes
    digest: str


class JsonBatches(BaseParser):
    """A JSON array of objects."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = _read(stream)
        try:
            told = json_lines.parse(body)
        except Refused as refused:
            raise ParseError("The body is not readable JSON.", code=refused.code) from None
        if not isinstance(told, list):
            raise ParseError("The body must be a JSON array of objects.", code="not_an_array")
        return _batch(body, (json_lines.row(index, one) for index, one in enumerate(told)))


class NdjsonBatches(BaseParser):
    """One JSON object a line."""

    media_type = "application/x-ndjson"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = _read(stream)
        return _batch(body, _lines(body))


def _lines(body: bytes) -> Iterator[Row]:
    for index, line in enumerate(line for line in body.split(b"\n") if line.strip()):
        try:
            yield json_lines.row(index, json_lines.parse(line))
        except Refused as refused:
            yield Row(index, {}, refused)


def _read(stream: IO[bytes]) -> bytes:
    body = stream.read(BODY_LIMIT + 1)
    if len(body) > BODY_LIMIT:
        raise BodyTooLarge
    return body


def _batch(body: bytes, rows: Iterator[Row]) -> Batch:
    listed: list[Row] = []
    for row in rows:
        if len(listed) == ROWS_LIMIT:
            raise TooManyRows
        listed.append(row)
    if not listed:
        raise TooManyRows
    return Batch(tuple(listed), body, hashlib.sha256(body).hexdigest())


# -- OpenAPI

_TEXT: dict[str, Any] = {"type": "string"}
_NUMBER = {"type": "number"}
_WHOLE = {"type": "integer"}
_BLANK = {"type": "string", "pattern": r"^\s*$", "description": "Not known."}
# What a cell of each kind may be in JSON, the usual first: programs may hand on what an export wrote as text
_TYPES: dict[str, list[dict[str, Any]]] = {
    "text": [_TEXT, _WHOLE],
    "id": [_TEXT | {"description": "An id as text."}, _WHOLE],
    "money": [
        _TEXT | {"description": "Yuan with at most two decimals.", "example": "1284.05"},
        _NUMBER,
    ],
    "time": [
        _TEXT
        | {
            "description": "ISO 8601 with its zone; without one it is Shanghai time.",
            "example": "2026-03-01T13:05:00+08:00",
        },
        _WHOLE | {"description": "Unix time in seconds or milliseconds."},
    ],
    "day": [_TEXT | {"format": "date"}, _WHOLE | {"example": 20260301}],
    "whole number": [_WHOLE, _TEXT],
    "yes or no": [{"type": "boolean"}, _WHOLE | {"enum": [0, 1]}, _TEXT],
    "rate": [
        _TEXT | {"description": "A rate in percent; only checks the figures.", "example": "12.3"},
        _NUMBER,
    ],
    "share": [_TEXT | {"description": "A share in percent.", "example": "62.1%"}, _NUMBER],
    "index": [_TEXT | {"description": "100 is like everybody.", "example": "112.50"}, _NUMBER],
    "window": [_WHOLE | {"minimum": 1, "maximum": 365, "description": "Days."}, _TEXT],
}


@override("en")
def schema_of_rows(kind: Kind) -> dict[str, Any]:
    """The body of a batch."""
    return {
        "type": "array",
        "minItems": 1,
        "maxItems": ROWS_LIMIT,
        "items": {
            "type": "object",
            "additionalProperties": False,
            "required": [column.name for column in kind.columns if column.required],
            "properties": {
                column.name: {"title": str(column.label), **_type_of(column)} for column in kind.columns
            },
        },
    }


def examples_of(kind: Kind) -> list[dict[str, Any]]:
    """The rows of the templates as a program writes them: numbers, truth values and words of lists as such."""
    return [
        {name: _as_told(kind.column(name).cell, text) for name, text in example.items()}
        for example in kind.examples
    ]


def _as_told(cell: Cell, text: str) -> Any:
    if isinstance(cell, Choice):
        return next(name for name in cell.names if cell.read(name) == cell.read(text))
    return cell.read(text) if cell.word in {"whole number", "window", "yes or no"} else text


def _type_of(column: Column) -> dict[str, Any]:
    types = _types_of(column.cell)
    if not column.required:
        return {"nullable": True, "anyOf": [*types, _BLANK]}
    return types[0] if len(types) == 1 else {"anyOf": types}


def _types_of(cell: Cell) -> list[dict[str, Any]]:
    if isinstance(cell, Choice):
        return [_TEXT | {"enum": cell.names}]
    usual, *others = _TYPES[cell.word]
    limit = getattr(cell, "limit", None)
    return [usual | {"maxLength": limit} if limit else usual, *others]
