"""A merchant's first day: orders are in, nothing is named; a product, its margin and its item by hand."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from merchants import tenancy
from merchants.models import Connection
from tests.browser.test_journey import day, hand_in, reload_until, rows, write
from tests.conftest import make_member, make_merchant

pytestmark = pytest.mark.xdist_group("browser")
_numbers = itertools.count(1)


@pytest.fixture
def bare(portal: object, django_db_blocker: pytest.FixtureRequest) -> str:
    """A merchant that has named nothing yet."""
    code = f"bare-{next(_numbers)}"
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        merchant = make_merchant(code, name="晨露")
        make_member(merchant, "marketing", f"marketer@{code}")
        with tenancy.acting_for(merchant):
            Connection.objects.create(
                merchant=merchant, source="file", shop="orders", name="订单", legal_basis="会员协议"
            )
    return code


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1280), ("en", 390)])
def test_orders_without_a_product_get_one_by_hand(
    visit: Callable[..., Page], bare: str, tmp_path: Path, language: str, width: int
) -> None:
    page = visit(f"/m/{bare}/", user=f"marketer@{bare}", language=language, width=width)
    hand_in(page, bare, "orders", write(tmp_path / "orders.csv", [
        {"order_id": f"2026000100000000012{n}", "platform": "store", "status": "paid", "paid_at": day(n),
         "item_id": "D1", "title": "晨露精华 30ml", "quantity": "1", "paid_amount": "300.01"}
        for n in (1, 2)
    ]))  # fmt: skip
    page.goto(f"/m/{bare}/products/")
    expect(rows(page, "晨露精华 30ml")).to_contain_text("600.02")

    page.locator("[data-opens=add-product]").click()
    box = page.locator("#add-product")
    box.locator("[name=code]").fill("dew")
    box.locator("[name=name]").fill("晨露精华")
    box.locator("[name=category]").select_option("facial-essence")
    box.locator("[name=margin]").fill("62.5")
    box.locator("button[type=submit]").click()
    expect(page.locator("#shelf tbody tr")).to_contain_text("62.50")

    item = page.locator("#unmapped tbody tr")
    item.locator("[name=spu]").fill("dew")
    item.locator("button[type=submit]").click()
    expect(page.locator(".notice.success")).to_contain_text("D1")
    reload_until(page, page.locator("#shelf tbody tr", has_text="D1"))
    page.goto(f"/m/{bare}/products/")
    done = page.locator("main:not(:has(#unmapped))")  # the worker has given the orders their product
    reload_until(page, done)
    barriers = [
        one for one in Axe().run(page).response["violations"] if one["impact"] in {"serious", "critical"}
    ]
    assert barriers == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
