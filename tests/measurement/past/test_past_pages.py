"""Every report page can be as of a past day: it says so, its file says so, and so does what programs read."""

from __future__ import annotations

import io
from datetime import timedelta
from html import unescape
from typing import Any

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone, translation

from measurement.words.past import KEPT, LEDGER
from merchants.models import Merchant
from merchants.operations import tokens
from merchants.periods import day_of
from tests.conftest import make_member
from tests.measurement.world import World

TODAY = day_of(timezone.now())
PAGES = {"results": LEDGER, "models": LEDGER, "curve": LEDGER, "process": "process"} | {
    name: name for name in ("matrix", "live", "empathy", "moves", "ripening")
}
"""The pages that have the day in their filter bar, and what each says of it."""


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


@pytest.fixture
def world(merchant: Merchant) -> World:
    """Ann read a note that had cost ¥20 and bought for ¥100; a week ago ¥40 came back of it."""
    made = World(merchant)
    made.touch("ann", ago(20), "Winter repair", blogger="Lin")
    line = made.order("T1", ago(17), 10000, person="ann", postage=600)
    made.spend(ago(20), 2000, note="Winter repair")
    made.compute(recorded=ago(15))
    made.refund(line, 4000)
    made.compute(recorded=ago(7))
    return made


@pytest.fixture
def page(client, merchant):
    client.force_login(make_member(merchant, "owner"))
    client.cookies["django_language"] = "en"

    def get(name: str, *arguments: object, **query: str):
        return client.get(reverse(name, args=[merchant.code, *arguments]), query)

    return get


def text(answer: Any) -> str:
    return unescape(answer.content.decode())


def sentence(name: str) -> str:
    with translation.override("en"):
        return str(KEPT[PAGES[name]])


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_a_past_day_says_what_it_is_made_of_and_leads_back_to_now(world, page, name):
    now, then = (text(page(f"measurement:{name}", **query)) for query in ({}, {"asof": ago(8)}))
    assert sentence(name) in then
    assert f'name="asof" value="{ago(8)}"' in then
    assert "As it stands now" in then
    assert sentence(name) not in now
    assert 'name="asof" value=""' in now


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("day", ["soon", "2026-02-30", "9" * 30])
def test_a_day_that_is_none_is_said_and_the_present_is_shown(world, page, name, day):
    said = text(page(f"measurement:{name}", asof=day))
    assert f"“{day}” is not a value of “asof”" in said
    assert sentence(name) not in said


@pytest.mark.parametrize("name", PAGES)
def test_a_file_of_a_past_day_says_the_day_and_what_it_is_made_of(world, page, name):
    for form in ("csv", "xlsx"):
        assert page("measurement:export", name, form, asof=ago(8)).status_code == 200
    book = b"".join(page("measurement:export", name, "xlsx", asof=ago(8)))
    told = dict(openpyxl.load_workbook(io.BytesIO(book))["Read me"].iter_rows(max_col=2, values_only=True))
    assert (told["As of"], told["Of that day"]) == (ago(8), sentence(name))


@pytest.mark.parametrize("name", PAGES)
def test_a_program_reads_a_page_of_a_past_day(world, client, merchant, owner, name):
    secret = tokens.issue(merchant, name="desk", scopes=["reports:read"], user=owner)[1]
    headers = {"authorization": f"Bearer {secret}", "accept-language": "en"}
    answer = client.get(f"/api/v1/pages/{name}", {"query": f"asof={ago(8)}"}, headers=headers)
    assert answer.status_code == 200
    assert answer.json()["query"]["asof"] == ago(8)
    about = {one["label"]: one["value"] for one in answer.json()["about"]}
    assert (about["As of"], about["Of that day"]) == (ago(8), sentence(name))


def test_results_of_a_past_day_open_to_the_orders_of_that_day(world, page):
    for day, credited in ((ago(16), None), (ago(8), "100.00"), (ago(7), "60.00")):
        listed = text(page("measurement:orders", asof=day, period="28d"))
        assert ("T1" in listed) is (credited is not None)
        if credited:
            assert f"<b>¥{credited}</b>" in listed
            assert f"asof={day}&back=" in listed
    unjoined = text(page("measurement:orders", asof=ago(8), period="28d", unjoined="1"))
    assert "0 order lines" in unjoined


def test_the_sums_of_a_past_day_leave_out_what_is_kept_as_it_stands(world, page):
    now, then = (text(page("measurement:results", **query)) for query in ({}, {"asof": ago(8)}))
    assert "postage and what no line holds</th>" in now
    assert "postage and what no line holds</th>" not in then
    assert "are left out" in then
