"""``manage.py attribute``: credits the orders of one file to the touches of another, without a database."""

from __future__ import annotations

import resource
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import duckdb
from django.core.management.base import BaseCommand, CommandError

from measurement.attribution import decay
from measurement.attribution.credit import MODELS
from measurement.attribution.files import TICKS_PER_HOUR, Outcome, attribute
from measurement.attribution.sources import Refused


class Command(BaseCommand):
    """Writes one row for each order and touch; the totals go to stderr."""

    help = (
        "Credit orders to touches: CSV or Parquet in and out, by the ending of each name. "
        "TOUCHES has touch_id, person_id, product_id, channel_id, ts; "
        "ORDERS has order_id, person_id, product_id, category_id, ts, value_cents; "
        "CATEGORIES has category_id, window_days; further columns are ignored."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("touches", metavar="TOUCHES", type=Path)
        parser.add_argument("orders", metavar="ORDERS", type=Path)
        parser.add_argument("categories", metavar="CATEGORIES", type=Path)
        parser.add_argument(
            "--out", metavar="CREDITS", type=Path, required=True, help="replaced when it exists"
        )
        parser.add_argument(
            "--ts-unit",
            choices=tuple(TICKS_PER_HOUR),
            default="s",
            help="what ts counts since 1970, default s",
        )
        parser.add_argument(
            "--half-life-days",
            metavar="DAYS",
            type=_days,
            default=decay.HALF_LIFE_DAYS,
            help="of decay, default 7",
        )

    def handle(self, *args: Any, ts_unit: str, half_life_days: Decimal, **options: Any) -> None:
        started = time.perf_counter()
        try:
            outcome = attribute(
                options["touches"],
                options["orders"],
                options["categories"],
                options["out"],
                ts_unit=ts_unit,
                half_life_days=half_life_days,
            )
        except (Refused, OSError, duckdb.Error) as refusal:
            raise CommandError(str(refusal)) from refusal
        for line in _report(outcome, ts_unit, time.perf_counter() - started):
            self.stderr.write(line, style_func=str)


def _days(text: str) -> Decimal:
    try:
        days = Decimal(text)
    except InvalidOperation:
        days = Decimal(0)
    if not days.is_finite() or days <= 0:
        raise ArgumentTypeError(f"{text} is not a number of days above 0")
    return days


def _report(outcome: Outcome, ts_unit: str, seconds: float) -> list[str]:
    """The totals per channel and model in fen, and what the run took."""
    named = [
        "(no channel)" if total.channel_id is None else str(total.channel_id) for total in outcome.channels
    ]
    width = max(len("unattributed"), *(len(name) for name in named), 0)
    lines = [f"{'cents by channel':<{width}}" + "".join(f"{model:>18}" for model in MODELS)]
    for name, total in zip(named, outcome.channels, strict=True):
        lines.append(f"{name:<{width}}" + "".join(f"{total.fen[model]:>18,}" for model in MODELS))
    lost = f"{outcome.unattributed_fen:>18,} in {outcome.unattributed_orders:,} orders"
    lines.append(f"{'unattributed':<{width}}{lost}")
    if outcome.ordered:
        first, last = (_day(ts, ts_unit) for ts in outcome.ordered)
        lines.append(f"ordered from {first} to {last}, read with --ts-unit {ts_unit}")
    counts = f"{outcome.touches:,} touches, {outcome.orders:,} orders, {outcome.rows:,} rows written"
    rate = (outcome.touches + outcome.orders) / seconds
    lines.append(f"{counts} in {seconds:.2f} s ({rate:,.0f} rows/s)")
    lines.append(f"peak memory {_peak_megabytes():.0f} MB")
    return lines


def _day(ts: int, ts_unit: str) -> str:
    """The UTC day of a time stamp; a wrong unit shows at once."""
    try:
        return f"{datetime.fromtimestamp(ts * 3_600 // TICKS_PER_HOUR[ts_unit], tz=UTC):%Y-%m-%d}"
    except (OverflowError, ValueError, OSError):
        return "a year that no calendar has"


def _peak_megabytes() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6
