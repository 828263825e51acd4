"""The way of a person from two files to one order's evidence and a report to take away."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from measurement.models import Category, Spu
from measurement.operations import rules
from merchants import tenancy
from merchants.models import Connection
from tests.conftest import make_member, make_merchant

pytestmark = pytest.mark.xdist_group("browser")

NOW = datetime.now(UTC).replace(microsecond=0)
SHANGHAI = ZoneInfo("Asia/Shanghai")
WITHIN = 120_000  # ms that a worker may take on a busy machine
_numbers = itertools.count(1)


def day(ago: int) -> str:
    return (NOW - timedelta(days=ago)).astimezone(SHANGHAI).strftime("%Y-%m-%d 12:00:00")


@pytest.fixture
def shop(portal: object, django_db_blocker: pytest.FixtureRequest) -> str:
    """A merchant with one product and nothing else."""
    code = f"fresh-{next(_numbers)}"
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        merchant = make_merchant(code, name="晨露")
        make_member(merchant, "owner", f"owner@{code}")
        with tenancy.acting_for(merchant):
            essence = Category.objects.get(code="facial-essence")
            spu = Spu.objects.create(merchant=merchant, code="dew", name="晨露精华", category=essence)
            Connection.objects.create(
                merchant=merchant, source="file", shop="orders", name="订单", legal_basis="会员协议"
            )
        rules.map_item(merchant, platform="store", item_id="D1", spu=spu, by="system:test")
    return code


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        out = csv.DictWriter(file, fieldnames=list(rows[0]))
        out.writeheader()
        out.writerows(rows)
    return path


def hand_in(page: Page, shop: str, kind: str, file: Path) -> None:
    page.goto(f"/m/{shop}/uploads/")
    page.select_option("select[name=kind]", kind)
    page.set_input_files("input[type=file]", file)
    page.locator("main form:has(input[type=file]) button[type=submit]").click()
    confirm = page.locator("form[action$='/confirm/'] button")
    reload_until(page, confirm)
    confirm.click()
    reload_until(page, page.locator(".notice.success"))


def rows(page: Page, text: str) -> Locator:
    """Visible table rows with this text (a chart's own table is folded away)."""
    return page.locator("table tbody tr", has_text=text).filter(visible=True)


def reload_until(page: Page, wanted: Locator) -> None:
    """The page polls its job by itself; a reader without scripts reloads. Either way it must get there."""
    deadline = datetime.now(UTC) + timedelta(milliseconds=WITHIN)
    while not wanted.count():
        assert datetime.now(UTC) < deadline, page.locator("main").inner_text()[:800]
        page.reload()
    expect(wanted.first).to_be_visible()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_two_files_become_a_report_an_evidence_page_and_an_export(
    visit: Callable[..., Page], shop: str, tmp_path: Path, language: str
) -> None:
    page = visit(f"/m/{shop}/", user=f"owner@{shop}", language=language)
    guide = page.locator("main").locator("a[href*='/uploads/'], a[href*='/data/']")
    expect(guide.first).to_be_visible()

    hand_in(page, shop, "touchpoints", write(tmp_path / "touches.csv", [
        {"touch_id": str(n), "person": "member-1", "person_kind": "member", "person_namespace": "club",
         "kind": "read", "occurred_at": day(n), "note_id": f"note-{n}", "spu": "dew"}
        for n in (2, 5, 9)
    ]))  # fmt: skip
    hand_in(page, shop, "orders", write(tmp_path / "orders.csv", [
        {"order_id": "20260001000000000123", "platform": "store", "status": "paid", "paid_at": day(1),
         "item_id": "D1", "quantity": "1", "paid_amount": "300.01", "person": "member-1",
         "person_kind": "member", "person_namespace": "club"}
    ]))  # fmt: skip
    hand_in(page, shop, "spend", write(tmp_path / "spend.csv", [
        {"day": day(5)[:10], "level": "note", "note_id": "note-5", "kind": "note_fee", "amount": "50.00"}
    ]))  # fmt: skip

    results = f"/m/{shop}/results/?period=28d&model=linear"
    page.goto(results)
    reload_until(page, rows(page, "note-5"))
    expect(rows(page, "note-9").first).to_contain_text("100")

    page.goto(f"/m/{shop}/orders/")
    page.locator("a[href*='/evidence/']").first.click()
    page.wait_for_url(re.compile(r"/evidence/\d+/"))
    expect(page.locator("main")).to_contain_text("¥300.01")
    expect(page.locator("main")).to_contain_text("note-2")

    page.goto(results)
    with page.expect_download() as download:
        page.locator("a[href*='results.csv']").first.click()
    told = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "note-9" in told
    assert "300.01" in told

    page.goto(f"/m/{shop}/trail/")
    seen = "查看" if language == "zh-hans" else "looked at the evidence"
    expect(page.locator("main")).to_contain_text(seen)


@pytest.mark.parametrize("language", ["en"])
def test_a_bad_file_names_each_problem_and_writes_nothing(
    visit: Callable[..., Page], shop: str, tmp_path: Path, language: str
) -> None:
    page = visit(f"/m/{shop}/uploads/", user=f"owner@{shop}", language=language)
    file = write(tmp_path / "orders.csv", [
        {"order_id": "1", "platform": "store", "paid_at": day(1), "item_id": "D1", "quantity": "1",
         "paid_amount": "1e5"},
        {"order_id": "2", "platform": "store", "paid_at": "31/12/2026", "item_id": "D1", "quantity": "one",
         "paid_amount": "10.00"},
    ])  # fmt: skip
    page.select_option("select[name=kind]", "orders")
    page.set_input_files("input[type=file]", file)
    page.locator("main form:has(input[type=file]) button[type=submit]").click()
    reload_until(page, rows(page, "1e5"))
    expect(page.locator("main")).to_contain_text("31/12/2026")
    expect(page.locator("main")).to_contain_text("one")
    page.goto(f"/m/{shop}/orders/")
    expect(page.locator("a[href*='/evidence/']")).to_have_count(0)


def test_a_stranger_finds_nothing_and_a_viewer_no_evidence(visit: Callable[..., Page]) -> None:
    page = visit("/m/nobody-here/", language="en")
    assert page.goto("/m/nobody-here/results/").status == 404  # type: ignore[union-attr]
    page = visit("/m/seed-1-1/", user="viewer@browser", language="en")
    assert page.goto("/m/seed-1-1/results/").status == 200  # type: ignore[union-attr]
    assert page.goto("/m/seed-1-1/evidence/1/").status == 403  # type: ignore[union-attr]
