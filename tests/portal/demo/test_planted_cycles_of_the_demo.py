"""The planted decision cycles of the demo are learned through the product's own operations, and shown."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from measurement.models import LearnedCycle
from merchants import tenancy
from portal.demo import accounts, plant
from portal.demo.cast.luya import LUYA
from portal.demo.decisions import planted
from portal.demo.world import build
from tests.conftest import make_member

pytestmark = [pytest.mark.usefixtures("committed"), pytest.mark.xdist_group("committed")]

MIDNIGHT = datetime(2026, 5, 19, 16, tzinfo=UTC)  # in Shanghai: the last day is known whole
NEEDED = {
    "catalogue",
    "codes",
    "touches",
    "links",
    "no orders yet",
    "cycles",
}  # beside the orders and their credit


def test_the_planted_cycle_of_every_category_lies_in_what_is_learned_of_it(committed, client) -> None:
    world = build(LUYA, seed=7, until=MIDNIGHT, scale=0.12)
    merchant = accounts.merchant_of(LUYA, code="deciding")
    for name, work in plant._steps(merchant, world):
        if name in NEEDED or name.startswith(("orders ", "credit ")):
            work()
    with tenancy.acting_for(merchant):
        rows = LearnedCycle.objects.for_merchant(merchant).exclude(category=None).select_related("category")
        learned = {row.category.code: row for row in rows}
    assert set(learned) == {"facial-essence", "facial-cream", "facial-cleanser"}
    for code, row in learned.items():
        assert (row.refusal, row.settled) == ("", True)
        for name, share in (("p50", 0.5), ("p80", 0.8)):
            truth = math.ceil(planted(code, share))
            low, high = getattr(row, f"{name}_low"), getattr(row, f"{name}_high")
            assert low <= truth <= high, (code, name)
    client.force_login(make_member(merchant, "owner"))
    client.cookies["django_language"] = "en"
    essence = learned["facial-essence"]
    said = client.get(reverse("measurement:cycles", args=[merchant.code])).content.decode()
    for words in (f"{essence.p50_low}–{essence.p50_high}", f"{essence.p80_low}–{essence.p80_high}"):
        assert words in said
    one = client.get(reverse("measurement:cycle", args=[merchant.code, "facial-essence"])).content.decode()
    assert f"followed for {essence.follow_up} days" in one
