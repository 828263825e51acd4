"""The pure rules of the Alliance page: rates from sums, the gap taken apart, and which view is shown."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.reported.chain import Sums
from measurement.reported.gap import PARTS, Facts, taken_apart
from measurement.reported.question import Asked, View, chosen, read
from measurement.reported.rates import Stated, check, rate
from merchants.intake.problems import Refused

FEN = st.integers(0, 10**12)


def test_a_gap_by_hand():
    """Reported ¥1,000; we credit ¥300, of it ¥250 to content of the tasks and ¥200 within the window. The lines
    behind those ¥200 brought ¥260 in whole after and ¥290 before refunds; ¥120 were other products; orders of
    ¥400 are tied to nothing. Gap 700 = −50 −50 +60 +30 +120 + rest 590, of which at most 400 are unjoined."""
    gap = taken_apart(Facts(100_000, 30_000, 25_000, 20_000, 26_000, 29_000, 12_000, 40_000))
    assert dict(gap.parts) == {
        "outside": -5_000, "window": -5_000, "deduplication": 6_000, "refunds": 3_000, "products": 12_000,
        "unjoined": 40_000, "rest": 19_000,
    }  # fmt: skip
    assert sum(fen for _, fen in gap.parts) == gap.whole == 70_000


@given(st.tuples(FEN, FEN, FEN, FEN, FEN, FEN, st.none() | FEN, FEN))
def test_the_parts_always_add_up_to_the_gap(facts):
    gap = taken_apart(Facts(*facts))
    assert [name for name, _ in gap.parts] == list(PARTS)
    assert sum(fen for _, fen in gap.parts) == facts[0] - facts[1]
    assert 0 <= dict(gap.parts)["unjoined"] <= facts[7]


def test_where_we_credit_more_than_is_reported_no_unjoined_order_explains_it():
    gap = taken_apart(Facts(0, 500, 500, 500, 500, 500, None, 1_000))
    assert dict(gap.parts)["unjoined"] == 0
    assert dict(gap.parts)["rest"] == -500
    assert not gap.other_known


def test_a_rate_is_made_from_sums_and_unknown_over_zero():
    sums = Sums({"read_uv": 300}, {"entry_rate": (30, 300), "deal_rate": (3, 0)}, 2)
    assert sums.rate("entry_rate") == Decimal("0.1")
    assert sums.rate("deal_rate") is None
    assert sums.rate("cart_rate") is None
    assert rate(0, 5) == 0


def test_a_stated_rate_may_differ_by_its_rounding_only():
    values = {"part": 117, "whole": 1000, "said": Decimal("11.7")}
    check(values, [Stated("said", "part", "whole")])
    check({**values, "said": Decimal("11.8")}, [Stated("said", "part", "whole")])
    with pytest.raises(Refused, match="rate_disagrees"):
        check({**values, "said": Decimal("12.0")}, [Stated("said", "part", "whole")])
    check({**values, "whole": 0, "said": Decimal(99)}, [Stated("said", "part", "whole")])


TASKS_15 = View("xiaohongxing", "task", 15, "click")
TASKS_30 = View("xiaohongxing", "task", 30, "click")
NOTES_30 = View("xiaohongmeng", "note", 30, "click", "last")


def test_the_view_that_is_asked_is_shown_and_else_the_nearest_stated_one():
    views = (TASKS_30, NOTES_30, TASKS_15)
    assert chosen(Asked(), views) == TASKS_15
    assert chosen(Asked(window_days=30), views) == TASKS_30
    assert chosen(Asked(programme="xiaohongmeng", window_days=15), views) == NOTES_30
    assert chosen(Asked(programme="nobody", level="nothing"), views) == TASKS_15
    assert chosen(Asked(), ()) is None


def test_an_address_of_nonsense_asks_for_nothing_and_a_good_one_survives():
    assert read({"w": "x", "row": "\0a"}) == Asked(row="a")
    asked = Asked("xiaohongxing", "note", 30, "click", "last", "7")
    assert read(asked.parameters()) == asked
