"""People are followed from the layers they stand in to an audience that is counted."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from merchants.periods import day_of
from tests.browser.conftest import MERCHANT
from tests.browser.test_journey import WITHIN, reload_until

pytestmark = pytest.mark.xdist_group("browser")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_people_are_followed_between_two_days_and_saved_as_an_audience(
    visit: Callable[..., Page], language: str
) -> None:
    page = visit(f"/m/{MERCHANT}/crowds/", language=language)
    to_flow = page.locator("main a[href*='/flow/'].underlined")
    reload_until(page, to_flow)
    to_flow.click()
    page.wait_for_url(re.compile(r"/flow/"))
    first, last = (day_of(timezone.now()) - timedelta(days=ago) for ago in (40, 5))
    for name, day in (("from", first), ("to", last)):  # each is asked for as soon as it is said
        page.fill(f"input[name={name}]", day.isoformat())
        page.locator(f"input[name={name}]").blur()
        page.wait_for_url(re.compile(rf"{name}={day}"))
    reload_until(page, page.locator("table#matrix tbody tr"))
    came = page.locator("table#adds-up tbody tr").filter(has_text="TI").locator("td").last
    assert int(came.inner_text().replace(",", "")) >= 50

    page.locator("nav a[href$='/audiences/'], .tabs a[href*='/audiences/']").first.click()
    page.wait_for_url(re.compile(r"/audiences/"))
    name = f"Deep in it ({language})"
    form = page.locator("#new-audience")
    form.locator("input[name=name]").fill(name)
    form.locator("input[name=layers][value=TI]").check()
    form.locator("button[type=submit]").click()
    expect(page.locator(".notice.success")).to_be_visible()
    row = page.locator("#audiences tbody tr", has_text=name)
    reload_until(page, row.locator("td.num b"))
    people = int(row.locator("td.num b").inner_text(timeout=WITHIN).replace(",", ""))
    assert people >= 50
    assert people % 50 == 0
