"""What sources push goes straight to its view."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotFound
from django.urls import resolve

PUSHES = "/in/"


class ShortWay:
    """The first of the middleware. A source has no session, language, form or page: the layers that give people
    these took a fifth of a push's processor time, and a burst waits for a processor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._others = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(PUSHES):
            return self._others(request)
        try:
            found = resolve(request.path_info)
            answer: HttpResponseBase = found.func(request, *found.args, **found.kwargs)
        except Http404:
            return HttpResponseNotFound()
        return answer
