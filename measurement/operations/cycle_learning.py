"""Learning the merchant's own decision cycles: people counted part by part, then the curves.

A part is a sixteenth of the persons, by their keys. Counting one and saying so are one transaction, so a run
that is killed goes on with the next part, and nobody is counted twice. Of a person and a product the
duration runs from the first touch that is known to the first paid line after it, in days of 24 hours begun:
the shortest window of credit that holds both. Whoever has not bought within the whole days that passed by
the end of the data is open. Gifts are no orders. A category holds the people of its products, each person
once per product.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from measurement.cycles import Learned, learn
from measurement.models import CycleLearning, CycleTally, LearnedCycle, Progress, Spu
from measurement.queries.status import status
from merchants import audit, tenancy
from merchants.background import wake
from merchants.models import Merchant
from merchants.periods import day_of, start_of

PARTS = 16
DUE_AFTER = timedelta(days=7)
LONGEST = 730  # days; what took longer than the longest cycle counts as open by then
Tallies = dict[int, dict[float, tuple[int, int]]]


class NothingKnown(Exception):
    """There is no order day yet, so nobody can have bought or not bought by it."""


def begin(merchant: Merchant, *, by: str) -> CycleLearning:
    """Starts learning, or joins the run that goes on. Raises :class:`NothingKnown`."""
    with tenancy.acting_for(merchant):
        runs: Any = CycleLearning.objects.for_merchant(merchant)
        through = status(merchant).through(day_of(datetime.now(UTC)))
        if through is None:
            raise NothingKnown
        try:
            with transaction.atomic():
                run: CycleLearning = CycleLearning.objects.create(
                    merchant=merchant, parts=PARTS, data_through=through, requested_by=by
                )
        except IntegrityError:  # one goes on
            return runs.get(state=Progress.RUNNING)  # type: ignore[no-any-return]
        audit.record(merchant, "measurement.cycles.learned", by=by, on=run, through=through.isoformat())
        wake("measurement.learn_cycles", merchant_id=merchant.pk)
    return run


def begin_if_due(merchant: Merchant, *, by: str) -> CycleLearning | None:
    """Starts learning when the last run is a week old, or there was none, and there is data."""
    with tenancy.acting_for(merchant):
        latest: Any = CycleLearning.objects.for_merchant(merchant).order_by("-id").first()
        if latest is not None and datetime.now(UTC) - latest.started_at < DUE_AFTER:
            return None
        try:
            return begin(merchant, by=by)
        except NothingKnown:
            return None


def advance(merchant: Merchant) -> bool:
    """Counts one part of the run that goes on, or, when all are counted, learns; False when there is nothing
    left to do or another worker is at it."""
    with tenancy.acting_for(merchant):
        runs: Any = CycleLearning.objects.for_merchant(merchant).filter(state=Progress.RUNNING)
        run = runs.select_for_update(skip_locked=True).first()
        if run is None:
            return False
        if run.done < run.parts:
            _count(merchant, run)
            run.done += 1
        else:
            _conclude(merchant, run)
            run.state, run.finished_at = Progress.DONE, datetime.now(UTC)
        run.touched_at = datetime.now(UTC)
        run.save(update_fields=["done", "state", "finished_at", "touched_at"])
        return bool(run.state == Progress.RUNNING)


def finish(merchant: Merchant) -> None:
    """Works until no run goes on."""
    while advance(merchant):
        pass


def _count(merchant: Merchant, run: CycleLearning) -> None:
    size = 2**128 // run.parts
    scope: dict[str, Any] = {
        "merchant": merchant.pk,
        "learning": run.pk,
        "low": UUID(int=run.done * size),
        "high": UUID(int=(run.done + 1) * size - 1),
        "until": _until(run.data_through),
        "longest": LONGEST,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, scope)


def _until(through: date) -> datetime:
    return start_of(through + timedelta(days=1))


# A person is a key without links, or the keys that are joined, standing under the lowest of them. Each is
# looked for in its own part: keys of a group that lie elsewhere are fetched through the group.
_COUNT = """
INSERT INTO measurement_cycletally (merchant_id, learning_id, spu_id, day, bought, still_open)
WITH keys AS MATERIALIZED (
    SELECT person, person_key FROM measurement_identity
    WHERE merchant_id = %(merchant)s AND person BETWEEN %(low)s AND %(high)s
), seen AS (
    SELECT t.person_key AS person, coalesce(t.spu_id, c.spu_id) AS spu, min(t.occurred_at) AS first_at
    FROM measurement_touch t
    JOIN measurement_channel c ON c.id = t.channel_id AND c.merchant_id = %(merchant)s
    WHERE t.merchant_id = %(merchant)s AND t.person_key BETWEEN %(low)s AND %(high)s AND NOT t.retracted
      AND t.occurred_at < %(until)s
      AND NOT EXISTS (SELECT FROM measurement_identity i
                      WHERE i.merchant_id = %(merchant)s AND i.person_key = t.person_key)
    GROUP BY 1, 2
    UNION ALL
    SELECT k.person, coalesce(t.spu_id, c.spu_id), min(t.occurred_at)
    FROM keys k
    JOIN measurement_touch t ON t.merchant_id = %(merchant)s AND t.person_key = k.person_key
         AND NOT t.retracted AND t.occurred_at < %(until)s
    JOIN measurement_channel c ON c.id = t.channel_id AND c.merchant_id = %(merchant)s
    GROUP BY 1, 2
), firsts AS MATERIALIZED (
    SELECT person, spu, min(first_at) AS first_at FROM seen WHERE spu IS NOT NULL GROUP BY 1, 2
), bought AS MATERIALIZED (
    SELECT l.person_key AS person, l.spu_id AS spu, l.paid_at
    FROM measurement_orderline l
    WHERE l.merchant_id = %(merchant)s AND l.person_key BETWEEN %(low)s AND %(high)s
      AND l.paid_at < %(until)s AND l.paid_fen > 0 AND l.spu_id IS NOT NULL
      AND NOT EXISTS (SELECT FROM measurement_identity i
                      WHERE i.merchant_id = %(merchant)s AND i.person_key = l.person_key)
    UNION ALL
    SELECT k.person, l.spu_id, l.paid_at
    FROM keys k
    JOIN measurement_orderline l ON l.merchant_id = %(merchant)s AND l.person_key = k.person_key
         AND l.paid_at < %(until)s AND l.paid_fen > 0 AND l.spu_id IS NOT NULL
), paths AS (
    SELECT f.spu, ceil(extract(epoch FROM min(b.paid_at) - f.first_at) / 86400)::integer AS bought_after,
           least(floor(extract(epoch FROM %(until)s::timestamptz - f.first_at) / 86400), %(longest)s)::integer AS seen
    FROM firsts f
    LEFT JOIN bought b ON b.person = f.person AND b.spu = f.spu AND b.paid_at >= f.first_at
    GROUP BY f.person, f.spu, f.first_at
), durations AS (
    SELECT spu, least(coalesce(bought_after, seen), seen) AS day, coalesce(bought_after <= seen, false) AS bought
    FROM paths
)
SELECT %(merchant)s, %(learning)s, spu, day, count(*) FILTER (WHERE bought), count(*) FILTER (WHERE NOT bought)
FROM durations GROUP BY spu, day
"""


def _conclude(merchant: Merchant, run: CycleLearning) -> None:
    """The curves of every product and category with people, in place of the former ones' curves."""
    by_spu = _tallies(merchant, run)
    categories = dict(
        Spu.objects.for_merchant(merchant).filter(pk__in=list(by_spu)).values_list("pk", "category_id")
    )
    by_category: Tallies = defaultdict(dict)
    for spu, tally in by_spu.items():
        if spu in categories:
            _add(by_category[categories[spu]], tally)
    LearnedCycle.objects.for_merchant(merchant).exclude(curve=[]).update(curve=[])
    LearnedCycle.objects.bulk_create(
        [_row(merchant, run, learn(tally), spu_id=spu) for spu, tally in by_spu.items() if spu in categories]
        + [_row(merchant, run, learn(tally), category_id=pk) for pk, tally in by_category.items()]
    )
    CycleTally.objects.for_merchant(merchant).filter(learning=run).delete()


def _tallies(merchant: Merchant, run: CycleLearning) -> Tallies:
    rows: Any = CycleTally.objects.for_merchant(merchant).filter(learning=run)
    found: Tallies = defaultdict(dict)
    for spu, day, bought, still_open in rows.values_list("spu_id", "day").annotate(
        Sum("bought"), Sum("still_open")
    ):
        found[spu][float(day)] = (int(bought), int(still_open))
    return found


def _add(sums: dict[float, tuple[int, int]], tally: dict[float, tuple[int, int]]) -> None:
    for day, (bought, still_open) in tally.items():
        before = sums.get(day, (0, 0))
        sums[day] = (before[0] + bought, before[1] + still_open)


def _row(merchant: Merchant, run: CycleLearning, found: Learned, **of: int) -> LearnedCycle:
    days: dict[str, int] = {}
    for one, naive in zip(found.quantiles, found.naive, strict=True):
        name = f"p{one.share * 100:.0f}"
        days |= {name: int(one.days), f"{name}_low": int(one.low), f"{name}_high": int(one.high)}
        days[f"naive_{name}"] = int(naive)
    return LearnedCycle(
        merchant=merchant,
        learning=run,
        n=found.n,
        buyers=found.buyers,
        follow_up=int(found.follow_up),
        refusal=found.refusal or "",
        plateau=found.plateau,
        settled=found.settled,
        curve=[
            [
                int(point.day), round(point.share, 5), round(point.low, 5), round(point.high, 5),
                round(point.s, 6), point.at_risk, point.events, point.censored,
            ]
            for point in found.curve
        ],
        **days,
        **of,
    )  # fmt: skip
