"""Performance as of a past day: what had been stated by then, and a dash for what only the present knows."""

from __future__ import annotations

from datetime import date

import pytest

from measurement.models import ProcessSetting, Spend
from measurement.operations import process_setting, tallies
from measurement.process.engagement import Part
from measurement.process.questions import Group, Question, Row
from measurement.queries.process import report
from measurement.reports import Compare
from merchants.models import Merchant
from merchants.periods import Period
from tests.measurement.world import World, at

NOW = at("2026-11-20", 9)
OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1))


@pytest.fixture
def world(merchant: Merchant) -> World:
    """The feed's 5 October was stated on the 6th and stated anew on the 9th; a note's running totals on the 4th and
    the 12th. Ann read the note."""
    made = World(merchant)
    replaced(made.spend("2026-10-05", 12000, campaign="Feed", metrics=ads(20000, 600, 45)), 6, 9)
    replaced(made.spend("2026-10-05", 13000, campaign="Feed", metrics=ads(24000, 650, 50)), 9)
    for reads, first, then in ((8000, 4, 12), (9000, 12, None)):
        told = {"read_num": reads, "like_num": reads // 8, "imp_num": reads * 10}
        made_on = made.spend("2026-10-02", 50000, note="Repair", source="pugongying", metrics=told)
        replaced(made_on, first, then)
    made.touch("ann", "2026-10-05", "Repair")
    tallies.rebuild(merchant)
    tallies.drain(merchant)
    return made


def ads(shown: int, clicks: int, deep: int) -> dict[str, object]:
    return {"impression": shown, "click": clicks, "ti_user_num": deep, "like": 30, "collect": 20}


def replaced(row: Spend, stated: int, until: int | None = None) -> None:
    row.stated_at = at(f"2026-10-{stated:02}", 10)
    row.replaced_at = at(f"2026-10-{until:02}", 10) if until else None
    row.save()


def then(world: World, day: int | None, **changes: object):
    as_of = date(2026, 10, day) if day else None
    asked = Question(OCTOBER, span="custom", compare=Compare.NONE, as_of=as_of, **changes)
    return report(world.merchant, asked, now=NOW)


def test_a_restated_day_shows_its_old_figures_until_it_was_stated_anew(world):
    told = {day: then(world, day, by=Row.CAMPAIGN).total.figures for day in (5, 6, 8, 9, None)}
    names = ("cost", "impressions", "clicks", "reported_ti")
    assert [tuple(found[name] for name in names) for found in told.values()] == [
        (50000, None, None, None),
        (62000, 20000, 600, 45),
        (62000, 20000, 600, 45),
        (63000, 24000, 650, 50),
        (63000, 24000, 650, 50),
    ]


def test_before_anything_was_stated_the_cost_is_unknown_not_zero(world):
    found = then(world, 3)
    assert (found.lines, found.total.figures["cost"], found.empty_reason) == ((), None, "no_data")


def test_running_totals_of_a_note_are_those_told_last_by_then(world):
    told = [then(world, day).total.figures for day in (11, 12)]
    assert [(one["note_reads"], one["note_likes"], one["hits"]) for one in told] == [
        (8000, 1000, 1),
        (9000, 1125, 1),
    ]


def test_touches_are_unknown_of_a_past_day_and_not_those_of_today(world):
    past, now = then(world, 20, show=Group.TOUCHES), then(world, None, show=Group.TOUCHES)
    assert (now.total.figures["reads"], past.total.figures["reads"], past.total.figures["saves"]) == (
        1,
        None,
        None,
    )
    assert all(line.figures["reads"] is None for line in past.lines)
    assert (past.freshness.touched_through, past.freshness.reported_through) == (None, date(2026, 10, 5))


def test_engagement_is_what_it_was_defined_as_by_then(world):
    """Likes and saves until the definition of the tenth, which takes likes only."""
    process_setting.set_definition(
        world.merchant, parts=[Part.LIKE], hit_likes=1000, hit_total=2000, by="user:1"
    )
    ProcessSetting.objects.update(recorded_at=at("2026-10-10"))
    told = [then(world, day, show=Group.ENGAGEMENT) for day in (9, 10)]
    assert [(one.definition.version, one.total.figures["engagement"]) for one in told] == [(0, 50), (1, 30)]
