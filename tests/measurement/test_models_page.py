"""The models page: eight models over the same journeys, worked out by a worker, refused where the sample is small."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from measurement.attribution import samples
from measurement.models import JourneyModel
from measurement.operations import journey_models, journeys
from merchants.models import Merchant
from merchants.operations import tokens
from merchants.periods import day_of
from tests.conftest import make_member
from tests.measurement.world import World

TODAY = day_of(timezone.now())


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


@pytest.fixture
def world(merchant: Merchant, monkeypatch) -> World:
    """Four orders and two journeys without one, in a house where three orders are a sample.

    open>close orders twice, close alone once, open alone leads nowhere twice; one order names its content.
    """
    monkeypatch.setattr(samples, "CONVERSIONS", 3)
    monkeypatch.setattr(samples, "PASSAGES", 1)
    made = World(merchant)
    for person in ("ann", "ben"):
        made.touch(person, ago(20), "Opener")
        made.touch(person, ago(18), "Closer")
        made.order(person, ago(10), 1_000, person=person)
    made.touch("cleo", ago(12), "Closer")
    made.order("cleo", ago(11), 1_000, person="cleo")
    for person in ("dan", "eva"):
        made.touch(person, ago(40), "Opener")  # the window of 29 days closed 11 days ago
    made.order("coupon", ago(9), 500, declared=made.channel("Opener", kind="declared"))
    made.compute()
    return made


@pytest.fixture
def page(client, merchant):
    client.force_login(make_member(merchant, "viewer"))
    client.cookies["django_language"] = "en"

    def get(**query: str) -> str:
        answer = client.get(reverse("measurement:models", args=[merchant.code]), query)
        assert answer.status_code == 200
        return answer.content.decode()

    return get


def work(merchant: Merchant) -> None:
    journeys.drain(merchant)
    journey_models.drain(merchant)


def cells(said: str, name: str) -> list[str]:
    """The figures in the row of a note, tags taken away."""
    import re

    row = next(part for part in said.split("<tr>") if f">{name}</a>" in part)
    return [
        re.sub(r"<[^>]*>", "", cell).strip() for cell in re.findall(r'<td class="num">(.*?)</td>', row, re.S)
    ]


def test_a_question_is_worked_out_in_the_background_and_then_shown(world, page) -> None:
    """Opener to Closer 2/4, else nothing; Closer orders 3/3. Start to Opener 4/5, so the base is 3/5. Without
    Opener 1/5 is left, two thirds are lost; without Closer nothing is: effects 2/3 and 1, shares 2/5 and 3/5 of
    ¥30. Shapley: Opener half of two orders, ¥10. Leave-one-out: ¥20 and ¥30, scaled to 12 and 18. The coupon's ¥5
    are Opener's under each."""
    assert "are being worked out for this question" in page()
    work(world.merchant)
    said = page()
    assert "are being worked out" not in said
    assert "3 journeys ended with an order" in said
    assert "2 without one" in said
    assert "60.00%" in said.replace(" %", "%")
    #               spread first  last  linear position decay … Markov Shapley leave-one-out effect
    opener, closer = cells(said, "Opener"), cells(said, "Closer")
    assert [opener[place] for place in (1, 2, 3, 6, 7, 8)] == ["¥25", "¥5", "¥15", "¥17", "¥15", "¥17"]
    assert [closer[place] for place in (1, 2, 3, 6, 7, 8)] == ["¥10", "¥30", "¥20", "¥18", "¥20", "¥18"]
    assert opener[9].replace(" ", "") == "66.7%"
    assert closer[9].replace(" ", "") == "100.0%"


def test_below_the_minimum_the_models_refuse_and_say_so(world, page, monkeypatch) -> None:
    monkeypatch.setattr(samples, "CONVERSIONS", 100)
    page()
    work(world.merchant)
    said = page()
    assert "Too few orders for Markov, Shapley and leave-one-out: 3 of known persons" in said
    assert "100 are needed" in said
    assert cells(said, "Opener")[6:9] == ["–", "–", "–"] or cells(said, "Opener")[6:9] == ["—", "—", "—"]


def test_order_and_null_paths_stand_in_the_address(world, page) -> None:
    page(order="2", nulls="without")
    work(world.merchant)
    said = page(order="2", nulls="without")
    assert "Markov of order 2, without journeys without an order" in said
    assert JourneyModel.objects.filter(order=2, with_nulls=False).count() == 1
    assert "“4” is not a value of “order”" in page(order="4")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"by": "day"}, "choose notes, bloggers"),
        ({"axis": "touch"}, "choose days of the order"),
        ({"grade": "A"}, "the five models stand alone"),
        ({"asof": ago(5)}, "state of the ledger only"),
    ],
)
def test_where_whole_journeys_cannot_be_looked_at_the_page_says_why(world, page, query, words) -> None:
    assert words in page(**query)
    assert not JourneyModel.objects.exists()


@pytest.mark.parametrize("by", ["note", "blogger", "campaign", "placement", "creative", "keyword", "kind"])
def test_a_channel_is_what_is_chosen(world, page, by) -> None:
    page(by=by)
    work(world.merchant)
    row = JourneyModel.objects.get(by=by)
    assert row.answer["base"] == pytest.approx(3 / 5)
    for model in ("markov", "shapley", "leave_one_out"):
        assert sum(said[model] for said in row.answer["channels"].values()) == 3_500
    assert "worked out" in page(by=by)


def test_an_old_answer_stays_while_a_new_one_is_worked_out(world, page) -> None:
    page()
    work(world.merchant)
    world.order("late", ago(8), 1_000, person="ann")
    world.compute()
    journeys.drain(world.merchant)
    assert "3 journeys ended with an order" in page()
    journey_models.drain(world.merchant)
    assert "4 journeys ended with an order" in page()


def test_what_pages_open_with_is_asked_for_ahead_and_what_nobody_wants_is_forgotten(world) -> None:
    journey_models.prepare(world.merchant)
    assert set(JourneyModel.objects.values_list("by", flat=True)) == {"note", "blogger", "campaign", "kind"}
    JourneyModel.objects.filter(by="note").update(
        first_day=TODAY - timedelta(days=99), asked_at=timezone.now() - timedelta(days=31)
    )
    journey_models.prepare(world.merchant)
    assert sorted(JourneyModel.objects.values_list("first_day", flat=True).distinct()) == [
        TODAY - timedelta(days=28)
    ]


def test_a_page_costs_the_same_number_of_queries_however_much_there_is(
    world, page, django_assert_max_num_queries
):
    page()
    work(world.merchant)
    with django_assert_max_num_queries(40) as counted:
        page()
    few = len(counted)
    for number in range(12):
        world.touch(f"p{number}", ago(15), f"Note {number}")
        world.order(f"p{number}", ago(10), 900, person=f"p{number}")
    world.compute()
    work(world.merchant)
    page()
    work(world.merchant)
    with django_assert_max_num_queries(few):
        page()


@pytest.fixture
def program(client, merchant, owner):
    """Asks as a program that may read reports."""
    secret = tokens.issue(merchant, name="desk", scopes=["reports:read"], user=owner)[1]

    def get(**query: str):
        headers = {"authorization": f"Bearer {secret}", "accept-language": "en"}
        return client.get("/api/v1/reports/models", query, headers=headers)

    return get


def test_a_program_waits_then_reads_what_the_page_shows(world, program) -> None:
    waiting = program()
    assert (waiting.status_code, waiting.json()["state"], waiting["Retry-After"]) == (202, "waiting", "5")
    work(world.merchant)
    told = program().json()
    assert told["base_probability"] == pytest.approx(3 / 5, abs=1e-12)
    assert (told["sample"]["conversions"], told["sample"]["nulls"], told["sample"]["declared"]) == (3, 2, 1)
    closer, opener = told["channels"]
    assert (opener["name"], closer["name"]) == ("Opener", "Closer")
    assert opener["fen"] == {"markov": 1_700, "shapley": 1_500, "leave_one_out": 1_700}
    assert closer["fen"] == {"markov": 1_800, "shapley": 2_000, "leave_one_out": 1_800}
    assert opener["removal_effect"] == pytest.approx(2 / 3, abs=1e-12)
    assert closer["removal_effect"] == pytest.approx(1, abs=1e-12)


def test_a_program_is_refused_below_the_minimum_with_the_reason(world, program, monkeypatch) -> None:
    monkeypatch.setattr(samples, "CONVERSIONS", 100)
    program()
    work(world.merchant)
    refused = program()
    error = refused.json()["error"]
    assert (refused.status_code, error["code"]) == (422, "sample_too_small")
    assert "3 of known persons in this period, and 100 are needed" in error["message"]
    assert (error["details"][0]["code"], error["details"][0]["conversions"]) == ("conversions", 3)
    assert "channels" not in refused.json()


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"by": "day"}, "no_such_models"),
        ({"axis": "touch"}, "bad_parameter"),
        ({"grade": "A"}, "bad_parameter"),
        ({"order": "4"}, "bad_parameter"),
        ({"nulls": "maybe"}, "bad_parameter"),
    ],
)
def test_a_question_without_such_models_is_refused_and_nothing_is_asked(world, program, query, code) -> None:
    refused = program(**query)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, code)
    assert not JourneyModel.objects.exists()


def test_a_planted_channel_is_found(merchant, program, monkeypatch) -> None:
    """120 people meet Filler and Filler alone, 30 of them order all the same. 120 meet Filler and then Planted:
    90 order. What Planted adds is 60 of 120 orders, which no rule of single journeys sees.

    Filler to Planted 1/2, orders 1/8; Planted orders 3/4. Base 1/8 + 3/8 = 1/2. Without Planted 1/8 is left:
    three quarters are lost. Without Filler nobody begins."""
    monkeypatch.setattr(samples, "PASSAGES", 1)
    made = World(merchant)
    for number in range(240):
        person, planted = f"p{number}", number >= 120
        orders = (number - 120 < 90) if planted else number < 30
        made.touch(person, ago(45), "Filler")
        if planted:
            made.touch(person, ago(44), "Planted")
        if orders:
            made.order(person, ago(25), 1_000, person=person)
    made.compute()
    program(period="90d")
    work(merchant)
    told = {row["name"]: row for row in program(period="90d").json()["channels"]}
    assert told["Planted"]["removal_effect"] == pytest.approx(3 / 4, abs=1e-12)
    assert told["Filler"]["removal_effect"] == pytest.approx(1, abs=1e-12)
    assert told["Planted"]["fen"]["shapley"] == 45_000  # half of 90 orders of ten yuan
    assert told["Filler"]["fen"]["shapley"] == 75_000
    assert told["Planted"]["fen"]["markov"] + told["Filler"]["fen"]["markov"] == 120_000
    assert told["Planted"]["fen"]["markov"] == pytest.approx(120_000 * 3 / 7, abs=1)
