"""The operator's ecosystem figures, by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.ecosystem import (
    Lives,
    Member,
    Notes,
    Size,
    Thresholds,
    before,
    by_trade,
    cell,
    month_of,
    size_of,
    trades_of,
    whole,
)

SEPTEMBER, OCTOBER, NOVEMBER = (date(2026, month, 1) for month in (9, 10, 11))
AT = Thresholds(small=10_000_000_00, large=100_000_000_00, live=1_000_000_00)


def member(*trades: str, created: date = SEPTEMBER, **known: Any) -> Member:
    return Member(trades=frozenset(trades), created=created, **known)


def test_a_month_counts_what_happened_in_it() -> None:
    members = [
        member(applied=date(2026, 10, 3), approved=date(2026, 10, 9), first_lead=date(2026, 11, 2)),
        member(applied=date(2026, 9, 30), first_order=date(2026, 10, 31), sold={OCTOBER: 100}),
        member(leads={OCTOBER: 2}),
    ]
    found = cell(members, OCTOBER)
    assert (found.members, found.applied, found.approved, found.first, found.active) == (3, 1, 1, 1, 2)


def test_sales_of_nobody_are_unknown_and_growth_is_of_those_with_both_months() -> None:
    members = [
        member(sold={SEPTEMBER: 200, OCTOBER: 300}),
        member(sold={SEPTEMBER: 100, OCTOBER: 60}),
        member(sold={OCTOBER: 5_000}),
        member(),
    ]
    october = cell(members, OCTOBER)
    assert (october.gmv, october.sellers, october.growth, october.both) == (5_360, 3, Decimal("0.2"), 2)
    november = cell(members, NOVEMBER)
    assert (november.gmv, november.sellers, november.growth, november.both) == (None, 0, None, 0)


def test_commercial_notes_and_live_sessions_are_unknown_without_any() -> None:
    members = [
        member(notes={OCTOBER: Notes(30, 6)}, lives={OCTOBER: Lives(4, 1)}),
        member(notes={OCTOBER: Notes(10, 6)}),
        member(),
    ]
    october, november = cell(members, OCTOBER), cell(members, NOVEMBER)
    assert (october.commercial, october.notes) == (Decimal("0.3"), 40)
    assert (october.lives_over, october.lives) == (1, 4)
    assert (november.commercial, november.notes, november.lives_over, november.lives) == (None, 0, None, 0)


def test_a_merchant_of_two_trades_counts_in_each_and_once_in_all() -> None:
    members = [member("beauty", "baby"), member("beauty"), member()]
    assert trades_of(members) == ["baby", "beauty", ""]
    assert [len(by_trade(members, trade)) for trade in ("baby", "beauty", "", None)] == [1, 2, 1, 3]


def test_a_further_trade_counts_in_its_own_month_and_leaves_the_months_before_as_they_were() -> None:
    """A studio since September applies for beauty in November, beside a merchant that was refused baby."""
    first = date(2026, 9, 3)
    photos = {"applied": first, "approved": first, "approved_for": {"photos": first}}
    before_it = [member("photos", applied_for={"photos": first}, **photos)]
    after = [
        member("photos", "beauty", applied=first, approved=first,
               applied_for={"photos": first, "beauty": date(2026, 11, 2)},
               approved_for={"photos": first, "beauty": date(2026, 11, 9)}),
        member("photos", applied_for={"photos": first, "baby": date(2026, 11, 4)}, **photos),
    ]  # fmt: skip

    def counts(members: list[Member], trade: str | None) -> list[tuple[int, int]]:
        found = [cell(members, month, trade) for month in (SEPTEMBER, OCTOBER, NOVEMBER)]
        return [(one.applied, one.approved) for one in found]

    assert trades_of(after) == ["baby", "beauty", "photos"]
    assert counts(before_it, "photos") == counts(after[:1], "photos") == [(1, 1), (0, 0), (0, 0)]
    assert counts(after, "beauty") == [(0, 0), (0, 0), (1, 1)]
    assert counts(after, "baby") == [(0, 0), (0, 0), (1, 0)]
    assert counts(after, None) == [(2, 2), (0, 0), (0, 0)]
    assert [cell(after, NOVEMBER, trade).members for trade in ("baby", "beauty", "photos")] == [0, 1, 2]


@pytest.mark.parametrize(
    ("year", "size"),
    [
        (None, Size.UNKNOWN), (0, Size.SMALL), (AT.small - 1, Size.SMALL), (AT.small, Size.MIDDLE),
        (AT.large - 1, Size.MIDDLE), (AT.large, Size.LARGE),
    ],
)  # fmt: skip
def test_the_size_of_a_merchant(year: int | None, size: Size) -> None:
    assert size_of(year, AT) == size


def test_each_step_counts_those_of_the_one_before() -> None:
    day = date(2026, 10, 5)
    members = [
        member(described=day),
        member(described=day, applied=day),
        member(described=day, applied=day, approved=day, first_order=day, active_lately=True),
        member(described=day, applied=day, approved=day),
        member(first_order=day, active_lately=True),  # came without an application
    ]
    steps = whole(members, AT).steps
    assert [step.n for step in steps] == [4, 3, 2, 1, 1]
    assert [step.kept for step in steps] == [
        None,
        Decimal("0.75"),
        Decimal(2) / 3,
        Decimal("0.5"),
        Decimal(1),
    ]


def test_the_time_to_first_value_is_from_the_account_to_the_first_order_or_lead() -> None:
    members = [
        member(first_order=date(2026, 9, 11), first_lead=date(2026, 9, 3)),
        member(first_order=date(2026, 9, 5)),
        member(first_lead=date(2026, 9, 11)),
        member(),
    ]
    found = whole(members, AT)
    assert (found.value_days, found.valued) == ((3, 4, 7), 3)
    assert whole(members[:1], AT).value_days is None


def test_the_share_using_consultations_is_of_those_active() -> None:
    members = [
        member(active_lately=True, consulted_lately=True), member(active_lately=True), member(),
    ]  # fmt: skip
    found = whole(members, AT)
    assert (found.active, found.consulting, found.consult_share) == (2, 1, Decimal("0.5"))
    assert whole([member()], AT).consult_share is None


@given(st.dates(min_value=date(1971, 1, 1)))
def test_the_month_before_ends_where_the_month_begins(day: date) -> None:
    month = month_of(day)
    assert date.fromordinal(month.toordinal() - 1).replace(day=1) == before(month)
