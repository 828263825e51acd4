"""Over time: the curve, its cohorts, and who stood behind them, over a world small enough to count by hand."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from html import unescape

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from measurement import words
from measurement.choices import Programme, ReportLevel
from measurement.models import OrderLine
from measurement.operations import reported
from measurement.queries import buyers, curve
from measurement.reported.statements import AllianceStatement
from measurement.reports import read
from merchants import tenancy
from merchants.models import AuditEvent, Merchant
from merchants.operations import tokens
from merchants.periods import day_of
from tests.conftest import make_member
from tests.measurement.world import World

TODAY = day_of(timezone.now())


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


ASKED = {"from": ago(60), "to": ago(31)}


@pytest.fixture
def world(merchant: Merchant) -> World:
    """Three people of facial essence (29 days): ann buys after 2 days and, with half refunded, after 10; bo, who
    had bought in the store before, after 20; cy after 40, too late to be credited."""
    made = World(merchant)
    cream = made.spu("cream")
    made.order("B0", ago(90), 3000, person="bo", platform="store", spu=cream)
    for person in ("ann", "bo", "cy"):
        made.touch(person, ago(50), "Winter repair")
    made.order("A1", ago(48), 10000, person="ann")
    made.order("A2", ago(40), 6000, person="ann", refunded=3000, platform="jd")
    made.order("B1", ago(30), 4000, person="bo", platform="xiaohongshu_ark")
    made.order("C1", ago(10), 9000, person="cy")
    made.order("last", ago(1), 500)
    made.order("A3", ago(45), 2500, person="ann", spu=cream)
    made.spend(ago(50), 5000, note="Winter repair", task="in_task")
    made.spend(ago(49), 3000, campaign="Spring")
    made.compute()
    return made


def question(**more: str):
    asked, problems = read({**ASKED, **more}, TODAY)
    assert problems == []
    return asked


def over_time(world: World, **more: str):
    with tenancy.acting_for(world.merchant):
        return curve.over_time(world.merchant, question(**more), now=timezone.now())


def behind(world: World, **more: str):
    with tenancy.acting_for(world.merchant):
        return buyers.buyers(world.merchant, question(**more))


def test_the_curve_rises_with_each_order_and_is_set_against_the_cost(world):
    found = over_time(world)
    sums = {point.age: point.credited for point in found.points}
    assert (sums[1], sums[2], sums[9], sums[10], sums[19], sums[20], sums[29]) == (
        0, 10000, 10000, 13000, 13000, 17000, 17000,
    )  # fmt: skip
    assert found.window == 29
    assert (found.total.cost, found.total.credited, found.orders, found.people) == (8000, 17000, 3, 2)
    assert [str(found.total.roi_at(mark)) for mark in (7, 15, 29)] == ["1.25", "1.625", "2.125"]
    assert found.cost_by_task == {"in_task": 5000, "unknown": 3000}
    assert [(part.name, part.fen) for part in found.platforms] == [
        (words.platform("taobao"), 10000),
        (words.platform("xiaohongshu_ark"), 4000),
        (words.platform("jd"), 3000),
    ]


def test_credit_of_live_views_lies_within_the_platforms(world):
    """dee watches a stream and reads a note, then buys for 80: half of it is the stream's."""
    world.touch("dee", ago(50), "Winter repair")
    world.touch("dee", ago(49), "", kind="live_view", campaign="Friday stream")
    world.order("D1", ago(47), 8000, person="dee")
    world.compute()
    found = over_time(world)
    assert (found.live, sum(part.fen for part in found.platforms), found.total.credited) == (
        4000,
        25000,
        25000,
    )


def test_no_credit_of_live_views_without_one(world):
    assert over_time(world).live == 0


def task_row(world: World, day: str, spu: str, level: ReportLevel = ReportLevel.TASK) -> None:
    row = AllianceStatement(
        timezone.now(), Programme.XIAOHONGXING, level, date.fromisoformat(day), 15, task_id="88012",
        note_id="n1" if level == ReportLevel.NOTE else "", spu_code=spu, metrics={"order_uv": 1},
    )  # fmt: skip
    reported.put_alliance(world.merchant, [row], source="file", by="system:test")


def test_credit_is_divided_by_products_that_a_task_names(world):
    world.touch("ann", ago(50), "Winter repair", spu=world.spu("cream"))
    world.order("A4", ago(44), 2500, person="ann", spu=world.spu("cream"))
    world.compute()  # ann's cream for 25 is credited too
    before = over_time(world)
    assert (before.by_task, {part.in_task for part in before.spus}) == (None, {None})
    task_row(world, ago(70), "cream")  # another period
    task_row(world, ago(45), "cream", ReportLevel.NOTE)  # a note's row tells of no task's products
    assert over_time(world).by_task is None
    task_row(world, ago(45), "essence")
    found = over_time(world)
    assert [(part.name, part.fen, part.in_task) for part in found.spus] == [
        ("essence", 17000, True), ("cream", 2500, False),
    ]  # fmt: skip
    assert found.by_task == (17000, 2500)


def test_cohorts_add_up_to_the_whole(world):
    found = over_time(world)
    assert sum(cohort.credited for cohort in found.cohorts) == 17000
    assert sum(cohort.cost or 0 for cohort in found.cohorts) == 8000


def test_the_end_of_three_orders_is_not_foretold(world):
    found = over_time(world)
    assert (found.total.final, found.untold) == (None, "few")
    assert over_time(world, axis="order").untold == "axis"


def test_on_order_days_the_period_is_that_of_the_orders(world):
    found = over_time(world, axis="order", **{"from": ago(41), "to": ago(30)})
    assert (found.total.credited, found.points[10].credited, found.points[9].credited) == (7000, 3000, 0)
    assert found.total.cost is None


def test_a_past_day_is_shown_as_it_stood(world):
    """Nothing was known two weeks ago; since ten days ago, all but the refund that was recorded today."""
    now = over_time(world)
    world.compute(recorded=ago(10))
    world.refund(OrderLine.objects.get(order__external_id="A1"), 4000)
    world.compute()
    nothing, then, today = (over_time(world, asof=day) for day in (ago(14), ago(7), ""))
    assert (nothing.total.credited, nothing.orders, nothing.people) == (0, 0, 0)
    assert (then.total.credited, then.orders, then.people) == (now.total.credited, now.orders, now.people)
    assert (then.platforms, then.spus) == (now.platforms, now.spus)
    assert today.total.credited == now.total.credited - 4000


def test_as_many_queries_for_many_notes_as_for_one(world, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        over_time(world)
    for number in range(20):
        world.touch(f"p{number}", ago(45), f"note {number}")
        world.order(f"P{number}", ago(44), 100, person=f"p{number}")
    world.compute()
    with django_assert_num_queries(len(one)):
        over_time(world)


def test_buyers_are_new_or_returning_and_refunds_stand_apart(world):
    found = behind(world)
    assert found.groups["new"] == buyers.Group(orders=1, people=1, net=10000, gross=10000)
    # ann's second order and bo's, who bought in the store before
    assert found.groups["returning"] == buyers.Group(orders=2, people=2, net=7000, gross=10000)
    assert found.whole == buyers.Group(orders=3, people=2, net=17000, gross=20000)
    assert found.whole.refunded == 3000


def test_an_order_that_was_refunded_whole_still_counts_before_refunds(world):
    world.refund(OrderLine.objects.get(external_id="A1-1"), 10000)
    world.compute()
    found = behind(world)
    assert (found.whole.net, found.whole.gross) == (7000, 20000)


@pytest.mark.parametrize("model", ["first", "last", "linear", "position", "decay"])
def test_before_refunds_every_model_shares_the_whole_line(world, model):
    world.touch("ann", ago(49), "Morning care")
    world.touch("ann", ago(41), "Evening care", kind="search")
    world.compute()
    assert behind(world, model=model).whole.gross == 20000


def test_short_windows_stand_beside_the_cycle(world):
    """An hour after the stream, and two days after it; the shop's order came after 20 days."""
    world.touch("dee", ago(40), kind="live_view", hour=19)
    world.touch("eve", ago(40), kind="live_view", hour=19)
    world.order("D1", ago(40), 700, person="dee")
    world.order("E1", ago(38), 900, person="eve")
    world.compute()
    found = behind(world)
    assert found.live == (700, 1600)
    assert found.own_shop == (0, 4000)


def test_what_else_they_bought_is_beside_and_never_added(world):
    found = behind(world)
    assert [(one.name, one.orders, one.people, one.fen) for one in found.others] == [("cream", 1, 1, 2500)]
    assert (found.beside.fen, found.whole.net) == (2500, 17000)


@pytest.fixture
def open_page(client, merchant):
    client.force_login(make_member(merchant, "owner"))
    client.cookies["django_language"] = "en"

    def get(name: str, *arguments: object, **query: str):
        return client.get(reverse(name, args=[merchant.code, *arguments]), {**ASKED, **query})

    return get


def test_the_page_says_what_it_knows_and_fetches_the_buyers_apart(world, open_page):
    said = open_page("measurement:curve").content.decode()
    assert "T+29" in said
    assert "cannot be told yet" in said
    assert "part=buyers" in said
    assert "Returning buyers" not in said
    part = open_page("measurement:curve", part="buyers").content.decode()
    assert "Returning buyers" in part
    assert "cream" in part
    assert "<html" not in part


def test_of_a_past_day_the_buyers_are_not_asked_for(world, open_page):
    said = open_page("measurement:curve", asof=ago(7), **{"from": ago(60)}).content.decode()
    assert "part=buyers" not in said


def test_an_empty_world_says_why(merchant, open_page):
    assert "Nothing was credited or spent" in open_page("measurement:curve").content.decode()


def test_the_files_hold_what_the_screen_holds(world, open_page, merchant):
    answer = open_page("measurement:export", "curve", "csv")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    total = dict(zip(rows[0], next(row for row in rows if row[:1] == ["Total"]), strict=True))
    assert total["From"] == "Total"
    assert total["Attributed return (CNY)"] == "170.00"
    assert total["ROI T+7"] == "1.2500"
    points = rows[rows.index(["T+x"]) + 2 :]
    assert [row[1] for row in points][:3] == ["0.00", "0.00", "100.00"]
    book = openpyxl.load_workbook(
        io.BytesIO(b"".join(open_page("measurement:export", "curve", "xlsx").streaming_content))
    )
    assert book.sheetnames == ["Read me", "Cohorts", "T+x"]
    with tenancy.acting_for(merchant):
        assert AuditEvent.objects.filter(act="measurement.report.exported").count() == 2


def test_a_program_reads_what_the_page_shows_and_sense_is_asked_of_it(world, client, merchant, owner):
    secret = tokens.issue(merchant, name="desk", scopes=["reports:read"], user=owner)[1]
    headers = {"authorization": f"Bearer {secret}"}
    read_by_program = client.get("/api/v1/reports/over-time", ASKED, headers=headers).json()
    assert read_by_program["total"] == {
        "from": ago(60),
        "to": ago(31),
        "cost_fen": 8000,
        "credited_fen": 17000,
        "roi": "2.125000",
        "at": {"7": 10000, "15": 13000, "29": 17000},
        "final": None,
    }
    assert read_by_program["points"][10] == {
        "age": 10,
        "credited_fen": 13000,
        "reached": "1.000000",
        "roi": "1.625000",
    }
    refused = client.get("/api/v1/reports/over-time", {"axis": "moon"}, headers=headers)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "bad_parameter")


def test_cohorts_platforms_and_products_open_to_their_orders(client, world):
    client.force_login(make_member(world.merchant, "owner"))
    page = client.get(reverse("measurement:curve", args=[world.merchant.code]), ASKED).content.decode()
    orders = reverse("measurement:orders", args=[world.merchant.code])
    links = [unescape(one) for one in re.findall(rf'href="({orders}\?[^"]+)"', page)]
    opened = {link: orders_on(client.get(link)) for link in links}
    [jd] = [said for link, said in opened.items() if "platform=jd" in link]
    assert jd == {"A2"}
    cohorts = [said for link, said in opened.items() if "platform=" not in link and "spu=" not in link]
    assert [said for said in cohorts if said] == [{"A1", "A2", "B1"}]


def orders_on(answer) -> set[str]:
    """The orders of this world that a page names; a word of its own, for a nonce may hold any two signs."""
    return set(re.findall(r"(?<![\w-])(?:A1|A2|A3|B0|B1|C1)(?![\w-])", answer.content.decode()))
