"""The page that takes codes of visits: when and where a scan was made, and what a scanner may type."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from leads.models import Appointment, Visit
from leads.operations import appointments
from merchants import tenancy
from merchants.models import Merchant, Store
from tests.leads.desks import BY, HOUR, MINUTE, Desk

PAGE = "/m/glow/leads/visit/"


@pytest.fixture
def desk(merchant: Merchant) -> Desk:
    return Desk(merchant)


@pytest.fixture
def browser(desk: Desk, client: Client) -> Client:
    client.force_login(desk.agent("lin").user)
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def booked(desk: Desk) -> Appointment:
    now = timezone.now()
    lead = desk.lead_of(desk.say("ann", at=now - HOUR))
    return appointments.book(desk.merchant, lead, store=desk.store, starts_at=now + HOUR, by=BY)


def scanned(client: Client, code: str, **told: object) -> str:
    answer = client.post(PAGE, {"code": code, "nonce": uuid.uuid4(), **told}, headers={"X-Part": "scan"})
    assert answer.status_code == 200
    return answer.content.decode()


def visited_at(merchant: Merchant) -> datetime:
    with tenancy.acting_for(merchant):
        return Visit.objects.get().visited_at


def test_a_scan_that_is_sent_later_keeps_its_moment(
    browser: Client, booked: Appointment, merchant: Merchant
) -> None:
    at = timezone.now() - 40 * MINUTE
    told = scanned(browser, booked.code, at=at.isoformat(), store=booked.store_id)
    assert 'data-outcome="accepted"' in told
    assert "<html" not in told
    assert visited_at(merchant) == at


@pytest.mark.parametrize(
    "at", ["", "soon", "2026-11-26T99:00", "2026-11-26T09:00:00", "2100-01-01T00:00:00Z"]
)
def test_a_moment_that_cannot_be_is_now(
    browser: Client, booked: Appointment, merchant: Merchant, at: str
) -> None:
    scanned(browser, booked.code, at=at)
    assert timedelta() <= timezone.now() - visited_at(merchant) < MINUTE


def test_a_code_of_another_store_is_refused_where_the_store_is_told(
    browser: Client, booked: Appointment, merchant: Merchant
) -> None:
    with tenancy.acting_for(merchant):
        hill = Store.objects.create(merchant=merchant, code="hill", name="Hill studio")
    told = scanned(browser, booked.code, store=hill.pk)
    assert 'data-outcome="refused"' in told
    assert "This code is for another store." in told


def test_a_scanner_may_type_the_whole_address(browser: Client, booked: Appointment) -> None:
    assert 'data-outcome="accepted"' in scanned(browser, f"http://x/m/glow/leads/visit/?code={booked.code}")


def test_the_address_of_the_picture_fills_the_code_in(browser: Client, booked: Appointment) -> None:
    told = browser.get(f"{PAGE}?code={booked.code}").content.decode()
    assert f'value="{booked.code}"' in told
    lead = browser.get(f"/m/glow/leads/{booked.lead_id}/").content.decode()
    assert "<svg" in lead.split('class="qr"')[1]
