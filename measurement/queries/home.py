"""What the first page says: the money, where it was spent, and what needs a person today."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection

from measurement.choices import Grade
from measurement.metrics import RIPE, Verdict
from measurement.queries import slices, waste, work
from measurement.queries.results import basis_of, report
from measurement.queries.status import Status
from measurement.reports import Compare, Dimension, Report, ReportQuery, Row
from merchants.models import Merchant
from merchants.periods import day_of, preset

FIRST = 5  # notes shown
LOOKED_BACK = 28  # days of rules that fired and moves that matured
LONGER = "90d"  # the span over which spend is classed


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that needs a person. ``kind`` is a key of the page's words; ``count`` and ``name`` fill
    them; ``urgent`` ones are shown first and in red."""

    kind: str
    count: int = 0
    name: str = ""
    on: datetime | date | None = None
    key: str = ""
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Home:
    status: Status
    money: Report
    classed: Report
    notes: tuple[Row, ...]
    needs: tuple[Need, ...]

    @property
    def is_empty(self) -> bool:
        """Nothing has come in yet: the guide is shown instead of figures."""
        return not (self.status.has_orders or self.status.has_spend or self.status.has_touches)

    @property
    def unripe_cost(self) -> int | None:
        """Cost of which the return cannot be known yet: cost × (1 − maturity)."""
        if self.money.total.cost is None or self.money.total.maturity is None:
            return None
        return int(self.money.total.cost * (Decimal(1) - self.money.total.maturity))


def home(merchant: Merchant, query: ReportQuery, *, now: datetime) -> Home:
    """The report of the period by note; and the classes of spend over a longer one, because spend of the
    last weeks is still ripening, by campaign or by note, whichever names more of the cost."""
    by_note = replace(query, by=Dimension.NOTE, sort="-credited", page=1)
    longer = replace(
        by_note, period=preset(LONGER, day_of(now)), span=LONGER, compare=Compare.NONE, sort="-cost"
    )
    known: dict[str, Any] = {
        "basis": basis_of(merchant),
        "cells": slices.cells_for(merchant, by_note, longer, models=(query.model,)),
    }
    money = report(merchant, by_note, now=now, **known)
    classed = max(
        (
            report(merchant, replace(longer, by=by), now=now, **known)
            for by in (Dimension.CAMPAIGN, Dimension.NOTE)
        ),
        key=lambda found: sum(found.cost_by_verdict.values()),
    )
    state = known["basis"][0]
    return Home(
        status=state,
        money=money,
        classed=classed,
        notes=tuple(row for row in money.rows if row.credited or row.cost)[:FIRST],
        needs=_needs(merchant, state, classed, now),
    )


def _needs(merchant: Merchant, state: Status, spent: Report, now: datetime) -> tuple[Need, ...]:
    needs = [
        Need("silent", name=source.name, on=source.last_received_at, urgent=True)
        for source in state.sources
        if source.late(now)
    ]
    needs += [
        Need("refused", name=source.name, on=source.last_received_at, urgent=True)
        for source in state.sources
        if source.last_error and not source.paused
    ]
    needs += [
        Need("not_recouped", name=row.name, key=spent.query.by.value, count=row.cost or 0)
        for row in spent.rows
        if row.verdict == Verdict.LOSING and row.maturity is not None and row.maturity >= RIPE
    ][:3]
    needs += _unseen(merchant, now)
    counted = _counts(merchant)
    for kind in ("failed_uploads", "failed_deliveries", "waiting_uploads", "notes", "items"):
        if counted[kind]:
            needs.append(Need(kind, count=counted[kind], urgent=kind.startswith("failed")))
    if (state.has_orders or state.has_touches) and not state.has_legal_basis:
        needs.append(Need("no_basis"))
    pending = work.pending(merchant)
    if not pending.settled:
        needs.append(
            Need("computing", count=pending.lines + pending.changes + pending.deliveries, on=pending.since)
        )
    return tuple(sorted(needs, key=lambda need: not need.urgent))


def _unseen(merchant: Merchant, now: datetime) -> list[Need]:
    """Rules that fired and moves that matured in the last weeks, until somebody has looked."""
    found = waste.unseen(merchant, day_of(now) - timedelta(days=LOOKED_BACK))
    fired = [
        Need(
            "rule_fired",
            name=str(rule.campaign),
            key=str(rule.campaign_id),
            on=rule.evaluated_at,
            urgent=True,
        )
        for rule in found.rules
    ]
    return fired + [
        Need("move_matured", name=move.name, key=move.came, on=move.settled_at) for move in found.moves
    ]


def _counts(merchant: Merchant) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"merchant": merchant.pk})
        row: Any = cursor.fetchone()
    return dict(
        zip(("failed_uploads", "waiting_uploads", "failed_deliveries", "notes", "items"), row, strict=True)
    )


_COUNTS = """
SELECT
    (SELECT count(*) FROM merchants_upload WHERE merchant_id = %(merchant)s AND state = 'failed'),
    (SELECT count(*) FROM merchants_upload WHERE merchant_id = %(merchant)s AND state = 'checked'),
    (SELECT count(*) FROM merchants_rawdelivery
     WHERE merchant_id = %(merchant)s AND state IN ('failed', 'refused')
       AND received_at > now() - interval '7 days'),
    (SELECT count(*) FROM measurement_note WHERE merchant_id = %(merchant)s AND spu_id IS NULL),
    (SELECT count(DISTINCT (platform, item_id)) FROM measurement_orderline
     WHERE merchant_id = %(merchant)s AND spu_id IS NULL AND paid_at IS NOT NULL)
"""


def joined_by_platform(found: Report) -> list[tuple[str, int, int, int]]:
    """(platform, fen at grade A, at grade B, unjoined), the largest first."""
    rows = [
        (
            platform,
            grades.get(Grade.SAME_PERSON, 0),
            grades.get(Grade.DECLARED, 0),
            grades.get(Grade.UNJOINED, 0),
        )
        for platform, grades in found.platforms.items()
    ]
    return sorted(rows, key=lambda row: (-sum(row[1:]), row[0]))
