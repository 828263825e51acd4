"""400, 403, 404 and 500: full pages, and a short text where htmx asked for a fragment."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from merchants.access import Refusal
from portal import api_errors


def _page(request: HttpRequest, status: int, **said: Any) -> HttpResponse:
    if request.path.startswith("/api/"):
        return api_errors.outside(status)
    return render(request, f"errors/{status}.html", said, status=status)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _page(request, 403, refusal=exception if isinstance(exception, Refusal) else None)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/"):
        return api_errors.outside(500)
    from django.template import loader

    return HttpResponse(loader.get_template("errors/500.html").render(), status=500)
