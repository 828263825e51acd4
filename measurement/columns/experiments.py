"""What experiments bring in: who was shown something, and what places sold on a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from measurement.columns.persons import key_of, person_columns
from measurement.columns.surroundings import Surroundings, Values, not_in_future
from measurement.operations.experiment_rows import ExposureRow, GeoRow
from merchants.intake.cells import Day, Id, Money, Text, Time
from merchants.intake.columns import Column
from merchants.intake.problems import Refused

_EXPERIMENT = Column(
    "experiment",
    Id(20),
    _("Experiment"),
    _("The number of the experiment, as its page shows it."),
    aliases=("实验", "实验编号", "experiment_id"),
    required=True,
)

EXPOSURES = (
    _EXPERIMENT,
    *person_columns("", required=True),
    Column(
        "exposed_at",
        Time(),
        _("Shown at"),
        _("When the person was shown what the treatment shows."),
        aliases=("曝光时间", "展示时间", "触达时间"),
        required=True,
    ),
)
GEO_DAYS = (
    _EXPERIMENT,
    Column("date", Day(), _("Day"), _("Day in Shanghai."), aliases=("日期", "day"), required=True),
    Column(
        "geo",
        Text(80),
        _("Place"),
        _("A city or region, spelled the same on every day."),
        aliases=("地区", "城市", "省份", "region", "city"),
        required=True,
    ),
    Column(
        "value",
        Money(),
        _("Value"),
        _("What was sold there on that day: yuan or pieces, the same everywhere; 0 for nothing."),
        aliases=("数值", "成交额", "销售额", "sales", "revenue"),
        required=True,
    ),
    Column("cost", Money(), _("Cost"), _("What seeding cost there on that day."), aliases=("花费", "消耗")),
)


def exposure_shape(around: Surroundings, known: Mapping[str, int]) -> Callable[[Values], ExposureRow]:
    def shape(values: Values) -> ExposureRow:
        not_in_future(values, around, "exposed_at")
        found = key_of(values, around)
        if found is None:
            raise Refused("missing", "person")
        return ExposureRow(_experiment(values, known), found[1], values["exposed_at"])

    return shape


def geo_shape(known: Mapping[str, int]) -> Callable[[Values], GeoRow]:
    above: set[tuple[int, date, str]] = set()

    def shape(values: Values) -> GeoRow:
        row = GeoRow(
            _experiment(values, known),
            values["date"],
            values["geo"],
            Decimal(values["value"]) / 100,
            values.get("cost"),
        )
        cell = (row.experiment_id, row.day, row.geo)
        if cell in above:
            raise Refused("geo_day_twice", "geo")
        above.add(cell)
        return row

    return shape


def _experiment(values: Values, known: Mapping[str, int]) -> int:
    number = values["experiment"]
    if number not in known:
        raise Refused("unknown_experiment", "experiment")
    return known[number]
