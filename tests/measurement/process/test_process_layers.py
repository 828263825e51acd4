"""New people of our own layers on the page of the process: whose they are, what one cost, and when it is unknown."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from measurement.crowds.asked import By, CrowdQuestion
from measurement.models import Channel, Creative, CrowdRule, Keyword, PrivacyQuestion, Spend, Unit
from measurement.operations import marks, recompute, tallies
from measurement.printed.printed import Asking
from measurement.printed.process import answered
from measurement.privacy import QUESTIONS_OF_USER
from measurement.process.questions import Group, Question, Row, State
from measurement.queries import crowds, process_layers
from measurement.reports import Compare
from measurement.tasks import crowds as work
from merchants.models import Merchant
from merchants.operations import tokens
from merchants.periods import Period, day_of
from tests.conftest import make_member
from tests.measurement.world import World

TODAY = day_of(timezone.now())
AD = {"impression": 20000, "click": 600, "ti_user_num": 150}
OWN = ("our_i", "our_cpi", "our_ti", "our_cpti")


def days(first: int, last: int) -> Period:
    """From so many days ago to so many days ago, both in it."""
    return Period(TODAY - timedelta(days=first), TODAY - timedelta(days=last - 1))


LATELY = Question(days(28, 1), span="custom", compare=Compare.NONE, show=Group.SEEDING)


def ago(number: int) -> str:
    return (TODAY - timedelta(days=number)).isoformat()


def touched(world: World, people: range, number: int, note: str, **where: str) -> None:
    for one in people:
        world.touch(f"p{one}", ago(number), note, **where)


def settle(merchant: Merchant) -> None:
    marks.change(merchant, "touches", span=[f"{ago(70)}T00:00:00Z", f"{ago(0)}T00:00:00Z"])
    recompute.drain(merchant)
    tallies.rebuild(merchant)
    tallies.drain(merchant)
    work(merchant_id=merchant.pk)


@pytest.fixture
def world(merchant: Merchant, settings) -> World:
    """60 people save Winter repair (Lin, ¥120) 5 days ago; 45 read Morning care (Mei, ¥90) 6 days ago, of whom
    30 save it 4 days ago; 5 save Little thing (Mei). A threshold of 20."""
    settings.PRIVACY_THRESHOLD = 20
    made = World(merchant)
    made.note("Winter repair", "Lin", made.spu())
    touched(made, range(60), 5, "Winter repair", kind="save", blogger="Lin")
    touched(made, range(100, 145), 6, "Morning care", blogger="Mei")
    touched(made, range(100, 130), 4, "Morning care", kind="save", blogger="Mei")
    touched(made, range(200, 205), 4, "Little thing", kind="save", blogger="Mei")
    made.spend(ago(5), 12_000, creative_of="Winter repair", campaign="Feed", level="creative", metrics=AD)
    made.spend(ago(6), 9_000, note="Morning care", level="note")
    made.spend(ago(6), 1_000, note="Little thing", level="note")
    settle(merchant)
    return made


def asked(world: World, **changes: object):
    asking = Asking(world.merchant, {}, timezone.now(), 1)
    return answered(asking, replace(LATELY, **changes), page_size=None)


def own(line) -> tuple[object, ...]:
    return tuple(line.figures[code] for code in OWN)


def by_name(answer) -> dict[str, tuple[object, ...]]:
    return {line.name: own(line) for line in answer.lines}


UNKNOWN = (None, None, None, None)


def test_a_note_has_the_new_people_it_carried_and_what_one_cost(world):
    answer = asked(world)
    # 45 came into I by Morning care: 40 in steps of 20, and 30 of them into TI: 40
    assert by_name(answer) == {
        "Winter repair": (None, None, 60, Decimal(200)),
        "Morning care": (40, Decimal(225), None, None),
        "Little thing": UNKNOWN,
    }


def test_a_row_hidden_alone_hides_the_smallest_beside_it_and_the_total_is_what_is_shown(world):
    """5 of Little thing would stand alone below 20: Morning care's 30 go with them, 35 together in one step."""
    answer = asked(world)
    assert own(answer.total) == (40, Decimal(22_000) / 40, 60 + 40, Decimal(22_000) / 100)
    assert answer.unassigned is None


def test_the_platforms_count_stands_beside_ours_and_is_not_added(world):
    winter = next(line for line in asked(world).lines if line.name == "Winter repair")
    assert (winter.figures["reported_ti"], winter.figures["our_ti"]) == (150, 60)
    assert (winter.figures["reported_cpti"], winter.figures["our_cpti"]) == (Decimal(80), Decimal(200))


@pytest.mark.parametrize(("by", "row"), [(By.NOTE, Row.NOTE), (By.BLOGGER, Row.BLOGGER)])
def test_the_crowd_page_says_the_same_people_and_the_same_cost(world, by, row):
    rule = CrowdRule.objects.get()
    question = CrowdQuestion(TODAY - timedelta(days=29), TODAY - timedelta(days=1), by=by)
    told = crowds.carried(world.merchant, rule, question)
    expected = {one.name.name: (one.people, one.cpti) for one in told.rows}
    assert {name: found[2:] for name, found in by_name(asked(world, by=row)).items()} == expected


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (Row.BLOGGER, {"Lin": (None, None, 60, Decimal(200)), "Mei": (40, Decimal(250), 40, Decimal(250))}),
        (Row.SPU, {"essence": (40, Decimal(300), 100, Decimal(120))}),
        (
            Row.DAY,
            {
                ago(6): (40, Decimal(250), None, None),
                ago(5): (None, None, 60, Decimal(200)),
                ago(4): (None, None, 40, None),
            },
        ),
    ],
)
def test_rows_can_be_bloggers_products_and_days(world, by, expected):
    assert by_name(asked(world, by=by)) == expected


def test_a_campaign_that_touchpoints_name_has_its_people_and_the_rest_stands_apart(world):
    touched(world, range(300, 340), 3, "", kind="save", campaign="Feed")
    settle(world.merchant)
    answer = asked(world, by=Row.CAMPAIGN)
    assert by_name(answer) == {"Feed": (None, None, 40, Decimal(300))}
    assert own(answer.unassigned) == (40, Decimal(250), 100, Decimal(100))


@pytest.mark.parametrize("by", [Row.UNIT, Row.CREATIVE, Row.KEYWORD])
def test_what_no_touchpoint_names_is_unknown_and_the_page_says_so(world, client, by):
    client.force_login(make_member(world.merchant, "owner"))
    client.cookies["django_language"] = "en"
    unit = Unit.objects.create(
        merchant=world.merchant, external_id="u1", name="Unit 1", campaign=world.campaign("Feed")
    )
    Creative.objects.update(unit=unit, name="Cut A")
    spent = world.spend(ago(5), 900, level="keyword", metrics=AD)
    Spend.objects.filter(pk=spent.pk).update(
        keyword=Keyword.objects.create(merchant=world.merchant, word="serum")
    )
    answer = asked(world, by=by)
    assert not answer.named
    assert [own(line) for line in answer.lines] == [UNKNOWN]
    address = reverse("measurement:process", args=[world.merchant.code])
    said = client.get(address, {"show": "seeding", "by": by}).content.decode()
    assert "no touchpoint of this period names" in said


def test_a_creative_its_unit_and_a_search_word_are_joined_where_a_touchpoint_names_them(world):
    creative = Creative.objects.get()
    unit = Unit.objects.create(
        merchant=world.merchant, external_id="u1", name="Unit 1", campaign=world.campaign("Feed")
    )
    Creative.objects.update(unit=unit, name="Cut A")
    word = Keyword.objects.create(merchant=world.merchant, word="serum")
    Channel.objects.filter(note__title="Winter repair").update(creative=creative, keyword=word)
    for by, name in ((Row.CREATIVE, "Cut A"), (Row.UNIT, "Unit 1"), (Row.KEYWORD, "serum")):
        answer = asked(world, by=by)
        assert answer.named
        assert by_name(answer)[name][2] == 60


def test_a_filter_keeps_the_people_of_what_it_names(world):
    spu = world.spu("cream")
    touched_before = by_name(asked(world, by=Row.SPU))
    for number in range(400, 430):
        world.touch(f"p{number}", ago(2), "Winter repair", kind="save", spu=spu)
    settle(world.merchant)
    found = by_name(asked(world, by=Row.SPU))
    assert found["essence"] == touched_before["essence"]
    assert found["cream"][2] == 40
    only = asked(world, within=(("spu", str(spu.pk)),))
    assert by_name(only)["Winter repair"][2] == 40
    assert only.total.figures["our_ti"] == 40


def test_by_product_the_total_counts_who_is_new_to_the_brand(world):
    """The 60 who came into the TI of the essence come into that of the cream a day later: new to it, not to the
    brand."""
    spu = world.spu("cream")
    for number in range(60):
        world.touch(f"p{number}", ago(4), "Winter repair", kind="save", spu=spu)
    settle(world.merchant)
    answer = asked(world, by=Row.SPU)
    assert {name: found[2] for name, found in by_name(answer).items()} == {"essence": 100, "cream": 60}
    assert answer.total.figures["our_ti"] == 100


def test_the_period_before_is_counted_the_same_way(world):
    week = Period(
        TODAY + timedelta(days=1), TODAY + timedelta(days=8)
    )  # the seven days before hold everybody
    answer = asked(world, period=week, compare=Compare.PREVIOUS)
    assert (answer.before["our_i"], answer.before["our_ti"]) == (40, 100)  # 45 and 60 + 30 + 5 people
    assert answer.before["our_cpti"] == Decimal(220)
    assert own(answer.total) == UNKNOWN


def test_nobody_is_counted_before_a_rule_is_computed(world):
    CrowdRule.objects.update(built_at=None)
    answer = asked(world)
    assert (answer.entered.state, own(answer.total)) == (State.NO_RULE, UNKNOWN)


def test_other_columns_ask_nothing_about_people(world):
    assert asked(world, show=Group.DELIVERY).entered.state == State.NOT_ASKED
    assert PrivacyQuestion.objects.count() == 0


def test_the_budget_of_questions_ends_and_the_rest_of_the_page_stands(world, merchant):
    asked(world)
    asked(world, sort="-cost", page=2)  # the same question in another order
    assert PrivacyQuestion.objects.count() == 1
    PrivacyQuestion.objects.bulk_create(
        PrivacyQuestion(merchant=merchant, user_id=1, day=TODAY, digest=f"d{number}")
        for number in range(QUESTIONS_OF_USER)
    )
    refused = asked(world, by=Row.BLOGGER)
    assert (refused.entered.state, own(refused.total)) == (State.BUDGET_SPENT, UNKNOWN)
    assert refused.total.figures["reported_ti"] == 150
    assert asked(world).total.figures["our_ti"] == 100


def test_one_statement_counts_everybody_whatever_the_rows(world):
    rule = process_layers.rule_of(world.merchant)
    with CaptureQueriesContext(connection) as seen:
        process_layers.entered(world.merchant, LATELY, rule)
    assert len(seen) == 1


@pytest.fixture
def page(client, merchant):
    client.force_login(make_member(merchant, "owner"))
    client.cookies["django_language"] = "en"

    def get(name: str, *arguments: object, **query: str):
        return client.get(reverse(name, args=[merchant.code, *arguments]), query)

    return get


@pytest.mark.parametrize("show", ["seeding", "all"])
def test_the_page_says_whose_layers_they_are_over_columns_of_their_own(world, page, show):
    answer = page("measurement:process", show=show)
    said = answer.content.decode()
    assert "layers under rule v1, set by you; not the platform&#x27;s" in said
    ours = [band for band in answer.context["bands"] if band["name"] == "Our layers"]
    assert [band["span"] for band in ours] == [4]
    assert sum(band["span"] for band in answer.context["bands"]) == len(answer.context["heads"])
    place = sum(band["span"] for band in answer.context["bands"][: answer.context["bands"].index(ours[0])])
    assert tuple(head["code"] for head in answer.context["heads"][place : place + 4]) == OWN


def test_a_file_has_the_columns_and_says_whose_layers_they_are(world, page):
    lines = b"".join(page("measurement:export", "process", "csv", show="seeding")).decode("utf-8-sig")
    rows = {row["Note"]: row for row in csv.DictReader(io.StringIO(lines))}
    assert (rows["Winter repair"]["New TI, ours"], rows["Winter repair"]["CPTI, ours (CNY)"]) == (
        "60",
        "2.00",
    )
    assert (rows["Morning care"]["New I, ours"], rows["Morning care"]["New TI, ours"]) == ("40", "")
    assert rows["Total"]["New TI, ours"] == "100"


def test_a_program_reads_the_same_and_under_which_rule(world, client, owner):
    secret = tokens.issue(world.merchant, name="desk", scopes=["reports:read"], user=owner)[1]
    answer = client.get(
        "/api/v1/reports/process",
        {"period": "28d", "sort": "-our_ti"},
        headers={"authorization": f"Bearer {secret}"},
    ).json()
    first = answer["rows"][0]
    assert (first["name"], first["figures"]["our_ti"], first["figures"]["our_cpti"]) == (
        "Winter repair",
        60,
        "200.000000",
    )
    assert answer["layers"] == {"state": "counted", "rule": 1, "k": 20, "rows_named": True}
