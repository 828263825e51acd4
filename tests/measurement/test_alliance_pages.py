"""The Alliance page against a ledger: what is reported, what we credit, and the way between the two."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from measurement.choices import Model, Programme, ReportLevel
from measurement.metrics import credit_interval
from measurement.operations import reported
from measurement.queries import alliance
from measurement.reported.question import Asked
from measurement.reported.statements import AllianceStatement
from merchants.models import AuditEvent, Merchant
from merchants.periods import Period, day_of
from tests.conftest import make_member
from tests.measurement.world import World

TODAY = day_of(timezone.now())
PERIOD = Period(TODAY - timedelta(days=40), TODAY)
QUERY = {"from": PERIOD.start.isoformat(), "to": PERIOD.last.isoformat()}


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def state(
    merchant: Merchant, days_ago: int, *, level: str = "task", window: int = 15, stated: int = 0, **told
) -> None:
    names = {
        name: told.pop(name) for name in ("task_id", "task_name", "note_id", "last_click") if name in told
    }
    if level == "task":
        names.setdefault("task_id", "t1")
        names.setdefault("task_name", "秋季修护")
    row = AllianceStatement(
        datetime.now(UTC) - timedelta(days=stated), Programme.XIAOHONGXING, ReportLevel(level), ago(days_ago), window,
        metrics=told, **names,
    )  # fmt: skip
    reported.put_alliance(merchant, [row], source="file", by="system:test")


def state_all(merchant: Merchant, **told) -> None:
    """The figures on the day of Ben's touch, and nothing on the days of Ann's: all of them are stated."""
    for days in (30, 13):
        state(merchant, days, **{**told, **{name: 0 for name in told if name.endswith("_fen")}})
    state(merchant, 12, **told)


@pytest.fixture
def world(merchant: Merchant) -> World:
    """Ann read two notes, 20 and 3 days before her order of ¥100 (¥10 refunded); Ben read one 2 days before
    his of ¥60. Cleo's order of ¥50 is tied to nothing. All on Taobao."""
    made = World(merchant)
    for name in ("N1", "N2"):
        made.note(name, "Lin", spu=made.spu())
    made.touch("ann", ago(30).isoformat(), "N1")
    made.touch("ann", ago(13).isoformat(), "N2")
    made.order("T1", ago(10).isoformat(), 10_000, person="ann", refunded=1_000)
    made.touch("ben", ago(12).isoformat(), "N1")
    made.order("T2", ago(10).isoformat(), 6_000, person="ben")
    made.order("T3", ago(10).isoformat(), 5_000, person="cleo")
    made.compute()
    return made


def ask(world: World, **asked) -> alliance.AlliancePage:
    return alliance.page(world.merchant, Asked(**asked), PERIOD, Model.LINEAR)


def parts(found: alliance.AlliancePage) -> dict[str, int]:
    assert found.gap is not None
    told = dict(found.gap.parts)
    assert sum(told.values()) == found.gap.reported - found.gap.credited
    return told


def test_the_gap_of_a_programme_by_hand(world):
    """We credit 90 + 60 = ¥150. Within 15 days: half of Ann's 90 (N2) and Ben's 60 = 105. Their lines brought
    90 + 60 = 150 after and 160 before refunds. Reported 300, of it 80 other products; 50 are tied to nothing:
    300 − 150 = −45 + 45 + 10 + 80 + 50 + 10."""
    state_all(world.merchant, gmv_fen=30_000, task_gmv_fen=22_000, other_gmv_fen=8_000)
    found = ask(world)
    assert (found.credited, found.orders, found.notes_known) == (15_000, 2, False)
    assert parts(found) == {
        "outside": 0, "window": -4_500, "deduplication": 4_500, "refunds": 1_000, "products": 8_000,
        "unjoined": 5_000, "rest": 1_000,
    }  # fmt: skip


def test_notes_of_a_report_count_an_order_once_each_and_other_content_is_outside(world):
    """Only N1 is in the report, 30 days: Ann's half (45) and Ben's 60 = 105 of our 150; whole lines 150 / 160."""
    state_all(world.merchant, level="note", window=30, note_id="N1", gmv_fen=20_000)
    found = ask(world)
    assert found.credited == 15_000
    assert parts(found) == {
        "outside": -4_500, "window": 0, "deduplication": 4_500, "refunds": 1_000, "products": 0,
        "unjoined": 4_000, "rest": 0,
    }  # fmt: skip
    [row] = found.rows
    assert (row.name, row.credited) == ("N1", 10_500)


def test_two_notes_of_one_order_count_it_twice_unless_last_clicks_are_counted(world):
    for note in ("N1", "N2"):
        state_all(world.merchant, level="note", window=30, note_id=note, gmv_fen=20_000)
    assert parts(ask(world))["deduplication"] == 24_000 - 15_000  # Ann's 90 twice, Ben's 60
    for note in ("N1", "N2"):
        state_all(world.merchant, level="note", window=30, note_id=note, gmv_fen=20_000, last_click=True)
    assert parts(ask(world, clicks="last"))["deduplication"] == 0


def test_a_picked_note_is_compared_with_its_own_credit(world):
    for note, gmv in (("N1", 20_000), ("N2", 7_000)):
        state_all(world.merchant, level="note", window=30, note_id=note, gmv_fen=gmv)
    key = next(row.key for row in ask(world).rows if row.name == "N2")
    found = ask(world, row=key)
    assert (found.gap.reported, found.gap.credited) == (7_000, 4_500)
    assert parts(found)["outside"] == 0


def test_a_picked_task_needs_to_know_its_notes(world):
    state_all(world.merchant, gmv_fen=30_000)
    assert ask(world, row="t1").gap is None
    state_all(world.merchant, level="note", window=30, note_id="N2", task_id="t1", gmv_fen=1)
    found = ask(world, row="t1", level="task")
    assert found.gap.credited == 4_500


def test_rates_come_from_rows_that_state_both_and_zero_is_unknown(world):
    state(world.merchant, 12, read_uv=100, shop_entry_uv=10, cart_uv=0)
    state(world.merchant, 11, read_uv=300, shop_entry_uv=90, order_uv=9)
    state(world.merchant, 10, read_uv=1_000)
    total = ask(world).total
    assert total.total("read_uv") == 1_400
    assert total.rate("entry_rate") == Decimal("0.25")
    assert total.rate("deal_rate") == Decimal("0.1")
    assert total.rate("cart_rate") == 0
    assert total.rate("cost_of_order_uv") is None
    assert total.total("gmv_fen") is None


def test_ours_is_compared_on_the_days_that_the_report_states(world):
    """Ann's touches lie on other days: of our ¥150 Ben's ¥60 alone stand beside the report of his day."""
    state(world.merchant, 12, gmv_fen=30_000)
    found = ask(world)
    assert (found.credited, found.orders) == (6_000, 1)


def test_views_of_one_thing_are_never_added(world):
    state(world.merchant, 12, gmv_fen=100)
    state(world.merchant, 12, window=30, gmv_fen=150)
    state(world.merchant, 12, level="note", note_id="N1", gmv_fen=90)
    assert ask(world).total.total("gmv_fen") == 100
    assert ask(world, window_days=30).total.total("gmv_fen") == 150
    assert ask(world, level="note").total.total("gmv_fen") == 90


def test_a_restated_day_counts_as_stated_last_and_young_days_are_incomplete(world):
    state(world.merchant, 30, gmv_fen=100, stated=25)
    state(world.merchant, 30, gmv_fen=0)
    state(world.merchant, 12, gmv_fen=7)
    first, last = ask(world).days
    assert (first.gmv_fen, first.complete) == (0, True)
    assert (last.gmv_fen, last.complete) == (7, False)


def test_juguangs_windows_stand_beside_each_other_at_one_level(world):
    told = {"external_goods_order_7": 2, "external_rgmv_7_fen": 9_000, "external_goods_order_30": 4}
    world.spend(ago(12).isoformat(), 3_000, campaign="C", metrics=told)
    world.spend(ago(12).isoformat(), 3_000, creative_of="N1", level="creative", metrics=told)
    seven, thirty = ask(world).off_site
    assert (seven.window_days, seven.orders, seven.revenue_fen, seven.cost_fen) == (7, 2, 9_000, 3_000)
    assert (thirty.orders, thirty.revenue_fen) == (4, None)


def test_our_figure_has_its_interval_and_the_share_of_revenue_that_is_tied_to_content(world):
    """Ann's 90 and Ben's 60 are tied, Cleo's 50 are not: 150 of 200. Both orders lie on one day and are counted
    one by one; one more would bring the mean of the three, 66.66."""
    state_all(world.merchant, gmv_fen=30_000)
    sure = ask(world).sure
    expected = credit_interval(15_000, 9_000**2 + 6_000**2, 6_666)
    assert (sure.low, sure.high) == (expected.low, expected.high)
    assert sure.low < 15_000 < sure.high
    assert sure.coverage == Decimal("0.75")


def test_a_picked_row_has_the_interval_of_its_own_orders(world):
    state_all(world.merchant, level="note", window=30, note_id="N2", gmv_fen=7_000)
    key = ask(world).rows[0].key
    found = ask(world, row=key)
    expected = credit_interval(4_500, 4_500**2, 6_666)
    assert (found.credited, found.sure.low, found.sure.high) == (4_500, expected.low, expected.high)


def test_a_past_day_shows_both_sides_as_they_stood_then(world):
    """The report said 100 on day 30 and 140 five days ago; what we credit now was recorded seven days ago."""
    state(world.merchant, 30, gmv_fen=10_000, stated=20)
    state(world.merchant, 30, gmv_fen=14_000, stated=5)
    world.compute(recorded=ago(7).isoformat())
    now, then, before = (ask_as_of(world, day) for day in (None, ago(6), ago(8)))
    assert [one.total.total("gmv_fen") for one in (now, then, before)] == [14_000, 10_000, 10_000]
    assert [one.credited for one in (now, then, before)] == [4_500, 4_500, 0]
    assert (now.orders, then.orders) == (0, None)  # Ann bought 20 days later, out of the window of 15
    assert (then.gap, then.sure) == (None, now.sure)
    assert (then.sure.coverage, before.sure.coverage) == (Decimal("0.75"), None)
    assert ask_as_of(world, ago(21)).view is None


def test_a_day_was_complete_then_only_by_what_had_been_told_then(world):
    """Told 20 days ago, when its 15 days had not passed since day 30; told the same once more five days ago."""
    for stated in (20, 5):
        state(world.merchant, 30, gmv_fen=10_000, stated=stated)
    assert [ask_as_of(world, day).days[0].complete for day in (None, ago(6))] == [True, False]


def ask_as_of(world: World, day: date | None) -> alliance.AlliancePage:
    return alliance.page(world.merchant, Asked(), PERIOD, Model.LINEAR, as_of=day)


# -- the page


@pytest.fixture
def page(client, merchant):
    client.force_login(make_member(merchant, "owner"))
    client.cookies["django_language"] = "en"

    def get(name: str = "measurement:alliance", *arguments: object, **query: str):
        return client.get(reverse(name, args=[merchant.code, *arguments]), QUERY | query)

    return get


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_page_opens_empty_and_full(world, stranger, client, language):
    state(world.merchant, 12, gmv_fen=30_000, read_uv=5)
    client.cookies["django_language"] = language
    for merchant in (world.merchant, stranger):
        client.force_login(make_member(merchant, "viewer", f"{language}-{merchant.code}"))
        answer = client.get(reverse("measurement:alliance", args=[merchant.code]))
        assert answer.status_code == 200
        assert "/uploads/" not in answer.content.decode() or merchant == stranger


def test_a_presale_deposit_has_its_cost_on_the_page_and_in_the_file(world, page):
    state(world.merchant, 12, read_uv=500, deposit_uv=8, deposit_fen=16_000, cost_fen=10_000)
    assert "8 people · ¥12.50 each" in " ".join(page().content.decode().split())
    told = b"".join(page("measurement:export", "alliance", "csv")).decode("utf-8-sig")
    heads, *lines = csv.reader(io.StringIO(told))
    place = heads.index("Cost of a presale deposit (CNY)")
    assert {line[place] for line in lines[:2]} == {"12.50"}


def test_the_page_says_what_is_missing(world, page):
    assert "No Alliance report yet" in page().content.decode()
    state(world.merchant, 200, gmv_fen=1)
    assert "No Alliance report covers these days" in page().content.decode()


def test_the_file_is_the_screen(world, page, merchant):
    state_all(merchant, gmv_fen=30_000, read_uv=400, shop_entry_uv=40, cost_fen=8_000)
    shown = page().content.decode()
    lines = list(
        csv.reader(io.StringIO(b"".join(page("measurement:export", "alliance", "csv")).decode("utf-8-sig")))
    )
    total = next(line for line in lines if line[0] == "Total")
    assert total[lines[0].index("Reported GMV (CNY)")] == "300.00"
    assert total[lines[0].index("Entry rate")] == "0.1000"
    assert total[-1] == "150.00"
    assert "¥150.00" in shown
    assert ["Not explained", "-90.00"] in [line[:2] for line in lines]
    book = openpyxl.load_workbook(io.BytesIO(b"".join(page("measurement:export", "alliance", "xlsx"))))
    assert book.sheetnames == ["Read me", "Report", "Gap"]
    assert book["Report"]["A2"].value == "秋季修护"
    assert AuditEvent.objects.filter(act="measurement.report.exported").count() == 2


def test_the_page_and_the_file_say_how_sure_our_figure_is_and_as_of_when(world, page, merchant):
    state_all(merchant, gmv_fen=30_000)
    said = page().content.decode()
    assert "95 %:" in said
    assert "75%" in said
    lines = b"".join(page("measurement:export", "alliance", "xlsx"))
    rows = openpyxl.load_workbook(io.BytesIO(lines))["Read me"].iter_rows(max_col=2, values_only=True)
    told = list(rows)
    low, high = (float(end) for end in dict(told)["Credited by us, 95 %"].split(" – "))
    assert low < 150 < high
    assert ("Coverage", "0.7500") in told
    assert ("As of", "–") in told
    past = page(asof=ago(1).isoformat()).content.decode()
    assert "No Alliance report covers these days" in past
    state(merchant, 25, gmv_fen=1, stated=3)
    world.compute(recorded=ago(3).isoformat())
    past = page(asof=ago(1).isoformat()).content.decode()
    assert "the gap is taken apart for today only" in past
    assert "as it stood on" in past


def test_without_one_joined_order_our_figure_is_unknown_not_zero(merchant, page):
    World(merchant).order("T1", ago(5).isoformat(), 100)
    state(merchant, 12, gmv_fen=30_000)
    answer = page()
    assert answer.context["found"].gap is None
    assert answer.context["found"].credited is None


def test_more_rows_ask_no_more_queries(world, page, django_assert_max_num_queries):
    for number in range(3):
        state(world.merchant, 12 + number, gmv_fen=1, task_id=f"t{number}")
    with django_assert_max_num_queries(26):
        page()
