"""What experiments bring in by files and programs: exposures, and places by day."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from measurement.columns.experiments import EXPOSURES, GEO_DAYS, exposure_shape, geo_shape
from measurement.intake_kinds.prepared import surroundings
from measurement.operations import experiment_rows
from measurement.queries import experiments
from merchants.intake.kinds import Kind, Shape, register
from merchants.models import Merchant, RawDelivery


def _exposures(merchant: Merchant) -> Shape:
    return exposure_shape(surroundings(merchant), experiments.open_holdouts(merchant))


def _geo_days(merchant: Merchant) -> Shape:
    return geo_shape(experiments.open_geos(merchant))


def put_exposures(
    merchant: Merchant, rows: Iterable[Any], *, delivery: RawDelivery | None = None, by: str
) -> experiment_rows.Receipt:
    return experiment_rows.put_exposures(merchant, rows, by=by)


def put_geo_days(
    merchant: Merchant, rows: Iterable[Any], *, delivery: RawDelivery | None = None, by: str
) -> experiment_rows.Receipt:
    return experiment_rows.put_geo_days(merchant, rows, by=by)


register(
    Kind(
        code="exposures",
        label=_("Exposures of an experiment"),
        columns=EXPOSURES,
        examples=(
            {
                "experiment": "7", "person": "13800138000", "person_kind": "phone",
                "exposed_at": "2026-03-02 20:15:00",
            },
        ),
        prepare=_exposures,
        write=put_exposures,
    )
)  # fmt: skip
register(
    Kind(
        code="geo_days",
        label=_("Places by day of an experiment"),
        columns=GEO_DAYS,
        examples=(
            {"experiment": "8", "date": "2026-03-01", "geo": "杭州", "value": "12840.50", "cost": "300.00"},
            {"experiment": "8", "date": "2026-03-01", "geo": "武汉", "value": "11902.00"},
        ),
        prepare=_geo_days,
        write=put_geo_days,
    )
)  # fmt: skip
