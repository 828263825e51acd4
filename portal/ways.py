"""The way back: a page that was opened from a figure knows the exact address it was opened from.

The address of a drill-down carries ``back``, the path and query it came from, so the way is in the address as
everything else is, survives a reload and can be sent to a colleague.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

PARAMETER = "back"
LONGEST = 1500  # characters of an address; a longer chain of ways is cut to its last step


def here(request: HttpRequest) -> str:
    """The address on the screen: of a part that was fetched, that of the page around it."""
    htmx: Any = getattr(request, "htmx", None)
    shown = htmx.current_url_abs_path if htmx else None
    address = str(shown or request.get_full_path())
    if len(address) <= LONGEST:
        return address
    path, query = urlsplit(address).path, urlsplit(address).query
    kept = urlencode([pair for pair in parse_qsl(query) if pair[0] != PARAMETER])
    return f"{path}?{kept}" if kept else path


def way_back(request: HttpRequest, code: str) -> str:
    """Where this page was opened from, when that is a page of the same merchant; else empty."""
    given = request.GET.get(PARAMETER, "")
    inside = given.startswith(f"/m/{code}/") and len(given) <= 2 * LONGEST
    return given if inside and url_has_allowed_host_and_scheme(given, allowed_hosts=None) else ""


def name_of(address: str) -> str:
    """The name of the page at an address, as its URL has it; empty where there is none."""
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return ""
