"""Every address of the installation: what answers there, to which methods, and to whom."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import get_converters

from merchants.roles import ROLES

ANONYMOUS, MEMBER, STAFF = "anonymous", "member", "staff"  # beside the roles of a merchant, and tokens
_GROUP = re.compile(r"\(\?P<(\w+)>([^)]*)\)")


@dataclass(frozen=True, slots=True)
class Address:
    """``roles`` are codes of ``merchants.roles``, or one of ``anonymous``, ``member`` (any person who has
    logged in), ``staff`` and ``token:<scope>``. ``parameters`` gives the converter of each part of the
    path that varies (``slug``, ``int``), or the expression that it matches."""

    pattern: str
    name: str
    methods: tuple[str, ...]
    roles: tuple[str, ...]
    parameters: dict[str, str]


def addresses() -> list[Address]:
    """All addresses, in the order in which a request is compared with them."""
    return list(_below(get_resolver().url_patterns, "", (), {}))


def _below(
    patterns: list[Any], path: str, spaces: tuple[str, ...], parameters: dict[str, str]
) -> Iterator[Address]:
    for entry in patterns:
        here, known = path + _plain(entry), parameters | _parameters(entry)
        if isinstance(entry, URLResolver):
            inside = (*spaces, entry.namespace) if entry.namespace else spaces
            yield from _below(entry.url_patterns, here, inside, known)
        else:
            name = ":".join((*spaces, entry.name or ""))
            yield Address(here, name, _methods(entry.callback), _roles(entry.callback, spaces), known)


def _plain(entry: URLPattern | URLResolver) -> str:
    text = str(entry.pattern).removeprefix("^").removesuffix("$")
    return _GROUP.sub(r"<\1>", text).replace("\\", "")


def _parameters(entry: URLPattern | URLResolver) -> dict[str, str]:
    names = {type(converter): name for name, converter in get_converters().items()}
    typed = {name: names[type(converter)] for name, converter in entry.pattern.converters.items()}
    return typed or dict(_GROUP.findall(str(entry.pattern)))


def _methods(view: Callable[..., Any]) -> tuple[str, ...]:
    """Those that the view names; for a class those that it has; else, with Django's own, both usual ones."""
    if said := getattr(view, "methods", None):
        return tuple(said)
    kind = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if kind is None:
        return ("GET", "POST", "HEAD")
    found = [name.upper() for name in kind.http_method_names if hasattr(kind, name) and name != "options"]
    return tuple(found) if "HEAD" in found or "GET" not in found else (*found, "HEAD")


def _roles(view: Callable[..., Any], spaces: tuple[str, ...]) -> tuple[str, ...]:
    permission = getattr(view, "permission", None)
    if permission is not None:
        return tuple(role.code for role in ROLES if permission in role.permissions)
    if scope := getattr(getattr(view, "cls", None), "scope", None):
        return (f"token:{scope}",)
    if "admin" in spaces:
        return (STAFF,) if getattr(view, "login_required", True) else (ANONYMOUS,)
    asks = hasattr(view, "redirect_field_name") or (
        view.__module__.startswith("allauth.") and getattr(view, "login_required", True)
    )
    return (MEMBER,) if asks else (ANONYMOUS,)
