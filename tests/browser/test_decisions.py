"""What a person decides from a figure, and that the figures follow: cycles, tests, corrections, rules, notes."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import openpyxl
import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from measurement.empathy.labels import Polarity
from measurement.models import CommentLabel, DirtyMark
from measurement.operations import comment_labels
from merchants import tenancy
from merchants.models import Merchant, User
from merchants.periods import day_of
from tests.browser.conftest import MERCHANT
from tests.browser.test_journey import WITHIN, reload_until
from tests.measurement.test_whole_page import UNTOLD, row

pytestmark = pytest.mark.xdist_group("browser")

EACH = pytest.mark.parametrize(("language", "width"), [("zh-hans", 390), ("en", 1280)])
TODAY = day_of(timezone.now())


@pytest.fixture
def look(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Takes a picture of the whole page, into the folder of SEEDBED_LOOK where somebody wants to see them."""
    folder = Path(os.environ.get("SEEDBED_LOOK") or tmp_path)

    def take(page: Page, name: str) -> None:
        page.screenshot(path=folder / f"{name}-{request.node.callspec.id}.png", full_page=True)

    return take


def credited(page: Page) -> int:
    """The total of the results in whole yuan."""
    page.goto(f"/m/{MERCHANT}/results/?period=90d")
    total = page.locator("#results tfoot tr, #results tbody tr").last.locator("td").nth(1)
    return int(re.sub(r"[^\d]", "", total.inner_text().split()[0]))


@pytest.fixture
def settled(portal: object, django_db_blocker: pytest.FixtureRequest) -> Callable[[Page], int]:
    """The total of the results once nothing waits to be computed any more."""

    def waits() -> bool:
        with django_db_blocker.unblock():  # type: ignore[attr-defined]
            merchant = Merchant.objects.get(code=MERCHANT)
            with tenancy.acting_for(merchant):
                return DirtyMark.objects.for_merchant(merchant).exists()

    def total(page: Page) -> int:
        deadline = timezone.now() + timedelta(milliseconds=WITHIN)
        while waits():
            assert timezone.now() < deadline, "orders still wait to be computed"
            page.reload()
        return credited(page)

    return total


@EACH
def test_a_cycle_is_tried_first_and_what_it_was_said_to_change_changes(
    visit: Callable[..., Page],
    settled: Callable[[Page], int],
    look: Callable[[Page, str], None],
    language: str,
    width: int,
) -> None:
    days = {"zh-hans": 3, "en": 45}[language]
    page = visit(f"/m/{MERCHANT}/results/", language=language, width=width)
    before = settled(page)
    page.goto(f"/m/{MERCHANT}/cycles/of/facial-essence/")
    page.fill("input[name=days]", str(days))
    page.fill("input[name=source]", "Asked our customers")
    page.locator("form[action$='/preview/'] button[type=submit]").click()
    adopt = page.locator("form[action*='/adopt'] button")
    reload_until(page, adopt)
    look(page, "cycle-preview")
    changed = int(re.sub(r"\D", "", page.locator("#preview .stat-value").first.inner_text()))
    assert changed > 0
    assert settled(page) == before  # nothing changes by looking
    page.go_back()
    adopt.click()
    page.wait_for_url(re.compile(r"/cycles/$"))
    expect(page.locator(".notice.success")).to_be_visible()
    sold = page.locator("#sold tbody tr", has=page.locator("a[href$='/of/facial-essence/']")).first
    expect(sold.locator("td.num b").first).to_have_text(str(days))
    look(page, "cycle-adopted")
    deadline = timezone.now() + timedelta(milliseconds=WITHIN)
    while (after := settled(page)) == before:
        assert timezone.now() < deadline, "the credit did not follow the cycle"
    assert (after < before, after > before) == (language == "zh-hans", language == "en")


@pytest.fixture
def candle(portal: object, django_db_blocker: pytest.FixtureRequest) -> str:
    """A product whose days do not tell."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        merchant = Merchant.objects.get(code=MERCHANT)
        with tenancy.acting_for(merchant):
            row(merchant, "Candle", **UNTOLD)
    return "Candle"


@EACH
def test_what_cannot_be_told_yet_opens_the_plan_of_a_test_filled_in(
    visit: Callable[..., Page], candle: str, look: Callable[[Page, str], None], language: str, width: int
) -> None:
    page = visit(f"/m/{MERCHANT}/whole/", language=language, width=width)
    said = page.locator("#wholes tbody tr", has_text=candle)
    expect(said).to_contain_text({"zh-hans": "暂时说不清", "en": "cannot tell yet"}[language])
    said.locator("th a").click()
    page.wait_for_url(re.compile(r"spu="))
    look(page, "whole-untold")
    plan = page.locator("a[href*='/experiments/new/'][href*='kind=pause']")
    asked = {key: said[0] for key, said in parse_qs(urlparse(plan.get_attribute("href") or "").query).items()}
    plan.click()
    page.wait_for_url(re.compile(r"/experiments/new/"))
    expect(page.locator("input[name=kind][value=pause]")).to_be_checked()
    expect(page.locator("select[name=spu] option:checked")).to_have_text(candle)
    expect(page.locator("input[name=starts_on]")).to_have_value(asked["starts"])
    expect(page.locator("input[name=ends_on]")).to_have_value(asked["ends"])
    look(page, "planner")
    page.fill("input[name=name]", f"A pause ({language})")
    page.fill("textarea[name=hypothesis]", "Without seeding a tenth of the orders stays away.")
    page.locator("form#plan button[type=submit]").click()
    page.wait_for_url(re.compile(r"/experiments/\d+/"))
    expect(page.locator("main")).to_contain_text(candle)


@pytest.fixture
def checked(portal: object, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """A colleague has agreed with one label less than it takes to learn anew."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        merchant = Merchant.objects.get(code=MERCHANT)
        with tenancy.acting_for(merchant):
            labels = CommentLabel.objects.for_merchant(merchant).exclude(source=CommentLabel.Source.PERSON)
            rows = list(labels.select_related("comment__note").order_by("-id")[: comment_labels.STEP - 1])
        for label in rows:
            comment_labels.correct(
                merchant, label.comment, polarity=Polarity(label.polarity), by="system:test"
            )
        yield


@EACH
def test_a_corrected_comment_counts_as_corrected_at_once_and_the_labels_are_measured_anew(
    visit: Callable[..., Page], checked: None, look: Callable[[Page, str], None], language: str, width: int
) -> None:
    empathy = f"/m/{MERCHANT}/empathy/?period=90d"
    page = visit(empathy, language=language, width=width)
    measured = page.locator(".envelope span").last.inner_text()
    page.goto(f"/m/{MERCHANT}/empathy/comments/?period=90d&says=neutral")
    first = page.locator(
        "#comments tbody tr", has_not=page.locator(".part-of", has_text=PERSON[language])
    ).first
    words = first.locator("th").inner_text().splitlines()[0]
    address = first.locator("form").get_attribute("action")
    first.locator("select[name=polarity]").select_option("negative")
    look(page, "comments")
    first.locator("button[type=submit]").click()
    expect(page.locator(".notice.success")).to_be_visible()
    gone = page.locator(f"#comments form[action='{address}']")
    expect(gone).to_have_count(0)  # it is not neutral any more
    page.goto(f"/m/{MERCHANT}/empathy/comments/?period=90d&says=negative")
    now = page.locator("#comments tbody tr", has=page.locator(f"form[action='{address}']"))
    expect(now).to_contain_text(words)
    expect(now).to_contain_text(PERSON[language])
    deadline = timezone.now() + timedelta(milliseconds=WITHIN)
    page.goto(empathy)
    while page.locator(".envelope span").last.inner_text() == measured:
        assert timezone.now() < deadline, measured
        page.reload()
    look(page, "empathy")


PERSON = {"zh-hans": "人工", "en": "by a person"}


@EACH
def test_a_rule_is_written_down_at_launch_and_stands_with_its_version(
    visit: Callable[..., Page], look: Callable[[Page, str], None], language: str, width: int
) -> None:
    page = visit(f"/m/{MERCHANT}/ripening/", language=language, width=width)
    page.locator("#new-rule summary").click()
    form = page.locator("#new-rule form")
    reason = f"Whatever happens, half is the least ({language})"
    form.locator("[name=launches_on]").fill((TODAY + timedelta(days=3)).isoformat())
    form.locator("[name=day]").fill("10")
    form.locator("[name=threshold]").fill("0.4")
    form.locator("[name=reason]").fill(reason)
    look(page, "rule-form")
    form.locator("button[type=submit]").click()
    page.wait_for_url(re.compile(r"campaign=\d+#rule$"))
    expect(page.locator(".notice.success")).to_be_visible()
    stands = page.locator("#rule div", has_text=reason).last
    expect(stands).to_contain_text(re.compile(r"v\d+"))
    late = {"zh-hans": "上线后才写", "en": "written after the launch"}[language]
    expect(stands).not_to_contain_text(late)
    look(page, "rule")


@pytest.fixture
def reader(portal: object, django_db_blocker: pytest.FixtureRequest) -> str:
    """The owner can be written to."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        User.objects.filter(username="owner@browser").update(email="owner@browser.example")
    return "owner@browser"


def row_with(page: Page, text: str) -> Locator:
    return page.locator("main table tbody tr", has_text=text)


@EACH
def test_a_report_is_scheduled_and_a_note_on_a_day_goes_out_with_the_file(
    visit: Callable[..., Page],
    reader: str,
    look: Callable[[Page, str], None],
    tmp_path: Path,
    language: str,
    width: int,
) -> None:
    page = visit(f"/m/{MERCHANT}/saved/", user=reader, language=language, width=width)
    page.locator("[data-opens=schedule-dialog]").click()
    dialog = page.locator("#schedule-dialog")
    dialog.locator("select[name=rhythm]").select_option("weekly")
    dialog.locator("[name=day]").fill("2")
    dialog.locator("[name=hour]").fill("7")
    dialog.locator("input[name=recipients]").first.check()
    look(page, "schedule")
    dialog.locator("button[type=submit]").click()
    expect(page.locator(".notice.success")).to_be_visible()
    expect(row_with(page, "07:00").first).to_be_visible()

    text = f"Live night with a large blogger ({language})"
    page.locator("[data-opens=note-dialog]").click()
    dialog = page.locator("#note-dialog")
    dialog.locator("[name=first_day]").fill((TODAY - timedelta(days=9)).isoformat())
    dialog.locator("[name=text]").fill(text)
    dialog.locator("button[type=submit]").click()
    expect(row_with(page, text)).to_be_visible()
    look(page, "saved")

    page.goto(f"/m/{MERCHANT}/results/?period=90d&rows=day")
    with page.expect_download() as download:
        page.locator("a[href*='results.xlsx']").first.click()
    file = tmp_path / "results.xlsx"
    download.value.save_as(file)
    said = [
        cell
        for line in openpyxl.load_workbook(file).worksheets[0].iter_rows(values_only=True)
        for cell in line
    ]
    assert text in said
