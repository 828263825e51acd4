"""Credit of dirty lines: claimed, computed, posted and summed up in one transaction.

The marks are the truth. A worker takes the advisory lock of some buckets, deletes the marks it found
there, only then reads the facts, and commits all of it together; killed anywhere, it leaves the marks
and the ledger as they were. What is computed and written stands in ``measurement.operations.states``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from measurement.models import Run
from measurement.operations import credit_days, crowd_marks, expand, programs, states, statistics
from measurement.queries import rules
from merchants import tenancy
from merchants.models import Merchant

LINES = 2_000  # of one transaction: about a tenth of a second
RULE = "credit-1"  # version of the rule's text; every run names it with the merchant's settings


@dataclass(slots=True)
class Outcome:
    """``lines`` computed, ``changed`` of them with another credit than before."""

    lines: int = 0
    changed: int = 0


def drain(merchant: Merchant, *, batch: int = LINES) -> Outcome:
    """Works until nothing is left to expand, to compute or to copy for this merchant."""
    total = Outcome()
    while True:
        statistics.refresh()
        expand.pending(merchant)
        done = compute(merchant, batch=batch)
        if done is None:
            credit_days.drain(merchant)
            return total
        total.lines += done.lines
        total.changed += done.changed


def compute(merchant: Merchant, *, batch: int = LINES) -> Outcome | None:
    """One transaction over up to ``batch`` marked lines; None when no mark could be taken (there is none,
    or another worker holds the rest)."""
    with tenancy.acting_for(merchant), connection.cursor() as cursor:
        claimed, causes = _claim(cursor, merchant, batch)
        if not claimed:
            return None
        setting = rules.setting_of(merchant)
        run = Run.objects.create(
            merchant=merchant,
            cause=",".join(sorted(causes))[:60],
            rule_version=f"{RULE}/{setting.name}",
            lines=len(claimed),
        )
        states.compute(cursor, merchant, claimed, setting)
        crowd_marks.of_lines(cursor, merchant, claimed)
        changed = states.replace(cursor, run, claimed)
        Run.objects.filter(merchant=merchant, pk=run.pk).update(changed_lines=changed)
        programs.tell(cursor, merchant, run, claimed, changed)
    return Outcome(lines=len(claimed), changed=changed)


def _claim(cursor: Any, merchant: Merchant, batch: int) -> tuple[list[int], set[str]]:
    """Locks buckets that hold about ``batch`` marks, each worker beginning at another one, and deletes
    the marks found there. What is marked from now on stays for the next claim."""
    cursor.execute(
        """
        WITH waiting AS MATERIALIZED (
            SELECT bucket, count(*) AS marks FROM measurement_dirtymark
            WHERE merchant_id = %(merchant)s GROUP BY bucket
        ), chosen AS MATERIALIZED (
            SELECT bucket FROM (
                SELECT bucket, sum(marks) OVER (
                    ORDER BY (bucket + pg_backend_pid() * 29) %% 64, bucket
                ) - marks AS before
                FROM waiting
            ) w WHERE before < %(batch)s
        )
        SELECT bucket FROM chosen
        WHERE pg_try_advisory_xact_lock(hashtext('recompute'), (%(merchant)s * 64 + bucket)::integer)
        """,
        {"merchant": merchant.pk, "batch": batch},
    )
    buckets = [row[0] for row in cursor.fetchall()]
    if not buckets:
        return [], set()
    cursor.execute(
        """
        DELETE FROM measurement_dirtymark WHERE merchant_id = %s AND id = ANY(ARRAY(
            SELECT id FROM measurement_dirtymark
            WHERE merchant_id = %s AND bucket = ANY(%s) ORDER BY id LIMIT %s
        )) RETURNING line_id, cause
        """,
        [merchant.pk, merchant.pk, buckets, batch],
    )
    rows = cursor.fetchall()
    return sorted({row[0] for row in rows}), {row[1] for row in rows}
