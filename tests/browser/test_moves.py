"""The way of a marketing lead: open waste, record a move on a row, see it listed with its expectation."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MERCHANT

pytestmark = pytest.mark.xdist_group("browser")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_move_is_recorded_from_a_row_and_stands_in_the_list(
    visit: Callable[..., Page], language: str
) -> None:
    page = visit(f"/m/{MERCHANT}/moves/", language=language, dark=False, width=1280)
    first = page.locator("#waste tbody tr").first
    name = first.locator(".note-title").inner_text()
    first.locator("a.btn").click()
    form = page.locator("#move-form")
    expect(form).to_be_visible()
    expect(page.locator("#record")).to_contain_text(name)
    reason = f"Because of the interval ({language})"
    form.locator("textarea[name=reason]").fill(reason)
    form.locator("button[type=submit]").click()
    row = page.locator("#moves tbody tr", has_text=reason)
    expect(row).to_have_count(1)
    expect(row).to_contain_text(name)
    expect(page.locator(".notice.success")).to_be_visible()
