"""The matrix between the ends of two days, computed by a worker when somebody asked, kept for the next."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models.functions import Now

from measurement.models import CrowdFlow, CrowdRule
from merchants import tenancy
from merchants.background import wake
from merchants.models import Merchant

SPANS = (7, 28, 90)  # days before the last one with data: ready before anybody asks
OLD = timedelta(minutes=10)  # sums move all day; a matrix is not made anew more often
KEPT = timedelta(days=30)  # since it was last asked for, under the rule in force


def ask(merchant: Merchant, rule: CrowdRule, first_day: date, last_day: date) -> CrowdFlow:
    """The matrix as it was last computed (``cells`` None: not yet); wakes a worker when it is missing, or
    older than the sums and than ten minutes. A former rule's matrix is never older than its sums."""
    with tenancy.acting_for(merchant):
        row: CrowdFlow
        row, made = CrowdFlow.objects.for_merchant(merchant).get_or_create(
            merchant=merchant, rule=rule, first_day=first_day, last_day=last_day
        )
        if made or (stale(row, rule) and row.asked_at <= (row.computed_at or row.asked_at)):
            if not made:
                row.asked_at = Now()
                row.save(update_fields=["asked_at"])
            wake("measurement.crowds", merchant_id=merchant.pk)
    return row


def stale(row: CrowdFlow, rule: CrowdRule) -> bool:
    if row.computed_at is None:
        return True
    if rule.changed_at is None or rule.changed_at <= row.computed_at:
        return False
    return row.computed_at < datetime.now(UTC) - OLD


def prepare(merchant: Merchant) -> None:
    """Asks for the spans that pages open with, and forgets what nobody asked for lately."""
    with tenancy.acting_for(merchant):
        flows = CrowdFlow.objects.for_merchant(merchant)
        flows.filter(rule__state=CrowdRule.State.ACTIVE, asked_at__lt=datetime.now(UTC) - KEPT).delete()
        for rule in CrowdRule.objects.for_merchant(merchant).filter(
            state__in=(CrowdRule.State.ACTIVE, CrowdRule.State.DRAFT)
        ):
            through = last_day(rule)
            if rule.built_at is not None and through is not None:
                for days in SPANS:
                    flows.get_or_create(
                        merchant=merchant,
                        rule=rule,
                        first_day=through - timedelta(days=days),
                        last_day=through,
                    )


def last_day(rule: CrowdRule) -> date | None:
    """The last complete day that anything is known of: later, layers would only seem to empty."""
    if rule.last_event_day is None:
        return None
    yesterday = (datetime.now(UTC) + timedelta(hours=8)).date() - timedelta(days=1)
    return min(rule.last_event_day, yesterday)


def compute_asked(merchant: Merchant, *, limit: int = 8) -> int:
    """Computes what was asked for and is missing or old; how many."""
    done = 0
    with tenancy.acting_for(merchant):
        waiting: Any = CrowdFlow.objects.for_merchant(merchant).select_related("rule").order_by("asked_at")
        chosen = [
            row
            for row in waiting
            if row.rule.built_at is not None
            and (row.computed_at is None or (row.asked_at > row.computed_at and stale(row, row.rule)))
        ]
    for row in chosen[:limit]:
        with tenancy.acting_for(merchant), connection.cursor() as cursor:
            now = datetime.now(UTC)
            cells = matrix(cursor, merchant, row.rule_id, row.first_day, row.last_day)
            CrowdFlow.objects.for_merchant(merchant).filter(pk=row.pk).update(cells=cells, computed_at=now)
            done += 1
    return done


def matrix(
    cursor: Any, merchant: Merchant, rule: int, first_day: date, last_day: date
) -> dict[str, dict[str, int]]:
    """{scope: {"before>after": people}}, exact; who is outside of all layers at both ends is nowhere."""
    cursor.execute(_MATRIX, {"merchant": merchant.pk, "rule": rule, "first": first_day, "last": last_day})
    found: dict[str, dict[str, int]] = {}
    for scope, before, after, people in cursor.fetchall():
        found.setdefault(str(scope), {})[f"{before}>{after}"] = people
    return found


_AT = """
    SELECT person, scope, layer FROM measurement_crowdspell
    WHERE merchant_id = %(merchant)s AND rule_id = %(rule)s
      AND from_day <= %({day})s::date AND to_day >= %({day})s::date
"""
_MATRIX = f"""
SELECT scope, coalesce(a.layer, 0), coalesce(b.layer, 0), count(*)
FROM ({_AT.format(day="first")}) a FULL JOIN ({_AT.format(day="last")}) b USING (person, scope)
GROUP BY 1, 2, 3
"""
