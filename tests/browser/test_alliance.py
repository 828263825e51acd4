"""An export nobody has seen before: its columns are named once, its figures appear, the next one asks nothing."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.test_journey import reload_until
from tests.conftest import make_member, make_merchant

pytestmark = pytest.mark.xdist_group("browser")
_numbers = itertools.count(1)
NOW = datetime.now(UTC)


@pytest.fixture
def shop(portal: object, django_db_blocker: pytest.FixtureRequest) -> str:
    code = f"mapper-{next(_numbers)}"
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        make_member(make_merchant(code, name="晨露"), "owner", f"owner@{code}")
    return code


def export(path: Path, *, ago: int, visitors: str, gmv: str) -> Path:
    """A console's own headers: days the other way round, amounts in 万, a rate beside them."""
    day = (NOW - timedelta(days=ago)).strftime("%d/%m/%Y")
    head = "数据日,推广任务,触达人数,到店人数,成交总额(万元),到店比例"
    path.write_text(
        f"{head}\n{day},秋季修护,1000,{visitors},{gmv},{int(visitors) / 10:.1f}%\n", encoding="utf-8-sig"
    )
    return path


def hand_in(page: Page, shop: str, file: Path) -> None:
    page.goto(f"/m/{shop}/uploads/?kind=alliance")
    page.select_option("select[name=kind]", "alliance")
    page.set_input_files("input[type=file]", file)
    page.locator("main form:has(input[type=file]) button[type=submit]").click()


def take_for(page: Page, header: str, ours: str, unit: str = "") -> None:
    row = page.locator(".mapping-row", has_text=header)
    row.locator("select[name^=column-]").select_option(ours)
    row.locator("select[name^=unit-]").select_option(unit)


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1280), ("en", 390)])
def test_an_unknown_export_is_named_once_and_shows_on_the_alliance_page(
    visit: Callable[..., Page], shop: str, tmp_path: Path, language: str, width: int
) -> None:
    page = visit(f"/m/{shop}/alliance/", user=f"owner@{shop}", language=language, width=width)
    hand_in(page, shop, export(tmp_path / "first.csv", ago=9, visitors="120", gmv="1.25"))
    name_columns = page.locator("a[href$='/map/']")
    reload_until(page, name_columns)
    name_columns.first.click()

    barriers = [
        one for one in Axe().run(page).response["violations"] if one["impact"] in {"serious", "critical"}
    ]
    assert barriers == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width

    take_for(page, "数据日", "day", "day_first")
    take_for(page, "推广任务", "task_name")
    take_for(page, "触达人数", "read_uv")
    take_for(page, "到店人数", "entry_rate")  # a mistake: counts are no rate, and window and programme lack
    page.locator("main button[type=submit]").click()
    expect(page.locator(".notice.danger").first).to_be_visible()

    take_for(page, "到店人数", "shop_entry_uv")
    take_for(page, "成交总额", "gmv", "wan")
    take_for(page, "到店比例", "entry_rate")
    page.fill("#fixed-programme", "小红星")
    page.fill("#fixed-window_days", "30")
    page.locator("main button[type=submit]").press("Enter")  # by the keyboard
    confirm = page.locator("form[action$='/confirm/'] button")
    reload_until(page, confirm)
    expect(page.locator("main")).to_contain_text("12500.00")
    confirm.click()
    reload_until(page, page.locator(".notice.success"))

    hand_in(page, shop, export(tmp_path / "second.csv", ago=8, visitors="80", gmv="0.75"))
    reload_until(page, confirm)  # the columns are known by now
    confirm.click()
    reload_until(page, page.locator(".notice.success"))

    page.goto(f"/m/{shop}/alliance/?period=28d")
    main = page.locator("main")
    expect(main).to_contain_text("秋季修护")
    expect(main).to_contain_text("10.0%")  # 200 of 2,000, made from the sums
    expect(main).to_contain_text("¥20,000")
    page.goto(f"/m/{shop}/trail/")
    expect(page.locator("main")).to_contain_text("教会" if language == "zh-hans" else "taught the columns")
