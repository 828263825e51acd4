"""Over time, a second thing beside the first: exact, named, in the chart, the tables, the files and for programs."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from measurement.besides import Kind, days_beside, parted, written
from measurement.charts.curve import of_curve
from measurement.models import Campaign
from measurement.queries import beside, curve
from measurement.reports import read
from merchants import tenancy
from merchants.models import Merchant
from merchants.operations import tokens
from merchants.periods import Period, day_of
from tests.conftest import make_member
from tests.measurement.world import World

TODAY = day_of(timezone.now())


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


ASKED = {"from": ago(61), "to": ago(34)}  # 28 days, and the 28 before them begin 89 days ago


@pytest.fixture
def world(merchant: Merchant) -> World:
    """Ann reads an ad of Spring and a note, and buys for ¥100 after 2 days; bo did so in the 28 days before, for ¥60
    on JD after 5. Spring cost ¥20, and ¥30 before."""
    made = World(merchant)
    made.touch("ann", ago(51), "Winter repair")
    made.touch("ann", ago(50), "", campaign="Spring")
    made.touch("bo", ago(80), "", campaign="Spring")
    made.order("A1", ago(48), 10000, person="ann")
    made.order("B1", ago(75), 6000, person="bo", platform="jd")
    made.order("last", ago(1), 500)
    made.spend(ago(50), 2000, campaign="Spring")
    made.spend(ago(80), 3000, campaign="Spring")
    made.compute()
    return made


def two(world: World, **more: str):
    """The curve that is asked and the one beside it."""
    query, problems = read({**ASKED, **more}, TODAY)
    assert problems == []
    with tenancy.acting_for(world.merchant), translation.override("en"):
        laid = beside.laid(world.merchant, query, TODAY)
        assert laid is not None
        found, other = (
            curve.over_time(world.merchant, one, now=timezone.now()) for one in (query, laid.query)
        )
    return found, other, laid.label


def credit(found, age: int) -> int:
    return found.points[age].credited


def test_the_period_before_lies_beside_with_its_own_cost(world):
    found, other, label = two(world, beside="previous")
    assert label == f"{ago(89)} – {ago(62)}"
    assert (found.total.cost, found.total.credited, credit(found, 2)) == (2000, 10000, 5000)
    assert (other.total.cost, other.total.credited, credit(other, 4), credit(other, 5)) == (
        3000,
        6000,
        0,
        6000,
    )


def test_other_days_are_as_many_as_those_of_the_page(world):
    other = two(world, beside="days", beside_from=ago(80))[1]
    assert (other.query.period.start.isoformat(), other.query.period.days) == (ago(80), 28)
    assert other.total.credited == 6000


def test_another_model_shares_the_same_credit_differently(world):
    found, other, label = two(world, beside="model:last")
    assert label == "Last touch"
    assert (found.total.credited, other.total.credited) == (10000, 10000)
    assert (credit(found, 2), credit(other, 2)) == (5000, 10000)


def test_a_platform_and_a_campaign_are_the_part_within_them(world):
    spring = Campaign.objects.get(name="Spring")
    assert two(world, beside="platform:jd")[1].total.credited == 0
    assert two(world, beside="platform:taobao")[1].total.credited == 10000
    found, other, label = two(world, beside=f"campaign:{spring.pk}")
    assert label == "Campaign: Spring"
    assert (found.total.credited, other.total.credited, other.total.cost) == (10000, 5000, 2000)


def test_what_is_beside_is_drawn_dashed_and_grey_under_its_name(world):
    found, other, label = two(world, beside="previous")
    drawn = of_curve(found, other, label)
    assert drawn is not None
    line = drawn["series"][-1]
    assert (line["name"], line["lineStyle"]) == (label, {"color": "compare", "width": 2.5, "type": "dashed"})
    assert label in drawn["legend"]["data"]
    assert (line["data"][4], line["data"][5]) == (0.0, 2.0)
    assert drawn["series"][0]["data"][2] == 2.5


def test_where_one_has_no_cost_both_are_drawn_in_yuan(world):
    found, other, label = two(world, beside="platform:taobao")
    drawn = of_curve(found, other, label)
    assert drawn is not None
    assert (drawn["series"][0]["data"][2], drawn["series"][-1]["data"][2]) == (50.0, 50.0)


@pytest.fixture
def page(client, merchant):
    client.force_login(make_member(merchant, "owner"))
    client.cookies["django_language"] = "en"

    def get(*arguments: str, **query: str):
        name = "measurement:export" if arguments else "measurement:curve"
        return client.get(reverse(name, args=[merchant.code, *arguments]), {**ASKED, **query})

    return get


def text(answer) -> str:
    return unescape(answer.content.decode())


def test_the_page_offers_it_names_it_and_lists_both(world, page):
    plain, both = text(page()), text(page(beside="previous"))
    label = f"{ago(89)} – {ago(62)}"
    assert '<option value="model:last">' in plain
    assert '<option value="platform:taobao">' in plain
    assert f'<option value="campaign:{Campaign.objects.get(name="Spring").pk}">Spring</option>' in plain
    assert label not in plain
    assert f"Beside: {label}" in both
    assert f'<span class="unit">{label}</span>' in both
    assert '<option value="previous" selected>' in both


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"beside": "model:linear"}, "“Linear” is what the page shows already; nothing is beside."),
        ({"beside": "moon"}, "“moon” is not a value of “beside”; the default is shown instead."),
        ({"beside": "days:" + ago(-3)}, f"The days from {ago(-3)} on are not known yet; nothing is beside."),
        ({"beside": "days:" + ago(20), "asof": ago(25)}, f"The days from {ago(20)} on are not known yet"),
        ({"beside": "days:9999-12-31"}, "No calendar holds the days from 9999-12-31 on"),
    ],
)  # fmt: skip
def test_what_cannot_lie_beside_is_said_and_the_page_stands(world, page, asked, said):
    answer = page(**asked)
    assert answer.status_code == 200
    assert said in text(answer)
    assert "Beside: " not in text(answer)


def test_both_are_as_of_the_same_past_day(world):
    world.compute(recorded=ago(70))
    then = two(world, beside="previous", asof=ago(69))
    assert [one.query.as_of for one in then[:2]] == [TODAY - timedelta(days=69)] * 2
    assert (then[0].total.credited, then[1].total.credited) == (10000, 6000)


def test_the_file_holds_both_and_how_far_apart_they_are(world, page):
    answer = page("curve", "csv", beside="previous")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    label = f"{ago(89)} – {ago(62)}"
    start = rows.index(["T+x"]) + 1
    assert rows[start][4] == f"{label}: Attributed return (CNY)"
    assert [(row[1], row[4], row[7]) for row in rows[start + 3 : start + 8 : 4]] == [
        ("50.00", "0.00", "50.00"),
        ("100.00", "60.00", "40.00"),
    ]
    [title] = [n for n, row in enumerate(rows) if row == [f"Beside {label}"]]
    total = next(row for row in rows[title:] if row[:1] == ["Total"])
    assert total[2:4] == ["30.00", "60.00"]


def test_a_program_reads_both_and_is_refused_what_cannot_be(world, client, merchant, owner):
    secret = tokens.issue(merchant, name="desk", scopes=["reports:read"], user=owner)[1]
    headers = {"authorization": f"Bearer {secret}"}
    told = client.get("/api/v1/reports/over-time", {**ASKED, "beside": "model:last"}, headers=headers).json()
    assert told["beside"]["points"][2]["credited_fen"] == 10000
    assert told["points"][2]["credited_fen"] == 5000
    alone = client.get("/api/v1/reports/over-time", ASKED, headers=headers).json()
    assert alone["beside"] is None
    same = {**ASKED, "beside": "model:linear"}
    assert client.get("/api/v1/reports/over-time", same, headers=headers).status_code == 400


def test_words_of_the_address_are_told_apart():
    assert parted("campaign:12") == (Kind.CAMPAIGN, "12")
    assert written({"beside": "days", "beside_from": "2026-09-01"}) == "days:2026-09-01"
    assert written({"beside": "year", "beside_from": "2026-09-01"}) == "year"
    for senseless in ("model:", "model:markov", "campaign:x", "campaign:012", "year:1", "days:soon", ":"):
        with pytest.raises(ValueError, match=r".*"):
            parted(senseless)


def test_a_period_before_the_calendar_is_none():
    with pytest.raises(ValueError, match=r".*"):
        days_beside(Kind.YEAR, "", Period(date(1, 1, 1), date(1, 1, 2)))
