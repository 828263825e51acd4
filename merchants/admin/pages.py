"""Pages of the operator's desk that are no table: an app registers its own, and the list of merchants links to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True, slots=True)
class OperatorPage:
    """``name`` is its address below the merchants and, with ``admin:`` before it, what it is reversed by."""

    name: str
    label: Any
    view: Callable[[HttpRequest], HttpResponse]


PAGES: list[OperatorPage] = []


def operator_page(name: str, label: Any) -> Callable[[Callable[[HttpRequest], HttpResponse]], Any]:
    """Registers a view; staff who may see merchants may open it."""

    def register(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
        PAGES.append(OperatorPage(name, label, view))
        return view

    return register
