"""Experiments as rows and as sums: who takes part, what they bought, what places sold.

Sums are read by workers only and kept on the experiment's row; pages read that row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Min, Q

from measurement.lift.moments import Sums
from measurement.lift.plan import ExperimentKind, ExperimentState, Outcome
from measurement.models import Experiment, ExperimentUnit, GeoDay
from merchants.models import Merchant
from merchants.periods import DAY, Period, start_of

LOOKBACK = 90
"""Days in which somebody must have seen the product to belong to the people it reached."""
FRESH = timedelta(hours=20)
FOLLOWED = 14  # days after the end in which late orders and refunds are still read in


def listing(merchant: Merchant) -> list[Experiment]:
    """All experiments, the newest first."""
    rows = Experiment.objects.for_merchant(merchant).select_related("spu")
    return list(rows.order_by("-id"))


def due(now: datetime, today: date, limit: int = 200) -> list[tuple[int, int]]:
    """(merchant, experiment) that a worker should look at: asked for, moved on by time, or not fresh. Read as
    the dispatcher, who sees no content."""
    rows = Experiment.objects.using("dispatch").filter(
        Q(asked_at__lte=now - timedelta(seconds=3))
        | Q(state=ExperimentState.REGISTERED, starts_on__lte=today)
        | Q(state=ExperimentState.RUNNING, ends_on__lt=today)
        | Q(state=ExperimentState.RUNNING, computed_at__lt=now - FRESH)
        | Q(
            state=ExperimentState.ENDED,
            ends_on__gte=today - timedelta(days=FOLLOWED),
            computed_at__lt=now - FRESH,
        )
    )
    return list(rows.order_by("id").values_list("merchant_id", "id")[:limit])


# -- people


@dataclass(frozen=True, slots=True)
class Health:
    """What may be shown before the end: numbers of people, never what they bought. ``merged`` people turned
    out to be in both arms (two keys of one person) and are left out."""

    control: int
    treatment: int
    merged: int
    exposed_control: int
    exposed_treatment: int
    last_exposure: datetime | None


def health(merchant: Merchant, experiment: Experiment) -> Health:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH {_PERSONS}, exposed AS (
                SELECT DISTINCT coalesce(i.person, e.person_key) AS person
                FROM measurement_exposure e
                LEFT JOIN measurement_identity i
                  ON i.merchant_id = e.merchant_id AND i.person_key = e.person_key
                WHERE e.merchant_id = %(merchant)s AND e.experiment_id = %(experiment)s
            )
            SELECT count(*) FILTER (WHERE arm = 0 AND arm = other),
                   count(*) FILTER (WHERE arm = 1 AND arm = other),
                   count(*) FILTER (WHERE arm <> other),
                   count(x.person) FILTER (WHERE arm = 0 AND arm = other),
                   count(x.person) FILTER (WHERE arm = 1 AND arm = other),
                   (SELECT max(exposed_at) FROM measurement_exposure
                    WHERE merchant_id = %(merchant)s AND experiment_id = %(experiment)s)
            FROM persons LEFT JOIN exposed x USING (person)
            """,
            {"merchant": merchant.pk, "experiment": experiment.pk},
        )
        return Health(*cursor.fetchone())


# A person once, however many keys; ``arm`` and ``other`` differ where two keys fell into both arms.
_PERSONS = """
persons AS (
    SELECT coalesce(i.person, u.person_key) AS person, min(u.arm) AS arm, max(u.arm) AS other
    FROM measurement_experimentunit u
    LEFT JOIN measurement_identity i ON i.merchant_id = u.merchant_id AND i.person_key = u.person_key
    WHERE u.merchant_id = %(merchant)s AND u.experiment_id = %(experiment)s
    GROUP BY 1
)"""

_BOUGHT = {
    Outcome.REVENUE: "sum(l.net_fen)",
    Outcome.ORDERS: "count(DISTINCT l.order_id) FILTER (WHERE l.net_fen > 0)",
    Outcome.BUYERS: "max((l.net_fen > 0)::int)",
}

_SUMS = """
, bought AS (
    SELECT person, is_test, {bought}::bigint AS amount
    FROM (
        SELECT coalesce(i.person, l.person_key) AS person, l.order_id, l.net_fen,
               l.paid_at >= %(start)s AS is_test
        FROM measurement_orderline l
        LEFT JOIN measurement_identity i ON i.merchant_id = l.merchant_id AND i.person_key = l.person_key
        WHERE l.merchant_id = %(merchant)s AND l.person_key IS NOT NULL
          AND l.paid_at >= %(before)s AND l.paid_at < %(end)s AND {product}
    ) l
    GROUP BY 1, 2
), each AS (
    SELECT p.arm, coalesce(y.amount, 0)::numeric AS y, coalesce(x.amount, 0)::numeric AS x
    FROM persons p
    LEFT JOIN bought y ON y.person = p.person AND y.is_test
    LEFT JOIN bought x ON x.person = p.person AND NOT x.is_test
    WHERE p.arm = p.other
)
SELECT arm, count(*), sum(y), sum(y * y), sum(x), sum(x * x), sum(x * y) FROM each GROUP BY arm
"""


def sums(merchant: Merchant, experiment: Experiment, outcome: Outcome, period: Period) -> dict[int, Sums]:
    """What the people of each arm bought in the period (y), and before it in as many days as the whole test
    has (x): fen less refunds, orders, or 0 and 1. Everybody who was assigned counts, whether they saw
    anything or not."""
    return _summed(f"WITH {_PERSONS} {_SUMS}", merchant, experiment, outcome, period)


def past_sums(merchant: Merchant, experiment: Experiment, outcome: Outcome, period: Period) -> Sums | None:
    """The same of the people who would take part, all in one arm, in a period that has passed."""
    persons = _PERSONS if experiment.design.get("population") == "listed" else _TOUCHED
    found = _summed(f"WITH {persons} {_SUMS}", merchant, experiment, outcome, period)
    if not found:
        return None
    one, *others = found.values()
    for more in others:
        one = Sums(*(a + b for a, b in zip(_parts(one), _parts(more), strict=True)))
    return one


def _parts(one: Sums) -> tuple[int, ...]:
    return one.n, one.y, one.yy, one.x, one.xx, one.xy


def _summed(
    statement: str, merchant: Merchant, experiment: Experiment, outcome: Outcome, period: Period
) -> dict[int, Sums]:
    start, end = period.instants()
    scope = {
        "merchant": merchant.pk,
        "experiment": experiment.pk,
        "start": start,
        "end": end,
        "before": start - timedelta(days=period_of(experiment).days),
        **_reach(experiment, start),
    }
    product = "l.spu_id = %(spu)s" if experiment.spu_id else "true"
    with connection.cursor() as cursor:
        cursor.execute(statement.format(bought=_BOUGHT[outcome], product=product), scope)
        return {row[0]: Sums(*(int(part) for part in row[1:])) for row in cursor.fetchall()}


# Everybody whom content about the product reached; all in arm 0 while nobody has been assigned.
_TOUCHED = """
persons AS (
    SELECT DISTINCT coalesce(i.person, t.person_key) AS person, 0 AS arm, 0 AS other
    FROM measurement_touch t
    JOIN measurement_channel c ON c.id = t.channel_id AND c.merchant_id = t.merchant_id
    LEFT JOIN measurement_identity i ON i.merchant_id = t.merchant_id AND i.person_key = t.person_key
    WHERE t.merchant_id = %(merchant)s AND NOT t.retracted
      AND t.occurred_at >= %(since)s AND t.occurred_at < %(until)s
      AND (%(spu)s::bigint IS NULL OR coalesce(t.spu_id, c.spu_id) = %(spu)s)
)"""


def _reach(experiment: Experiment, until: datetime) -> dict[str, Any]:
    return {"spu": experiment.spu_id, "since": until - timedelta(days=LOOKBACK), "until": until}


def reached_people(merchant: Merchant, experiment: Experiment, until: date) -> Iterator[str]:
    """Keys of everybody whom the product reached in the days before ``until``, in order."""
    scope = {"merchant": merchant.pk, **_reach(experiment, start_of(until))}
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {_TOUCHED} SELECT person FROM persons ORDER BY person", scope)
        while rows := cursor.fetchmany(20_000):
            for row in rows:
                yield str(row[0])


def participants(merchant: Merchant, experiment: Experiment) -> Iterator[tuple[str, int]]:
    """(person key, arm) of everybody, in order."""
    rows = ExperimentUnit.objects.for_merchant(merchant).filter(experiment=experiment)
    for key, arm in rows.order_by("person_key").values_list("person_key", "arm").iterator(chunk_size=20_000):
        yield str(key), arm


def arms(merchant: Merchant, experiment: Experiment) -> dict[int, int]:
    """People by arm."""
    rows = ExperimentUnit.objects.for_merchant(merchant).filter(experiment=experiment)
    return dict(rows.values_list("arm").annotate(people=Count("id")).order_by("arm"))


# -- places and products by day


@dataclass(frozen=True, slots=True)
class Days:
    """What a panel holds: places, first and last day, rows; ``lacking`` place-days without a row."""

    geos: int
    first: date | None
    last: date | None
    rows: int

    @property
    def lacking(self) -> int:
        if self.first is None or self.last is None:
            return 0
        return self.geos * ((self.last - self.first).days + 1) - self.rows


def panel_days(merchant: Merchant, experiment: Experiment) -> Days:
    rows = GeoDay.objects.for_merchant(merchant).filter(experiment=experiment)
    found = rows.aggregate(
        geos=Count("geo", distinct=True), first=Min("day"), last=Max("day"), rows=Count("id")
    )
    return Days(**found)


def geo_rows(merchant: Merchant, experiment: Experiment) -> list[tuple[date, str, float, int | None]]:
    """(day, place, value, cost in fen), all of them."""
    rows = GeoDay.objects.for_merchant(merchant).filter(experiment=experiment)
    told = rows.order_by("day", "geo").values_list("day", "geo", "value", "cost_fen")
    return [(day, geo, float(value), cost) for day, geo, value, cost in told]


def product_rows(merchant: Merchant, period: Period) -> list[tuple[date, str, float, int | None]]:
    """(day, SPU id, paid less refunded in fen) of each product on each day; a day without orders has no row."""
    start, end = period.instants()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT (l.paid_at AT TIME ZONE 'Asia/Shanghai')::date, l.spu_id::text, sum(l.net_fen)::float8
            FROM measurement_orderline l
            WHERE l.merchant_id = %s AND l.spu_id IS NOT NULL AND l.paid_at >= %s AND l.paid_at < %s
            GROUP BY 1, 2 ORDER BY 1, 2
            """,
            [merchant.pk, start, end],
        )
        return [(day, spu, value, None) for day, spu, value in cursor.fetchall()]


def first_order_day(merchant: Merchant, today: date) -> date:
    """The first day that orders are known of, at most two years back."""
    earliest = today - timedelta(days=730)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (min(paid_at) AT TIME ZONE 'Asia/Shanghai')::date FROM measurement_orderline"
            " WHERE merchant_id = %s AND paid_at >= %s",
            [merchant.pk, start_of(earliest)],
        )
        row = cursor.fetchone()
    return row[0] if row and row[0] else today


def period_of(experiment: Experiment) -> Period:
    """The days of the test."""
    return Period(experiment.starts_on, experiment.ends_on + DAY)


def is_pending(experiment: Experiment) -> bool:
    return experiment.asked_at is not None


def open_holdouts(merchant: Merchant) -> dict[str, int]:
    """Ids, as text, of holdouts whose exposures may come in: registered, running or ended."""
    rows = Experiment.objects.for_merchant(merchant).filter(kind=ExperimentKind.HOLDOUT)
    return {str(pk): pk for pk in rows.exclude(state=ExperimentState.DRAFT).values_list("id", flat=True)}


def open_geos(merchant: Merchant) -> dict[str, int]:
    """Ids, as text, of geo experiments."""
    rows = Experiment.objects.for_merchant(merchant).filter(kind=ExperimentKind.GEO)
    return {str(pk): pk for pk in rows.values_list("id", flat=True)}


def finished(merchant: Merchant) -> list[Experiment]:
    """Experiments that ended and were read out; what a response model may be held to."""
    rows = Experiment.objects.for_merchant(merchant).filter(state=ExperimentState.ENDED)
    return [
        one for one in rows.select_related("spu").order_by("-ends_on") if "incremental_response" in one.result
    ]
