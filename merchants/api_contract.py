"""What holds for every call of the API: one shape of errors, declared parameters, one way to page through lists.

What the description says of every call stands in :mod:`merchants.api_description`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

R = TypeVar("R")
ERROR = {"$ref": "#/components/schemas/Error"}
MOST_ROWS, USUAL_ROWS = 500, 100  # of a page of a list
LIMIT = OpenApiParameter(
    "limit",
    {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": USUAL_ROWS},
    description="Rows a page.",
)
CURSOR = OpenApiParameter(
    "cursor",
    {"type": "string", "maxLength": 600},
    description="`next_cursor` of the page before, with the same other parameters.",
)
PAGING = [LIMIT, CURSOR]
NEXT = {
    "type": "string",
    "nullable": True,
    "description": "Asks for the next page as `cursor`; null on the last one.",
}


# -- refusals


def refusal(
    status: int, code: str, message: str, details: Sequence[dict[str, Any]] = (), **headers: str
) -> Response:
    """An error as programs know it. A detail names what was refused: ``index`` of the row and ``field``, or the
    parameter alone, its ``value``, a ``code`` and the ``remedy``."""
    body: dict[str, Any] = {"code": code, "message": message}
    told = {name.replace("_", "-").title(): value for name, value in headers.items()}
    return Response({"error": body | ({"details": list(details)} if details else {})}, status, headers=told)


class BadParameters(APIException):
    """Parameters of an address that make no sense, each with what would."""

    status_code = 400
    default_code = "bad_parameter"

    def __init__(self, view: ProgramView, problems: Iterable[tuple[str, str]], code: str = "") -> None:
        listed = list(problems)
        told = ", ".join(f"{name}={value}" for name, value in listed)
        super().__init__(f"These parameters make no sense: {told}.", code or None)
        known = {one.name: one for one in view.parameters}
        self.details = [
            {
                "field": name[:80],
                "value": value[:80],
                "code": code or ("bad_parameter" if name in known else "unknown_parameter"),
                "remedy": _remedy(known.get(name), known, code),
            }
            for name, value in listed
        ]


def _remedy(one: OpenApiParameter | None, known: Iterable[str], code: str) -> str:
    if code == "stale_cursor":
        return _("Begin again without the cursor.")
    if one is None:
        names = ", ".join(sorted(known))
        return _("This call takes: %(names)s.") % {"names": names} if names else _("This call takes none.")
    if one.enum:
        return _("Use one of: %(values)s.") % {"values": ", ".join(map(str, one.enum))}
    if one.type is int or (isinstance(one.type, dict) and one.type["type"] == "integer"):
        return _("Use a whole number. %(what)s") % {"what": one.description}
    return str(one.description)


class ProgramView(APIView):
    """A call of the API. It names its ``scope`` and the ``parameters`` of its address; others are refused, because
    one that is misspelt and passed over gives figures nobody asked for."""

    scope = ""
    parameters: list[OpenApiParameter] = []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        known = {one.name for one in self.parameters}
        given = request.query_params
        if wrong := [name for name in given if name not in known or len(given.getlist(name)) > 1]:
            raise BadParameters(self, [(name, ",".join(given.getlist(name))) for name in wrong])


# -- lists


@dataclass(frozen=True, slots=True)
class Page:
    """``after`` is the key of the last row that was had, None at the beginning."""

    request: Request
    limit: int
    after: str | None

    def cut(
        self, rows: Sequence[R], key: Callable[[R], str], view: ProgramView
    ) -> tuple[list[R], str | None]:
        """(the rows of this page, the key of the last one when more follow). Raises :class:`BadParameters` when the
        row that was last is not there any more: going on would pass rows over."""
        start = 0
        if self.after is not None:
            found = next((index for index, row in enumerate(rows) if key(row) == self.after), None)
            if found is None:
                raise stale(view, self.request)
            start = found + 1
        told = list(rows[start : start + self.limit])
        return told, key(told[-1]) if start + self.limit < len(rows) else None

    def answer(self, body: dict[str, Any], last: str | None) -> Response:
        """The body with its ``next_cursor``, and the address of the next page as RFC 8288 has it."""
        if last is None:
            return Response({**body, "next_cursor": None})
        cursor = _written(self.request, last)
        asked = urlencode({**self.request.query_params.dict(), "cursor": cursor})
        address = self.request.build_absolute_uri(f"{self.request.path}?{asked}")
        return Response({**body, "next_cursor": cursor}, headers={"Link": f'<{address}>; rel="next"'})


def page_of(view: ProgramView, request: Request) -> Page:
    """Which page is asked for. Raises :class:`BadParameters`."""
    given = request.query_params
    told = given.get("limit", str(USUAL_ROWS))
    if not (told.isascii() and told.isdigit() and len(told) < 6 and 1 <= int(told) <= MOST_ROWS):
        raise BadParameters(view, [("limit", told)])
    if "cursor" not in given:
        return Page(request, int(told), None)
    try:
        question, after = json.loads(base64.urlsafe_b64decode(given["cursor"].encode("ascii")))
    except (ValueError, TypeError, binascii.Error):
        raise stale(view, request) from None
    if question != _question(request) or not isinstance(after, str):
        raise stale(view, request)
    return Page(request, int(told), after)


def stale(view: ProgramView, request: Request) -> BadParameters:
    return BadParameters(view, [("cursor", request.query_params["cursor"])], "stale_cursor")


def _question(request: Request) -> str:
    """All parameters but the cursor: another question has other pages."""
    asked = sorted((name, value) for name, value in request.query_params.items() if name != "cursor")
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:12]


def _written(request: Request, after: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([_question(request), after]).encode()).decode()
