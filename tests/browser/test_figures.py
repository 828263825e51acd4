"""A figure is followed to what it means, to the rows behind it and back, and out as a file."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MERCHANT

pytestmark = pytest.mark.xdist_group("browser")

RESULTS = f"/m/{MERCHANT}/results/?period=90d"
COLUMNS = {
    "en": [
        "Note", "Belongs to", "Cost (CNY)", "Attributed return (CNY)", "of it A (CNY)", "of it B (CNY)",
        "95 %: from (CNY)", "95 %: to (CNY)", "ROI (T+x)", "Orders", "People", "Maturity", "Class",
    ],
    "zh-hans": [
        "笔记", "所属", "花费 (CNY)", "归因成交额 (CNY)", "其中 A (CNY)", "其中 B (CNY)", "95 % 区间：下限 (CNY)",
        "95 % 区间：上限 (CNY)", "ROI（T+x）", "订单", "人数", "成熟度", "判断",
    ],
}  # fmt: skip


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_figure_leads_to_its_meaning_to_its_rows_back_and_out_as_a_file(
    visit: Callable[..., Page], tmp_path: Path, language: str
) -> None:
    page = visit(RESULTS, language=language)
    first = page.locator("#results tbody tr").first
    name = first.locator(".note-title").inner_text()
    credited = first.locator("td").nth(1).inner_text().split()[0]

    head = page.locator("#results thead th", has=page.locator("a[href*='credited']"))
    head.locator(".info-button").click()
    words = head.locator("[popover]")
    expect(words).to_be_visible()
    said = words.locator("div").first.inner_text()
    words.locator("a").click()
    page.wait_for_url(re.compile(r"/dictionary/#credited$"))
    expect(page.locator("#credited")).to_contain_text(said)
    expect(page.locator("#credited")).to_be_in_viewport()
    page.go_back()

    first.locator(".note-title").click()
    side = page.locator("#side-body")
    expect(side.locator("h2")).to_contain_text(name)
    expect(side.locator("tbody tr").first).to_be_visible()
    page.keyboard.press("Escape")

    page.locator(".card a[href*='/orders/'][href*='back=']").last.click()
    page.wait_for_url(re.compile(r"/orders/"))
    expect(page.locator("#lines tbody tr").first).to_be_visible()
    page.locator("a.way-back").click()
    page.wait_for_url(re.compile(re.escape(RESULTS)))
    expect(page.locator("#results tbody tr").first).to_contain_text(credited)

    with page.expect_download() as download:
        page.locator("a[href*='results.xlsx']").first.click()
    file = tmp_path / "results.xlsx"
    download.value.save_as(file)
    table = openpyxl.load_workbook(file).worksheets[1]
    heads, told, *_rest = table.iter_rows(values_only=True)
    assert list(heads) == COLUMNS[language]
    assert told[0] == name
    assert f"¥{round(told[3]):,}" == credited
