"""The report of the process over small worlds whose every figure was worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from measurement.models import Creative, Keyword, Note, Spend, Unit
from measurement.operations import process_setting, tallies
from measurement.process.questions import Question, Row
from measurement.queries.process import report
from measurement.reports import Compare
from merchants.models import Merchant
from merchants.periods import Period
from tests.measurement.world import World, at

NOW = at("2026-11-20", 9)
OCTOBER = Question(Period(date(2026, 10, 1), date(2026, 11, 1)), span="custom", compare=Compare.NONE)
AD = {
    "impression": 20000,
    "click": 600,
    "like": 30,
    "collect": 20,
    "comment": 10,
    "share": 5,
    "ti_user_num": 45,
}


@pytest.fixture
def world(merchant: Merchant) -> World:
    """A campaign with one creative of "Winter repair", reported at two levels; a paid note beside it; and
    three people who read."""
    made = World(merchant)
    essence = made.spu()
    made.note("Winter repair", "Lin", essence)
    made.note("Morning care", "Mei", essence)
    ad = made.spend(
        "2026-10-05", 12000, creative_of="Winter repair", campaign="Feed", level="creative", metrics=AD
    )
    unit = Unit.objects.create(merchant=merchant, external_id="u1", name="Unit 1", campaign=ad.campaign)
    Creative.objects.filter(pk=ad.creative_id).update(unit=unit, campaign=ad.campaign, name="Cut A")
    made.spend("2026-10-05", 12000, campaign="Feed", level="campaign", metrics=AD)
    made.spend(
        "2026-10-02", 50000, note="Morning care", source="pugongying",
        metrics={"imp_num": 90000, "read_num": 8000, "like_num": 700, "fav_num": 250, "cmt_num": 60, "share_num": 9},
    )  # fmt: skip
    made.touch("ann", "2026-10-05", "Winter repair")
    made.touch("ann", "2026-10-05", "Winter repair", hour=13)
    made.touch("ben", "2026-10-06", "Winter repair")
    made.touch("ben", "2026-10-07", "Morning care")
    made.touch("ben", "2026-10-07", "Morning care", kind="save")
    tallies.rebuild(merchant)
    tallies.drain(merchant)
    return made


def asked(world: World, **changes: object):
    return report(world.merchant, replace(OCTOBER, **changes), now=NOW)


def by_name(answer, name: str):
    return next(line.figures for line in answer.lines if line.name == name)


def test_a_note_has_its_delivery_its_seeding_and_its_touches(world):
    found = by_name(asked(world), "Winter repair")
    assert (found["cost"], found["impressions"], found["clicks"]) == (12000, 20000, 600)
    assert (found["ctr"], found["cpm"], found["cpc"]) == (Decimal("0.03"), Decimal(600), Decimal(20))
    assert (found["reported_ti"], found["engagement"], found["cpe"]) == (45, 60, Decimal(200))
    assert round(found["reported_cpti"], 2) == Decimal("266.67")
    assert (found["reads"], found["saves"]) == (3, 0)


def test_people_are_counted_in_steps_above_the_threshold_only(world, settings):
    assert asked(world).total.figures["reader_days"] is None
    settings.PRIVACY_THRESHOLD = 20
    for number in range(30):
        world.touch(f"p{number}", "2026-10-09", "Winter repair")
    tallies.rebuild(world.merchant)
    tallies.drain(world.merchant)
    answer = asked(world)  # 32 reader-days of one note, 1 of the other
    assert {line.name: line.figures["reader_days"] for line in answer.lines} == {
        "Winter repair": 40,
        "Morning care": None,
    }
    assert answer.total.figures["reader_days"] == 40


def test_levels_of_a_report_are_never_added(world):
    answer = asked(world)
    assert answer.total.figures["impressions"] == 20000
    assert answer.total.figures["cost"] == 62000
    assert [line.figures["impressions"] for line in asked(world, by=Row.CAMPAIGN).lines] == [20000]
    assert answer.unassigned is None


def test_a_day_that_is_stated_at_another_level_alone_counts_too(world):
    world.spend(
        "2026-10-20",
        500,
        creative_of="Winter repair",
        level="creative",
        metrics={"impression": 700, "click": 9},
    )
    answer = asked(world)
    assert answer.total.figures["impressions"] == 20700
    assert answer.total.figures["cost"] == 62500
    assert [
        line.figures["impressions"]
        for line in asked(world, by=Row.NOTE).lines
        if line.name == "Winter repair"
    ] == [20700]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (Row.BLOGGER, {"Lin": (20000, 3), "Mei": (None, 1)}),
        (Row.CAMPAIGN, {"Feed": (20000, 0)}),
        (Row.UNIT, {"Unit 1": (20000, 0)}),
        (Row.CREATIVE, {"Cut A": (20000, 0)}),
        (Row.SPU, {"essence": (20000, 4)}),
        (
            Row.DAY,
            {
                "2026-10-02": (None, 0),
                "2026-10-05": (20000, 2),
                "2026-10-06": (None, 1),
                "2026-10-07": (None, 1),
            },
        ),
    ],
)  # fmt: skip
def test_every_kind_of_row_tells_the_same_sums(world, by, expected):
    answer = asked(world, by=by)
    assert {
        line.name: (line.figures["impressions"], line.figures["reads"]) for line in answer.lines
    } == expected
    assert (answer.total.figures["impressions"], answer.total.figures["reads"]) == (20000, 4)


def test_what_no_row_holds_stands_apart_and_rows_and_rest_are_the_whole(world):
    answer = asked(world, by=Row.CAMPAIGN)
    assert answer.unassigned.figures["cost"] == 50000
    assert answer.unassigned.figures["reads"] == 4
    assert answer.unassigned.figures["impressions"] == 0


def test_unknown_is_no_zero(world):
    morning = by_name(asked(world), "Morning care")
    assert (morning["impressions"], morning["cpm"], morning["reported_ti"]) == (None, None, None)
    assert morning["deep_reads"] is None  # no touch of that kind was ever handed in
    assert morning["saves"] == 1


def test_keywords_of_reports_and_of_searches_are_one_row(world):
    word = Keyword.objects.create(merchant=world.merchant, word="serum")
    row = world.spend("2026-10-08", 900, level="keyword", metrics={"impression": 100, "click": 9})
    Spend.objects.filter(pk=row.pk).update(keyword=word)
    found = by_name(asked(world, by=Row.KEYWORD), "serum")
    assert (found["cost"], found["clicks"], found["cpc"]) == (900, 9, Decimal(100))


def test_totals_to_date_belong_to_the_note_and_tell_a_hit(world):
    answer = asked(world)
    morning = by_name(answer, "Morning care")
    assert (morning["note_reads"], morning["note_engagement"], morning["hits"]) == (8000, 1010, 1)
    assert by_name(answer, "Winter repair")["hits"] is None
    assert (answer.total.figures["hits"], answer.total.judged) == (1, 1)


def test_the_definition_of_the_merchant_decides_engagement_and_hits(world):
    changed = {"parts": ["like", "save", "comment", "share"], "hit_likes": 2000, "hit_total": 2000}
    set_by = process_setting.set_definition(world.merchant, **changed, by="test")
    assert set_by.version == 1
    assert process_setting.set_definition(world.merchant, **changed, by="test").version == 1
    answer = asked(world)
    assert by_name(answer, "Winter repair")["engagement"] == 65
    assert by_name(answer, "Morning care")["hits"] == 0


def test_the_former_period_has_the_same_weekdays_and_its_own_level(world):
    world.spend(
        "2026-09-01", 3000, campaign="Feed", level="campaign", metrics={"impression": 1000, "click": 50}
    )
    answer = asked(world, compare=Compare.PREVIOUS)
    assert (answer.before["impressions"], answer.before["ctr"]) == (1000, Decimal("0.05"))
    days = asked(world, compare=Compare.PREVIOUS, by=Row.DAY)
    assert days.days_before == {"2026-09-01": 1000}


def test_a_filter_keeps_what_it_names(world):
    note = Note.objects.get(title="Winter repair")
    answer = asked(world, within=(("note", str(note.pk)),), by=Row.DAY)
    assert [(line.name, line.figures["reads"]) for line in answer.lines] == [
        ("2026-10-05", 2),
        ("2026-10-06", 1),
    ]
    assert answer.total.figures["cost"] == 12000


def test_a_restated_day_replaces_the_day(world):
    Spend.objects.filter(level="creative").update(replaced_at=at("2026-11-01"))
    world.spend(
        "2026-10-05",
        0,
        creative_of="Winter repair",
        campaign="Feed",
        level="creative",
        metrics={"impression": 0},
    )
    found = by_name(asked(world), "Winter repair")
    assert (found["cost"], found["impressions"], found["cpm"]) == (0, 0, None)


def test_rows_are_sorted_and_unknown_comes_last(world):
    assert [line.name for line in asked(world, sort="-impressions").lines] == [
        "Winter repair",
        "Morning care",
    ]
    assert [line.name for line in asked(world, sort="cost").lines] == ["Winter repair", "Morning care"]
    assert [line.name for line in asked(world, sort="name").lines] == ["Morning care", "Winter repair"]


@pytest.mark.parametrize("by", list(Row))
def test_the_number_of_queries_does_not_grow_with_the_rows(world, by):
    with CaptureQueriesContext(
        connection,
    ) as few:
        asked(world, by=by)
    for number in range(12):
        world.spend(
            "2026-10-09",
            100,
            creative_of=f"Note {number}",
            campaign=f"C{number}",
            level="creative",
            metrics=AD,
        )
    with CaptureQueriesContext(connection) as many:
        asked(world, by=by)
    assert len(many) == len(few) <= 7


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"within": (("note", "999999"),)}, "filter"),
        ({"period": Period(date(2026, 1, 1), date(2026, 1, 5))}, "no_data"),
    ],
)
def test_an_empty_page_says_why(world, changes, reason):
    assert asked(world, **changes).empty_reason == reason


def test_a_merchant_without_anything_is_not_connected(merchant):
    answer = report(merchant, OCTOBER, now=NOW)
    assert (answer.empty_reason, answer.total.figures["cost"], answer.total.figures["reads"]) == (
        "not_connected",
        None,
        None,
    )
