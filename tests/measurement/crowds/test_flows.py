"""How people moved between two days: always start + in − out = end, in the matrix and in the sums."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from measurement.crowds.flow import RANKS, Flow, rate_of
from measurement.models import CrowdMove, CrowdRule, CrowdSpell
from measurement.operations import crowd_flows, crowd_spells
from tests.measurement.crowds.test_spells import DAYS, FIRST, settle, step
from tests.measurement.world import World

MATRIX = st.dictionaries(st.tuples(st.sampled_from(RANKS), st.sampled_from(RANKS)), st.integers(0, 10_000))


@given(MATRIX)
def test_start_and_those_who_came_less_those_who_left_are_the_end(cells):
    flow = Flow(cells)
    for layer in RANKS:
        assert flow.start(layer) + flow.came(layer) - flow.left(layer) == flow.end(layer)
    assert sum(flow.start(layer) for layer in RANKS) == sum(flow.end(layer) for layer in RANKS)


def test_a_flow_worked_by_hand():
    """100 in I: 60 stay, 25 become TI, 15 leave; 10 come from nowhere and 5 from TI."""
    flow = Flow({(2, 2): 60, (2, 3): 25, (2, 0): 15, (0, 2): 10, (3, 2): 5})
    assert (flow.start(2), flow.came(2), flow.left(2), flow.end(2)) == (100, 15, 40, 75)
    rate = flow.rate(2, 3)
    assert (rate.share, rate.n) == (0.25, 100)
    assert (round(rate.low, 4), round(rate.high, 4)) == (0.1755, 0.3430)  # Wilson, by hand from the formula
    assert flow.rate(4, 5) is None


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    # Newcombe, Statistics in Medicine 17, 1998, 857-872, table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_intervals_are_those_that_newcombe_published(hits, n, low, high):
    rate = rate_of(hits, n)
    assert (round(rate.low, 4), round(rate.high, 4)) == (low, high)


@pytest.mark.parametrize("seed", range(4))
def test_flows_add_up_for_every_layer_product_and_pair_of_dates(merchant, seed):
    """The matrix of any two dates against the sums of moves that pages read, and against the people."""
    world, chance = World(merchant), random.Random(seed + 100)
    world.spu("cream")
    crowd_spells.ensure(merchant)
    for _ in range(25):
        step(world, chance)
    settle(world)
    rule = CrowdRule.objects.get()
    scopes = [0, *(spu.pk for spu in (world.spu("essence"), world.spu("cream")))]
    for _ in range(12):
        first, last = sorted(FIRST + timedelta(days=chance.randrange(-3, DAYS + 60)) for _ in range(2))
        with connection.cursor() as cursor:
            cells = crowd_flows.matrix(cursor, merchant, rule.pk, first, last)
        for scope in scopes:
            told = {
                (int(pair[0]), int(pair[2])): people for pair, people in cells.get(str(scope), {}).items()
            }
            flow = Flow(told)
            for layer in RANKS[1:]:
                assert flow.start(layer) + flow.came(layer) - flow.left(layer) == flow.end(layer)
                assert flow.start(layer) == stood(scope, layer, first) == summed(scope, layer, first)
                assert flow.end(layer) == stood(scope, layer, last) == summed(scope, layer, last)


def stood(scope: int, layer: int, day: date) -> int:
    return CrowdSpell.objects.filter(scope=scope, layer=layer, from_day__lte=day, to_day__gte=day).count()


def summed(scope: int, layer: int, day: date) -> int:
    rows = CrowdMove.objects.filter(scope=scope, day__lte=day)
    came = sum(rows.filter(after=layer).values_list("people", flat=True))
    return came - sum(rows.filter(before=layer).values_list("people", flat=True))
