"""The way of a person from a question to a registered experiment, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MERCHANT
from tests.browser.test_journey import reload_until

pytestmark = pytest.mark.xdist_group("browser")

WORDS = {
    "zh-hans": ("很可能错过这份提升", "已登记，未开始", "登记了实验"),
    "en": ("it would probably miss the lift", "Registered, not begun", "registered an experiment"),
}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_weak_plan_warns_before_it_may_be_registered(visit: Callable[..., Page], language: str) -> None:
    warning, registered, act = WORDS[language]
    starts = date.today() + timedelta(days=20)
    page = visit(
        f"/m/{MERCHANT}/experiments/new/?kind=pause&starts={starts}&ends={starts + timedelta(days=13)}&lift=3",
        language=language,
    )
    expect(page.locator("input[name=kind][value=pause]")).to_be_checked()
    expect(page.locator("select[name=outcome]")).to_be_hidden()
    page.locator("input[name=kind][value=holdout]").check()
    expect(page.locator("select[name=outcome]")).to_be_visible()
    expect(page.locator("select[name=method]")).to_be_hidden()
    page.fill("input[name=name]", "Three percent more")
    page.fill("textarea[name=hypothesis]", "Readers order three percent more than people held back.")
    page.locator("form#plan button[type=submit]").click()
    page.wait_for_url(lambda url: "/new/" not in url)
    reload_until(page, page.locator("form#register"))
    expect(page.locator("main")).to_contain_text(warning)

    page.fill("textarea[name=reason]", "It is cheap, and we want to see the split work.")
    page.locator("form#register button[type=submit]").click()
    expect(page.locator("h1 + *, .pill").filter(has_text=registered).first).to_be_visible()
    expect(page.locator("form#register")).to_have_count(0)
    expect(page.locator("#trail")).to_contain_text(act)
    expect(page.locator(".hash")).to_have_text(re.compile(r"^[0-9a-f]{64}$"))
