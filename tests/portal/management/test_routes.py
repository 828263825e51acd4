"""`routes --json`: every address with its methods, who may ask, and what varies in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from django.urls import get_resolver, path

from merchants.access import allows, merchant_required
from merchants.roles import Permission
from portal.addresses import Address, addresses

ROOT = Path(__file__).resolve().parents[3]


def told() -> dict[str, dict[str, object]]:
    out = StringIO()
    call_command("routes", "--json", stdout=out)
    return {one["name"]: one for one in json.loads(out.getvalue())}


def test_a_page_of_a_merchant_names_its_roles_methods_and_objects() -> None:
    known = told()
    assert known["measurement:evidence"] == {
        "pattern": "m/<slug:merchant_code>/evidence/<int:line_id>/",
        "name": "measurement:evidence",
        "methods": ["GET", "HEAD"],
        "roles": ["owner", "marketing", "finance"],
        "parameters": {"merchant_code": "slug", "line_id": "int"},
    }
    assert known["merchants:upload_confirm"]["methods"] == ["POST"]
    assert known["merchants:uploads"]["methods"] == ["GET", "POST", "HEAD"]
    assert known["merchants:set_role"]["roles"] == ["owner"]
    told_of = known["measurement:export"]["parameters"]
    assert (told_of["form"], told_of["page"].split("|")[:2]) == ("csv|xlsx|png", ["results", "curve"])


def test_what_is_no_page_of_a_merchant_says_who_may_ask() -> None:
    known = told()
    roles = {name: known[name]["roles"] for name in (
        "healthz", "account_login", "account_change_password", "mfa_activate_totp", "portal:start",
        "admin:index", "admin:login", "admin:merchants_merchant_change", "api-orders", "api-work", "openapi",
    )}  # fmt: skip
    assert roles == {
        "healthz": ["anonymous"],
        "account_login": ["anonymous"],
        "account_change_password": ["member"],
        "mfa_activate_totp": ["member"],
        "portal:start": ["member"],
        "admin:index": ["staff"],
        "admin:login": ["anonymous"],
        "admin:merchants_merchant_change": ["staff"],
        "api-orders": ["token:orders:write"],
        "api-work": ["token:work:read"],
        "openapi": ["anonymous"],
    }
    assert known["api-orders"]["methods"] == ["POST"]


def test_every_pattern_is_listed_once() -> None:
    assert len(addresses()) == len(list(_leaves(get_resolver().url_patterns)))
    patterns = [one.pattern for one in addresses()]
    assert len(patterns) == len(set(patterns))


def test_every_view_of_ours_names_its_methods_at_the_door() -> None:
    """A second guard below the first would say something else than what is listed."""
    ours = ("merchants", "measurement", "leads", "portal")
    unnamed = [
        one.callback
        for one in _leaves(get_resolver().url_patterns)
        if one.callback.__module__.split(".")[0] in ours
        and not (hasattr(one.callback, "methods") or hasattr(one.callback, "view_class"))
    ]
    assert unnamed == []
    for app in ours:
        for file in (ROOT / app).glob("views/*.py"):
            assert "@require_" not in file.read_text(), file


def _leaves(patterns: list[Any]) -> Iterator[Any]:
    for one in patterns:
        yield from _leaves(one.url_patterns) if hasattr(one, "url_patterns") else [one]


def test_to_read_it_is_one_line_an_address() -> None:
    out = StringIO()
    call_command("routes", stdout=out)
    lines = out.getvalue().splitlines()
    assert len(lines) == len(addresses())
    assert "GET,HEAD         owner,finance,manager            /m/<slug:merchant_code>/trail/" in lines


@merchant_required(Permission.SEE_TRAIL, methods=("GET", "DELETE"))
def guarded(request: HttpRequest, thing_id: str) -> HttpResponse: ...


@allows("POST")
def hook(request: HttpRequest) -> HttpResponse: ...


urlpatterns = [
    path("m/<slug:merchant_code>/things/<uuid:thing_id>/", guarded, name="thing"),
    path("hook/", hook, name="hook"),
]


@pytest.mark.urls(__name__)
def test_a_new_address_is_listed_by_what_its_view_says() -> None:
    assert addresses() == [
        Address(
            "m/<slug:merchant_code>/things/<uuid:thing_id>/", "thing", ("GET", "DELETE", "HEAD"),
            ("owner", "finance", "manager"), {"merchant_code": "slug", "thing_id": "uuid"},
        ),
        Address("hook/", "hook", ("POST",), ("anonymous",), {}),
    ]  # fmt: skip
