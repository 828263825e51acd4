"""Costs per step and ROI(T+x), by hand; rows add up to the total to the fen, whatever the world."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from portal.lead_money import Asked, Costs, Question, Sale, spread, table

DAY = timedelta(days=1)
LAST = date(2026, 10, 31)  # of complete data
ASK = Question(x=30, through=LAST)
OLD, YOUNG = LAST - 30 * DAY, LAST - 29 * DAY  # has just reached T+30; misses it by a day
STEPS = ("100000", "110000", "111000", "111100", "111110", "111111", "111101")


def asked(row: str | None, steps: str = "111111", day: date = OLD, **more: object) -> Asked:
    return Asked(row, day, tuple(step == "1" for step in steps), **more)  # type: ignore[arg-type]


def test_a_step_costs_the_cost_of_the_row_by_those_who_reached_it() -> None:
    found = table(
        [
            asked("n1", "110000"),
            asked("n1", "111000"),
            asked("n1", "111100"),
            asked("n1", "111111"),
            asked("n2"),
        ],
        {"n1": "First", "n2": "Second"},
        Costs({"n1": 100_001}, 150_000),
        Costs({}, None),
        ASK,
    )
    first, second = found.rows
    assert (first.name, first.cost, first.counts) == ("First", 100_001, (4, 4, 3, 2, 1, 1))
    assert first.costs == (
        Decimal("25000.25"), Decimal("25000.25"), Decimal(100_001) / 3, Decimal("50000.5"), Decimal(100_001),
        Decimal(100_001),
    )  # fmt: skip
    assert (second.cost, second.costs) == (None, (None,) * 6)  # no report states a cost of it: not free
    assert found.total.costs[0] == Decimal(30_000)
    assert found.left is not None
    assert (found.left.cost, found.left.counts) == (49_999, None)


def test_a_step_that_nobody_reached_has_no_cost_and_a_cost_that_brought_nobody_stands() -> None:
    found = table([asked("n1", "100000")], {}, Costs({"n1": 500, "n2": 700}, 1_200), Costs({}, None), ASK)
    assert [(row.key, row.cost, row.costs[:2]) for row in found.rows] == [
        ("n1", 500, (Decimal(500), None)),
        ("n2", 700, (None, None)),
    ]
    assert (found.left, found.joined_share) == (None, Decimal(500) / 1_200)


def test_whose_row_nobody_knows_stands_in_a_row_without_a_cost() -> None:
    found = table(
        [asked(None), asked(None), asked("n1"), asked("n1")],
        {},
        Costs({"n1": 100}, 100),
        Costs({}, None),
        ASK,
    )
    assert found.unknown is not None
    assert (found.unknown.counts, found.unknown.cost) == ((2,) * 6, None)
    assert (found.known, found.known_share) == (2, Decimal("0.5"))


def test_without_any_stated_cost_everything_of_it_is_unknown() -> None:
    found = table([asked("n1", sales=(Sale(3, 900, 900),))], {}, Costs({}, None), Costs({}, None), ASK)
    assert (found.total.cost, found.total.costs, found.total.roi) == (None, (None,) * 6, None)
    assert (found.left, found.joined_share, found.total.received) == (None, None, 900)


def test_roi_counts_deals_within_x_days_of_days_that_are_x_days_old_on_both_sides() -> None:
    people = [
        asked("c", sales=(Sale(30, 899_900, 50_000),)),  # just in time, a deposit so far
        asked("c", sales=(Sale(31, 899_900, 899_900),)),  # a day late
        # cancelled, the deposit kept; and another deal
        asked("c", sales=(Sale(2, 20_000, 20_000), Sale(9, 499_900, 499_900))),
        asked("c", sales=(Sale(4, 499_900, 0),)),  # agreed, nothing paid
        asked("c", day=YOUNG, sales=(Sale(1, 499_900, 499_900),)),  # 29 days old
    ]
    found = table(people, {}, Costs({"c": 400_000}, 400_000), Costs({"c": 300_000}, 300_000), ASK)
    row = found.rows[0]
    assert (row.within, row.sales, row.ripe_cost) == (569_900, 3, 300_000)
    assert row.roi == Decimal(569_900) / 300_000
    assert (row.received, row.agreed) == (1_969_700, 3_319_500)
    assert row.roi_range is not None
    assert row.roi_range[0] < row.roi < row.roi_range[1]


def test_how_much_is_in_is_the_mean_over_the_enquiries_and_unknown_without_a_cycle() -> None:
    by_age = {30: 0.8, 29: 0.6}
    people = [asked("c"), asked("c", day=YOUNG), asked("d", day=YOUNG)]
    known = table(people, {}, Costs({}, None), Costs({}, None), Question(30, LAST, by_age.__getitem__))
    assert [round(row.expected_in or 0, 9) for row in known.rows] == [0.7, 0.6]
    assert round(known.total.expected_in or 0, 9) == round(2 / 3, 9)
    assert table(people, {}, Costs({}, None), Costs({}, None), ASK).total.expected_in is None


def test_a_store_bears_what_its_enquiries_bear_of_their_campaigns_to_the_fen() -> None:
    people = [
        asked("sea", bears="c1"),
        asked("sea", bears="c1"),
        asked("hill", bears="c1"),
        asked("hill", bears="c2"),
        asked("hill"),
        asked(None, bears="c2"),
    ]
    found = spread(Costs({"c1": 100, "c2": 7, "c3": 50}, 200), people)
    assert (dict(found.rows), found.whole) == ({"sea": 34 + 33, "hill": 33 + 4}, 200)


ROWS = st.sampled_from([None, "a", "b", "c"])
MONEY = st.integers(-10_000, 5_000_000)
PEOPLE = st.lists(
    st.builds(
        asked,
        ROWS,
        st.sampled_from(STEPS),
        st.integers(0, 90).map(lambda age: LAST - age * DAY),
        sales=st.lists(
            st.builds(Sale, st.integers(0, 90), st.integers(0, 10**6), st.integers(0, 10**6)), max_size=2
        ).map(tuple),
        bears=st.sampled_from([None, "k1", "k2", "k3"]),
    ),
    max_size=30,
)


@given(PEOPLE, st.dictionaries(st.sampled_from("abcd"), MONEY), MONEY)
def test_rows_add_up_to_the_total(people: list[Asked], costs: dict[str, int], rest: int) -> None:
    whole = Costs(costs, sum(costs.values()) + rest)
    found = table(people, {}, whole, whole, ASK)
    assert sum(row.cost or 0 for row in found.parts) == found.total.cost
    assert sum(row.ripe_cost or 0 for row in found.parts) == found.total.ripe_cost
    for name in ("received", "agreed", "within", "sales"):
        assert sum(getattr(row, name) for row in found.parts) == getattr(found.total, name)
    counts = [row.counts for row in found.parts if row.counts is not None]
    assert tuple(sum(column) for column in zip(*counts, strict=True)) == (
        found.total.counts if counts else ()
    )


@given(PEOPLE, st.dictionaries(st.sampled_from(["k1", "k2", "k9"]), MONEY))
def test_what_is_spread_is_neither_more_nor_less_than_what_people_came_from(
    people: list[Asked], costs: dict[str, int]
) -> None:
    found = spread(Costs(costs, sum(costs.values())), people)
    borne = sum(fen for key, fen in costs.items() if any(one.bears == key for one in people))
    lost = [one for one in people if one.row is None]
    if not lost:
        assert sum(found.rows.values()) == borne
    shares = table(people, {}, found, found, ASK)
    assert sum(row.cost or 0 for row in shares.parts) == sum(costs.values())
