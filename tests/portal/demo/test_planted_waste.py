"""The planted waste of the demo is found: cold campaigns are not recouped, warm ones pay, none the other way."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import pytest
from django.db.models import Model

from measurement.models import Campaign, JudgedRow, Note, StopRule
from measurement.operations import returns
from merchants import tenancy
from merchants.models import Merchant
from portal.demo import accounts, moves, plant
from portal.demo.cast.luya import LUYA
from portal.demo.world import build
from tests.portal.demo.conftest import UNTIL

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.xdist_group("committed")]

SCALE = 0.12


def test_cold_content_is_found_not_recouped_and_warm_content_paying_and_none_the_other_way(committed) -> None:
    """A world of an eighth of its people, whose money is an eighth too: returns per yuan stay as planted.

    A warm note may be not recouped as well, if it sold to nobody at all: one was shown beside the cold films.
    """
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
    campaigns, notes = _classes(merchant, "campaign", Campaign), _classes(merchant, "note", Note)
    pull = {one.id: one.idea.pull for one in world.content.notes}
    cold = {one for one in pull if pull[one] < 0.1}
    assert len(cold & notes["losing"]) == 2
    assert not cold & notes["paying"]
    assert not (notes["losing"] - cold) & _bought(merchant)
    assert min(pull[one] for one in notes["paying"]) >= 1
    assert len(notes["paying"]) >= 6
    driven = {one.id: one.drive.pull for one in world.content.campaigns}
    mood = next(one.id for one in world.content.campaigns if "氛围大片" in one.drive.name)
    assert campaigns["losing"] == {mood}
    assert not {one for one in campaigns["paying"] if driven[one] < 0.5}
    with tenancy.acting_for(merchant):
        fired = StopRule.objects.for_merchant(merchant).filter(state="fired")
        assert mood in set(fired.values_list("campaign__external_id", flat=True))


def _classes(merchant: Merchant, dimension: str, kind: type[Model]) -> dict[str, set[str]]:
    """The platform's ids of the rows of each class, over half a year."""
    found: dict[str, set[str]] = defaultdict(set)
    with tenancy.acting_for(merchant):
        names = {str(pk): name for pk, name in kind.objects.values_list("pk", "external_id")}
        rows = JudgedRow.objects.for_merchant(merchant).filter(days=180, dimension=dimension)
        for key, verdict in rows.exclude(key="").values_list("key", "verdict"):
            found[verdict].add(names[key])
    return found


def _bought(merchant: Merchant) -> set[str]:
    """Notes that at least one person bought after."""
    with tenancy.acting_for(merchant):
        keys = JudgedRow.objects.for_merchant(merchant).filter(days=180, dimension="note", people__gt=0)
        rows = Note.objects.filter(pk__in=[int(key) for key in keys.values_list("key", flat=True) if key])
        return set(rows.values_list("external_id", flat=True))
