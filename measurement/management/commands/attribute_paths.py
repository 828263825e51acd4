"""``manage.py attribute_paths``: six models over a file of paths, without a database."""

from __future__ import annotations

import csv
import io
import time
from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

import duckdb
from django.core.management.base import BaseCommand, CommandError

from measurement.attribution import path_files
from measurement.attribution.chains import LONGEST_MEMORY
from measurement.attribution.model_table import Options, Table, definitions, table
from measurement.attribution.paths import Paths
from measurement.attribution.samples import doubts
from measurement.attribution.sources import Refused

REFUSED = 2


class Command(BaseCommand):
    """Writes the table to stdout; definitions, warnings and what the run took go to stderr."""

    help = (
        "Share conversions and value among channels by first, last, linear, position, Markov and Shapley. "
        f"PATHS is CSV or Parquet with the columns {', '.join(path_files.COLUMNS)}; further columns are "
        "ignored. Prints CSV: model,metric,channel,value."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", metavar="PATHS", type=Path)
        parser.add_argument(
            "--order",
            metavar="N",
            type=_order,
            default=1,
            help="channels that the chain remembers, default 1",
        )
        parser.add_argument("--sep", default=" > ", help="what stands between two channels, default ' > '")
        parser.add_argument(
            "--without-nulls",
            action="store_true",
            help="leave journeys without an order out of the chain; it is then called markov_without_nulls",
        )
        parser.add_argument(
            "--distinct",
            action="store_true",
            help="also linear_distinct and position_distinct, over channels instead of touches",
        )
        parser.add_argument("--leave-one-out", action="store_true", help="also leave_one_out")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.perf_counter()
        asked = Options(
            order=options["order"],
            with_nulls=not options["without_nulls"],
            distinct=options["distinct"],
            leave_one_out=options["leave_one_out"],
        )
        try:
            found = path_files.read(options["paths"], options["sep"])
            done = _answer(options["paths"], found, asked)
        except (Refused, OSError, UnicodeError, duckdb.Error, ArithmeticError, MemoryError) as refusal:
            raise CommandError(str(refusal) or "not enough memory", returncode=REFUSED) from refusal
        self.stdout.write(_written(done), ending="")
        self._tell(found, done, options["sep"], time.perf_counter() - started)

    def _tell(self, found: Paths, done: Table, separator: str, seconds: float) -> None:
        lines = [f"warning: {doubt}" for doubt in doubts(found, done.removal, separator)]
        lines += definitions(done)
        lines.append(
            f"{len(found):,} paths, {found.conversions.sum():,.10g} conversions, {found.nulls.sum():,.10g} nulls,"
            f" {len(found.channels):,} channels, {done.removal.states:,} states in {seconds:.2f} s"
        )
        for line in lines:
            self.stderr.write(line, style_func=str)


def _order(text: str) -> int:
    if text not in {str(order) for order in range(1, LONGEST_MEMORY + 1)}:
        raise ArgumentTypeError(f"{text} is not an order from 1 to {LONGEST_MEMORY}")
    return int(text)


def _answer(path: Path, found: Paths, asked: Options) -> Table:
    """The table; a file without an order, and a chain too large to number, are refused in words."""
    if not found.conversions.sum():
        raise Refused(
            f"{path}, column total_conversions: every path has 0, so there is nothing to share out and no removal"
            " effect. Add the paths that ended with an order."
        )
    try:
        return table(found, asked)
    except ValueError as refusal:
        raise Refused(f"{path}: {refusal}. Choose a lower --order.") from None


def _written(done: Table) -> str:
    """The table as CSV; figures with as many digits as they have."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("model", "metric", "channel", "value"))
    writer.writerows((model, metric, channel, repr(value)) for model, metric, channel, value in done.rows())
    return text.getvalue()
