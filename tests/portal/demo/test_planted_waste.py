"""The planted waste of the demo is found: cold campaigns are not recouped, warm ones pay, none the other way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from measurement.models import Campaign, JudgedRow, StopRule
from measurement.operations import returns
from merchants import tenancy
from portal.demo import accounts, moves, plant
from portal.demo.cast.luya import LUYA
from portal.demo.world import build
from tests.portal.demo.conftest import UNTIL

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.xdist_group("committed")]

SCALE = 0.12


def test_cold_campaigns_are_found_not_recouped_and_warm_ones_paying(committed) -> None:
    """A world of an eighth of its people, whose money is an eighth too: returns per yuan stay as planted."""
    drives = tuple(replace(one, yuan_a_day=max(1, round(one.yuan_a_day * SCALE))) for one in LUYA.drives)
    ideas = tuple(replace(one, fee=round(one.fee * SCALE)) for one in LUYA.ideas)
    brand = replace(LUYA, drives=drives, ideas=ideas, yuan_of_reach=max(1, round(LUYA.yuan_of_reach * SCALE)))
    world = build(brand, seed=7, until=UNTIL, scale=SCALE)
    merchant = accounts.merchant_of(brand, code="wasteful")
    for name, work in plant._steps(merchant, world):
        if name in {"wholes", "experiments", "moves", "complete"}:
            break
        work()
    moves.put(merchant, world.content, world.until)
    assert returns.renew(merchant, now=UNTIL) > 0
    with tenancy.acting_for(merchant):
        names = {str(row.pk): row.external_id for row in Campaign.objects.for_merchant(merchant)}
        judged = {
            names[row.key]: row.verdict
            for row in JudgedRow.objects.for_merchant(merchant).filter(days=180, dimension="campaign")
            if row.key
        }
        fired = set(
            StopRule.objects.for_merchant(merchant)
            .filter(state="fired")
            .values_list("campaign__external_id", flat=True)
        )
    cold = {one.id for one in world.content.campaigns if one.drive.pull < 0.5}
    warm = {one.id for one in world.content.campaigns if one.drive.pull >= 1}
    found = {verdict: {one for one in judged if judged[one] == verdict} for verdict in set(judged.values())}
    mood = next(one.id for one in world.content.campaigns if "氛围大片" in one.drive.name)
    assert judged[mood] == "losing"
    assert not found.get("losing", set()) & warm
    assert not found.get("paying", set()) & cold
    assert len(found.get("paying", set())) >= 3
    assert mood in fired
