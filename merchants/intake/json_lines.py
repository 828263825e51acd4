"""NDJSON: one object a line. Numbers keep every digit; what JSON leaves open is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, BinaryIO

from merchants.intake.cells import visible
from merchants.intake.problems import Refused
from merchants.intake.tables import Limits, Row, Table

LINE_LIMIT = 1 << 20  # bytes


def read(file: BinaryIO, limits: Limits) -> Table:
    file.seek(0)
    return Table("ndjson", "utf-8", None, _rows(file))


def parse(text: str | bytes) -> Any:
    """JSON with decimals exact, a field twice refused, NaN and infinities refused, any depth safe. Raises
    ``Refused``."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_once_each)
    except Refused:
        raise
    except RecursionError:
        raise Refused("json_too_deep") from None
    except (ValueError, ArithmeticError):  # bad syntax, bad UTF-8, thousands of digits, absurd exponents
        raise Refused("unreadable_json") from None


def row(line: int, told: object) -> Row:
    """A row from one parsed object."""
    if not isinstance(told, dict):
        return Row(line, {}, Refused("not_an_object"))
    return Row(line, told)


def _rows(file: BinaryIO) -> Iterator[Row]:
    line = 0
    while text := file.readline(LINE_LIMIT + 1):
        line += 1
        if len(text) > LINE_LIMIT and not text.endswith(b"\n"):
            while (rest := file.readline(LINE_LIMIT)) and not rest.endswith(b"\n"):
                pass
            yield Row(line, {}, Refused("cell_too_large", limit=LINE_LIMIT))
            continue
        text = text.removeprefix(b"\xef\xbb\xbf") if line == 1 else text
        if text.strip():
            yield _parsed(line, text)


def _parsed(line: int, text: bytes) -> Row:
    try:
        return row(line, parse(text))
    except Refused as refused:
        return Row(line, {}, refused)


def _no_number(word: str) -> Any:
    raise Refused("unreadable_json")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    told = dict(pairs)
    if len(told) < len(pairs):
        names = [name for name, _ in pairs]
        raise Refused(
            "field_twice", field=visible(next(name for name in names if names.count(name) > 1)[:80])
        )
    return told
