"""Taking in what experiments need: exposures, and what places sold; as often and in any portions as you like."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice

from measurement.models import Experiment, Exposure, GeoDay
from merchants import tenancy
from merchants.background import wake
from merchants.models import Merchant

BATCH = 5_000


@dataclass(frozen=True, slots=True)
class ExposureRow:
    experiment_id: int
    person_key: uuid.UUID
    exposed_at: datetime


@dataclass(frozen=True, slots=True)
class GeoRow:
    """``cost_fen`` None where it is not stated."""

    experiment_id: int
    day: date
    geo: str
    value: Decimal
    cost_fen: int | None


@dataclass(slots=True)
class Receipt:
    """``received`` = ``added`` + ``repeated`` (known already; a place's day takes the newer figure)."""

    received: int = 0
    added: int = 0
    repeated: int = 0


def put_exposures(merchant: Merchant, rows: Iterable[ExposureRow], *, by: str) -> Receipt:
    """Logs who was shown something; an exposure is kept once. Wakes the check of the sample ratio."""
    receipt, stream = Receipt(), iter(rows)
    while batch := list(islice(stream, BATCH)):
        with tenancy.acting_for(merchant):
            mine = Exposure.objects.for_merchant(merchant)
            touched = {row.experiment_id for row in batch}
            before = mine.filter(experiment_id__in=touched).count()
            Exposure.objects.bulk_create(
                [
                    Exposure(
                        merchant=merchant,
                        experiment_id=row.experiment_id,
                        person_key=row.person_key,
                        exposed_at=row.exposed_at,
                    )
                    for row in batch
                ],
                ignore_conflicts=True,
            )
            added = mine.filter(experiment_id__in=touched).count() - before
            _ask(merchant, touched)
        _count(receipt, len(batch), added)
    return receipt


def put_geo_days(merchant: Merchant, rows: Iterable[GeoRow], *, by: str) -> Receipt:
    """Takes in what places sold; a later figure of the same place and day replaces the former one."""
    receipt, stream = Receipt(), iter(rows)
    while batch := list(islice(stream, BATCH)):
        with tenancy.acting_for(merchant):
            by_experiment: dict[int, dict[tuple[date, str], GeoRow]] = defaultdict(dict)
            for row in batch:
                by_experiment[row.experiment_id][(row.day, row.geo)] = row
            mine = GeoDay.objects.for_merchant(merchant).filter(experiment_id__in=by_experiment)
            before = mine.count()
            GeoDay.objects.bulk_create(
                [
                    GeoDay(
                        merchant=merchant,
                        experiment_id=row.experiment_id,
                        day=row.day,
                        geo=row.geo,
                        value=row.value,
                        cost_fen=row.cost_fen,
                    )
                    for rows_of in by_experiment.values()
                    for row in rows_of.values()
                ],
                update_conflicts=True,
                unique_fields=["merchant", "experiment", "day", "geo"],
                update_fields=["value", "cost_fen"],
            )
            _ask(merchant, set(by_experiment))
            added = mine.count() - before
        _count(receipt, len(batch), added)
    return receipt


def _ask(merchant: Merchant, experiments: set[int]) -> None:
    rows = Experiment.objects.for_merchant(merchant).filter(pk__in=experiments)
    rows.update(asked_at=datetime.now(UTC))
    for pk in experiments:
        wake("measurement.experiment", merchant_id=merchant.pk, experiment_id=pk)


def _count(receipt: Receipt, received: int, added: int) -> None:
    receipt.received += received
    receipt.added += added
    receipt.repeated += received - added
