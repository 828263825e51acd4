"""Levels of a report are views of one spend: of each day one of them is counted."""

from __future__ import annotations

import pytest

from measurement.queries.results import report
from merchants.models import Merchant
from tests.measurement.test_results import NOW, OCTOBER, by_name
from tests.measurement.world import World


@pytest.fixture
def world(merchant: Merchant) -> World:
    """Ann read a note that had cost ¥20 and bought; ads show another one."""
    made = World(merchant)
    made.touch("ann", "2026-10-02", "Winter repair", blogger="Lin")
    made.touch("ann", "2026-10-05", "Morning care", blogger="Mei")
    made.order("T1", "2026-10-06", 10001, person="ann")
    made.spend("2026-10-01", 2000, note="Winter repair")
    made.compute()
    return made


def test_cost_is_counted_at_one_level_only(world):
    for level, fen in (("campaign", 9000), ("unit", 9000), ("creative", 8000)):
        world.spend("2026-10-03", fen, campaign="Autumn", creative_of="Morning care", level=level)
    found = report(world.merchant, OCTOBER, now=NOW)
    assert found.total.cost == 11000
    assert by_name(found, "Morning care").cost == 9000
    assert found.cost_by_kind == {"ads": 9000, "note_fee": 2000}


def test_days_that_are_stated_at_another_level_are_counted_at_that_level(world):
    """Of the first half of the month campaigns and creatives were exported, of the second creatives alone."""
    for level, fen in (("campaign", 9000), ("creative", 8000)):
        world.spend("2026-10-03", fen, campaign="Autumn", creative_of="Morning care", level=level)
    world.spend("2026-10-20", 5000, creative_of="Morning care", level="creative")
    found = report(world.merchant, OCTOBER, now=NOW)
    assert found.total.cost == 9000 + 5000 + 2000
    assert by_name(found, "Morning care").cost == 9000 + 5000
    assert found.cost_by_kind == {"ads": 14000, "note_fee": 2000}
