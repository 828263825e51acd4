"""Every call of the API with every scope: the exact table of status codes, written down a second time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from merchants.models import ApiToken, Merchant, User
from merchants.operations import tokens
from portal.addresses import addresses
from tests.architecture.tenants import new_client

# call: (the scope that opens it, what an empty question gets then)
TABLE = {
    "POST alliance": ("platform_reports:write", 400),
    "POST codes": ("catalogue:write", 400),
    "POST comments": ("comments:write", 400),
    "POST crowds": ("platform_reports:write", 400),
    "POST exposures": ("exposures:write", 400),
    "POST geo-days": ("geo_days:write", 400),
    "POST identities": ("identities:write", 400),
    "POST items": ("catalogue:write", 400),
    "POST juguang": ("platform_reports:write", 400),
    "POST leads": ("leads:write", 400),
    "POST lives": ("catalogue:write", 400),
    "POST market": ("platform_reports:write", 400),
    "POST notes": ("catalogue:write", 400),
    "POST orders": ("orders:write", 400),
    "POST products": ("catalogue:write", 400),
    "POST profiles": ("platform_reports:write", 400),
    "POST promotions": ("platform_reports:write", 400),
    "POST pugongying": ("platform_reports:write", 400),
    "POST spend": ("spend:write", 400),
    "POST touchpoints": ("touchpoints:write", 400),
    "GET pages/results": ("reports:read", 200),
    "GET reports/audiences": ("reports:read", 200),
    "GET reports/crowds": ("reports:read", 202),
    "GET reports/cycles": ("reports:read", 200),
    "GET reports/lead-costs": ("reports:read", 200),
    "GET reports/models": ("reports:read", 202),
    "GET reports/over-time": ("reports:read", 200),
    "GET reports/process": ("reports:read", 200),
    "GET reports/profiles": ("reports:read", 200),
    "GET work": ("work:read", 200),
}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OF_TOKENS = [one for one in addresses() if one.roles[0].startswith("token:")]


def asked(call: str, secret: str = "", **headers: str) -> int:
    method, path = call.split()
    told = {"Authorization": f"Bearer {secret}"} if secret else {}
    return new_client().generic(method, f"/api/v1/{path}", headers={**told, **headers}).status_code


def token(merchant: Merchant, owner: User, *scopes: str) -> str:
    return tokens.issue(merchant, name="till", scopes=scopes, user=owner)[1]


def test_the_table_has_every_call() -> None:
    def calls() -> Iterator[str]:
        for one in OF_TOKENS:
            path = one.pattern.removeprefix("api/v1/").replace("<page>", "results")
            yield from (f"{method} {path}" for method in one.methods if method != "HEAD")

    assert sorted(calls()) == sorted(TABLE)


@pytest.mark.parametrize("scope", tokens.SCOPES)
def test_a_scope_opens_its_calls_and_no_other(merchant: Merchant, owner: User, scope: str) -> None:
    secret = token(merchant, owner, scope)
    found = {call: asked(call, secret) for call in TABLE}
    assert found == {call: status if needs == scope else 403 for call, (needs, status) in TABLE.items()}


def test_a_token_of_all_scopes_opens_every_call_for_its_merchant_alone(
    merchant: Merchant, stranger: Merchant, owner: User
) -> None:
    secret = token(merchant, owner, *tokens.SCOPES)
    found = {call: asked(call, secret) for call in TABLE}
    assert found == {call: status for call, (_, status) in TABLE.items()}
    for code in (stranger.code, "nobody"):
        found = {call: asked(call, secret, **{"Seedbed-Merchant": code}) for call in TABLE}
        assert found == dict.fromkeys(TABLE, 404)


def test_nobody_and_who_is_no_token_any_more_is_refused_everywhere(merchant: Merchant, owner: User) -> None:
    issued, revoked = tokens.issue(merchant, name="till", scopes=tokens.SCOPES, user=owner)
    tokens.revoke(merchant, ApiToken.objects.get(pk=issued.pk), by="user:1")
    for secret in ("", "sbd_none", revoked):
        assert {call: asked(call, secret) for call in TABLE} == dict.fromkeys(TABLE, 401)


def test_a_person_who_is_logged_in_is_no_program(merchant: Merchant, owner: User) -> None:
    client = new_client()
    client.force_login(owner)
    found = {call: client.generic(*call.replace(" ", " /api/v1/").split()).status_code for call in TABLE}
    assert found == dict.fromkeys(TABLE, 401)


def test_other_methods_are_refused(merchant: Merchant, owner: User) -> None:
    secret = token(merchant, owner, *tokens.SCOPES)
    others = [
        f"{method} {path}"
        for own, path in (call.split() for call in TABLE)
        for method in METHODS
        if method != own
    ]
    assert {call: asked(call, secret) for call in others} == dict.fromkeys(others, 405)


@pytest.mark.parametrize(
    ("status", "reads", "writes"),
    [
        (Merchant.Status.APPLYING, 403, 403),
        (Merchant.Status.SUSPENDED, None, 403),
        (Merchant.Status.LEFT, None, 403),
    ],
)
def test_a_merchant_that_is_not_active_is_at_most_read(
    merchant: Merchant, owner: User, status: str, reads: int | None, writes: int
) -> None:
    secret = token(merchant, owner, *tokens.SCOPES)
    Merchant.objects.filter(pk=merchant.pk).update(status=status)
    found = {call: asked(call, secret) for call in TABLE}
    assert found == {
        call: writes if call.startswith("POST") else reads or told for call, (_, told) in TABLE.items()
    }
