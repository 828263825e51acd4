"""Visits are taken at the door, also without a network: kept in the browser, sent later, counted once."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from leads.models import Appointment, Lead, Visit
from leads.operations import appointments
from merchants import tenancy
from tests.browser.conftest import Portal
from tests.browser.test_consultation import barriers
from tests.conftest import make_member, make_merchant
from tests.leads.desks import BY, Desk

pytestmark = pytest.mark.xdist_group("browser")

HOUR = timedelta(hours=1)
_numbers = itertools.count(1)


@pytest.fixture
def booked(portal: Portal, django_db_blocker: pytest.FixtureRequest) -> Appointment:
    """An appointment in an hour, of somebody who wrote."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        desk = Desk(make_merchant(f"door-{next(_numbers)}", kind="service", name="云汀里"))
        make_member(desk.merchant, "owner", f"owner@{desk.merchant.code}")
        now = datetime.now(UTC)
        lead = desk.lead_of(desk.say("ann", at=now - HOUR, nickname="小🍓"))
        return appointments.book(desk.merchant, lead, store=desk.store, starts_at=now + HOUR, by=BY)


def test_a_code_taken_without_a_network_is_kept_and_sent_once(
    visit: Callable[..., Page], booked: Appointment, tmp_path: Path
) -> None:
    merchant = booked.merchant
    page = visit(f"/m/{merchant.code}/leads/visit/", user=f"owner@{merchant.code}", language="en")
    page.select_option("[name=store]", str(booked.store_id))
    page.context.set_offline(True)
    before = datetime.now(UTC)
    page.fill("[name=code]", booked.code)
    page.locator(".narrow button[type=submit]").click()
    expect(page.locator("#waiting")).to_contain_text("1 kept in this browser")
    expect(page.locator("#waiting li")).to_contain_text(booked.code)
    expect(page.locator("#scans")).to_be_empty()
    after = datetime.now(UTC)
    assert barriers(page) == []
    page.screenshot(path=tmp_path / "waiting.png")
    with tenancy.acting_for(merchant):
        assert not Visit.objects.for_merchant(merchant).exists()
    page.context.set_offline(False)
    expect(page.locator("#scans [data-outcome=accepted]")).to_contain_text("小🍓", timeout=30_000)
    expect(page.locator("#waiting")).to_be_hidden()
    with tenancy.acting_for(merchant):
        made = Visit.objects.for_merchant(merchant).get()
        assert before - timedelta(seconds=1) <= made.visited_at <= after
        assert Lead.objects.for_merchant(merchant).select_related("stage").get().stage.code == "visited"
    page.fill(
        "[name=code]", f"https://desk.example/m/x/leads/visit/?code={booked.code}"
    )  # as a scanner types it
    page.locator(".narrow button[type=submit]").click()
    expect(page.locator("#scans [data-outcome]").first).to_contain_text("Used already")
    with tenancy.acting_for(merchant):
        assert Visit.objects.for_merchant(merchant).count() == 1


def test_what_was_kept_outlives_the_page(visit: Callable[..., Page], booked: Appointment) -> None:
    merchant = booked.merchant
    page = visit(f"/m/{merchant.code}/leads/visit/", user=f"owner@{merchant.code}", language="en")
    page.context.set_offline(True)
    page.fill("[name=code]", booked.code)
    page.keyboard.press("Enter")
    expect(page.locator("#waiting")).to_contain_text("1 kept")
    page.close()
    page.context.set_offline(False)
    page = page.context.new_page()
    page.goto(f"/m/{merchant.code}/leads/visit/")
    expect(page.locator("#scans [data-outcome=accepted]")).to_be_visible()


def test_the_lead_shows_the_picture_that_a_camera_opens(
    visit: Callable[..., Page], booked: Appointment
) -> None:
    merchant = booked.merchant
    page = visit(
        f"/m/{merchant.code}/leads/{booked.lead_id}/", user=f"owner@{merchant.code}", language="en", dark=True
    )
    expect(page.locator(".qr svg")).to_be_visible()
    assert barriers(page) == []
    page.goto(f"/m/{merchant.code}/leads/visit/?code={booked.code}")
    expect(page.locator("[name=code]")).to_have_value(booked.code)
