"""Reports read copies of the ledger; whatever state these are in, a report says what the ledger holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from measurement.choices import Model
from measurement.models import CreditDay, CreditDayMark
from measurement.operations import credit_days, identities, recompute, touches
from measurement.operations.identities import LinkRow
from measurement.queries import curve, ledger, matrix, results
from measurement.reports import Axis, Compare, Dimension, ReportQuery
from merchants import tenancy
from merchants.periods import Period
from tests.worlds import BASE, World, deliver, refund, trade

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOW = BASE + 60 * DAY
SPRING = ReportQuery(
    period=Period(date(2026, 2, 20), date(2026, 3, 10)), span="custom", compare=Compare.PREVIOUS
)
QUESTIONS = [
    *(replace(SPRING, by=by) for by in Dimension),
    replace(SPRING, axis=Axis.ORDER),
    replace(SPRING, horizon=7, model=Model.LAST),
    replace(SPRING, grade="A", within=(("platform", "taobao"),)),
    replace(SPRING, within=(("spu", "1"),)),
]


@pytest.fixture
def world() -> World:
    """Forty buyers of two products over twenty days, most of them after one to four touches."""
    made = World.plant()
    rows, trades = [], []
    for n in range(40):
        paid_at = BASE + (n % 20) * DAY
        rows += [
            made.touch(f"{n}-{k}", f"b{n}", (k * 5 + n % 3) * DAY, spu=n % 2, base=paid_at)
            for k in range(n % 5)
        ]
        trades.append(
            trade(str(n), [("700", 900 + n), ("701", 300)][n % 2 :], buyer=f"b{n}", paid_at=paid_at)
        )
    touches.put(made.merchant, rows, source="f", by="system:t")
    deliver(made.merchant, *trades)
    recompute.drain(made.merchant)
    return made


def said(world: World) -> list[Any]:
    """What all pages made of cells say."""
    with tenancy.acting_for(world.merchant):
        found: list[Any] = []
        for query in QUESTIONS:
            told = results.report(world.merchant, query, now=NOW)
            found.append(
                (query, told.rows, told.total, told.unassigned, told.before, told.totals, told.platforms)
            )
            told_over_time = curve.over_time(world.merchant, query, now=NOW)
            found.append((told_over_time.points, told_over_time.cohorts, told_over_time.spus))
        board = matrix.board(world.merchant, SPRING.period, SPRING.before, NOW.date())
        return [*found, board.cells, board.coverage, board.before]


def test_all_days_are_copied_once_the_ledger_is_settled(world: World) -> None:
    with tenancy.acting_for(world.merchant):
        assert not CreditDayMark.objects.exists()
        assert list(CreditDay.objects.order_by("day").values_list("day", flat=True)) == [
            date(2026, 3, 1) + timedelta(days=n) for n in range(20)
        ]
    assert ledger.breaches(world.merchant) == []


@pytest.mark.parametrize("lost", ["all", "some", "marked"])
def test_a_report_is_the_same_from_copies_and_from_rows(world: World, lost: str) -> None:
    from_copies = said(world)
    assert any(row.credited for _, rows, *_ in from_copies[:-3:2] for row in rows)
    with tenancy.acting_for(world.merchant):
        days = CreditDay.objects.order_by("day")
        match lost:
            case "all":
                days.delete()
            case "some":
                CreditDay.objects.filter(day__in=[row.day for row in days][1::3]).delete()
            case "marked":
                credit_days.rebuild(world.merchant)
    assert said(world) == from_copies


def test_what_moves_is_in_the_report_before_any_worker_has_copied_it(world: World) -> None:
    query = replace(SPRING, by=Dimension.PLATFORM)
    with tenancy.acting_for(world.merchant):
        before = results.report(world.merchant, query, now=NOW).total
    deliver(world.merchant, refund("r", "3", "30", 100, at=BASE + 30 * DAY))
    assert recompute.compute(world.merchant) is not None  # and nothing else is done
    with tenancy.acting_for(world.merchant):
        assert CreditDayMark.objects.values_list("day", flat=True).distinct().get() == date(2026, 3, 4)
        after = results.report(world.merchant, query, now=NOW).total
    assert before.credited is not None
    assert after.credited == before.credited - 100
    credit_days.drain(world.merchant)
    with tenancy.acting_for(world.merchant):
        assert results.report(world.merchant, query, now=NOW).total == after
    assert ledger.breaches(world.merchant) == []


def test_two_buyers_who_are_one_are_one_in_the_copy_too(world: World) -> None:
    query = replace(SPRING, by=Dimension.PLATFORM)
    with tenancy.acting_for(world.merchant):
        people = results.report(world.merchant, query, now=NOW).total.people
    assert people
    row = LinkRow(world.key("b2"), world.key("b4"), "member id")
    identities.link(world.merchant, [row], source="crm", by="system:t")
    recompute.drain(world.merchant)
    with tenancy.acting_for(world.merchant):
        assert results.report(world.merchant, query, now=NOW).total.people == people - 1
    assert ledger.breaches(world.merchant) == []


def test_a_worker_that_dies_while_it_copies_leaves_the_days_marked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    credit_days.rebuild(world.merchant)

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(credit_days, "copy_of", die)
        with pytest.raises(KeyboardInterrupt):
            credit_days.renew(world.merchant)
    with tenancy.acting_for(world.merchant):
        assert CreditDayMark.objects.count() == 20
    assert credit_days.drain(world.merchant) == 1
    with tenancy.acting_for(world.merchant):
        assert not CreditDayMark.objects.exists()
