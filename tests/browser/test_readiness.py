"""An owner says what is in place, sees what is open, and launches; in both languages, on a phone and on a desk."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from merchants.models import LaunchGate
from tests.browser.conftest import MERCHANT

pytestmark = pytest.mark.xdist_group("browser")
PATH = f"/m/{MERCHANT}/readiness/"
WORDS = {
    "en": ("Lead time of the stock", "Launch in Beauty and skin care", "Not launched", "launched on"),
    "zh-hans": ("补货周期", "上线婴童食品", "未能上线", "上线"),
}


@pytest.fixture
def gate(portal: object, django_db_blocker: pytest.FixtureRequest) -> None:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        for trade in ("beauty", "baby_food"):
            LaunchGate.objects.using("operator").update_or_create(
                trade=trade, defaults={"mode": "warn", "refund_most": 1, "fewest": 1}
            )


@pytest.mark.parametrize(
    ("language", "trade", "dark", "width"),
    [("en", "beauty", False, 1280), ("zh-hans", "baby_food", True, 390)],
)
def test_an_owner_keeps_an_answer_is_held_and_launches_knowing_it(
    visit: Callable[..., Page], gate: None, language: str, trade: str, dark: bool, width: int
) -> None:
    lead_time, launch, held, done = WORDS[language]
    page = visit(f"{PATH}?trade={trade}", language=language, dark=dark, width=width)
    card = page.locator("#lead_time")
    expect(card).to_contain_text(lead_time)
    card.locator("input[name=lead_time-lead_days]").fill("7")
    card.get_by_role("button").click()
    page.wait_for_url(f"**{PATH}?trade={trade}#lead_time")
    expect(page.locator("section#lead_time")).to_have_count(0)
    page.get_by_role("button", name=launch).click()
    expect(page.get_by_text(held)).to_be_visible()
    page.locator("input[name=knowing]").check()
    page.get_by_role("button", name=launch).click()
    expect(page.locator(".page-head, header").filter(has_text=done).first).to_be_visible()
