"""Every address of a merchant, while it is suspended and while an operator looks on: what is refused, and that nothing
is changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from merchants import tenancy, walls
from merchants.models import Merchant, User
from merchants.operations.supervision import looking_on
from tests.architecture.tenants import Tenant, new_client, settle
from tests.architecture.test_tenancy_walk import OF_MERCHANTS, send, text, url
from tests.conftest import emptied

pytestmark = pytest.mark.xdist_group("walk")
TAKING = {"leads:exports", "leads:stop_export", "merchants:ask_archive"}  # files are asked for and stopped
WRITING = {
    # who saw a person, a paper or a list of persons is noted
    "measurement:evidence",
    "merchants:paper",
    "merchants:sheet",
    "measurement:assignment",
    # what was never computed, or never set up, is begun
    "measurement:models",
    "measurement:crowds",
    "measurement:crowd_rule",
}
"""Pages that write when they are opened: an operator who looks on is told so instead."""
NOTED = {"AuditEvent", "SupportView"}  # of a look: that it was


@pytest.fixture(scope="module")
def glow(django_db_setup: None, django_db_blocker: Any) -> Iterator[Tenant]:
    with emptied(django_db_blocker):
        yield settle("glow", "glowworm")


@pytest.fixture
def onlooker(glow: Tenant) -> Client:
    operator, _ = User.objects.get_or_create(username="operator", is_staff=True, is_superuser=True)
    looking_on.begin(glow.merchant, operator=operator, role="owner", reason="ticket 12")
    client = new_client()
    client.cookies["django_language"] = "en"
    client.force_login(operator)
    return client


def everything(merchant: Merchant) -> dict[str, list[Any]]:
    with tenancy.acting_for(merchant):
        return {
            model.__name__: sorted(model.objects.for_merchant(merchant).values_list(), key=str)  # type: ignore[attr-defined]
            for model in walls.tenant_models()
            if model.__name__ not in NOTED
        }


def test_a_suspended_merchant_takes_files_and_nothing_else(glow: Tenant) -> None:
    for one in OF_MERCHANTS:
        url(one, glow)  # its objects are made while it may still make them
    Merchant.objects.filter(pk=glow.merchant.pk).update(status="suspended", status_reason="unpaid")
    client, before = glow.client(), everything(glow.merchant)
    answered = {
        one.name: send(client, one, "POST", url(one, glow)).status_code
        for one in OF_MERCHANTS
        if "POST" in one.methods
    }
    Merchant.objects.filter(pk=glow.merchant.pk).update(status="active", status_reason="")
    assert len(answered) > 60
    assert {name for name, status in answered.items() if status != 403} == TAKING
    after = everything(glow.merchant)
    assert {name for name, rows in after.items() if rows != before[name]} <= {"Archive", "Export"}


def test_an_operator_who_looks_on_changes_nothing_by_any_address(glow: Tenant, onlooker: Client) -> None:
    for one in OF_MERCHANTS:
        url(one, glow)
    before, wrong, shown = everything(glow.merchant), [], 0
    for one in OF_MERCHANTS:
        for method in one.methods:
            answer = send(onlooker, one, method, url(one, glow))
            text(answer)
            shown += answer.status_code == 200
            allowed = {200, 204, 302, 403, 404} if method in {"GET", "HEAD"} else {403}
            if answer.status_code not in allowed:
                wrong.append((method, one.name, answer.status_code))
    assert wrong == []
    assert shown > 80
    assert everything(glow.merchant) == before


def test_pages_that_would_write_say_so_instead(glow: Tenant, onlooker: Client) -> None:
    refused = {
        one.name
        for one in OF_MERCHANTS
        if "GET" in one.methods
        and "You are looking on" in text(send(onlooker, one, "GET", url(one, glow)))
        and send(onlooker, one, "GET", url(one, glow)).status_code == 403
    }
    assert refused == WRITING
