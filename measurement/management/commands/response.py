"""``manage.py response``: what a daily outcome owes to exposure, from one file and without a database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from measurement.response.estimate import Estimate, estimate
from measurement.response.files import Refused, cycle_of, read
from measurement.response.series import LEAST_DAYS
from measurement.response.verdicts import Reason, Verdict

WHY = {
    Reason.TOO_SHORT: f"fewer than {LEAST_DAYS} days: give at least eight weeks",
    Reason.NO_OUTCOME: "the outcome is the same on every day: there is nothing to explain",
    Reason.NO_EXPOSURE: "nothing was shown on any day: the exposure is 0 throughout",
    Reason.CONSTANT_EXPOSURE: "the exposure is the same on every day: pause it for two weeks, or in one region",
    Reason.CYCLE_TOO_LONG: "half of the orders come later than half of the series is long: wait, or give more days",
    Reason.LIKE_THE_BASELINE: "trend, weekdays, promotions and festivals explain nearly all of the exposure's "
    "rise and fall: change it apart from them, by a pause or in one region",
    Reason.SPANS_ZERO: "the interval contains zero: a pause, a region without, or two weeks of holdout would tell",
    Reason.NEGATIVE: "the outcome falls where exposure ripens: exposure seems to answer the sales, not to make them",
    Reason.PLACEBO: "exposures that cannot have worked look too often as if they had: something moves this "
    "series that is not in the file; name promotions and festivals, or run a lift test",
}


class Command(BaseCommand):
    """Prints one JSON object; what should be known about it goes to stderr."""

    help = (
        "Estimate the effect of exposure on a daily outcome. SERIES.csv has one row per day with date, "
        "outcome, exposure and optionally promo, price, festival; further columns are ignored. The result "
        "is an association until a lift test says more."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("series", metavar="SERIES.csv", type=Path)
        parser.add_argument(
            "--cycle",
            metavar="P50,P95",
            required=True,
            help="days within which half and 95 %% of the orders come after an exposure",
        )

    def handle(self, *args: Any, series: Path, cycle: str, **options: Any) -> None:
        try:
            days, decision = read(series), cycle_of(cycle)
        except Refused as refusal:
            raise CommandError(str(refusal), returncode=2) from refusal
        found = estimate(days, decision)
        for reason in found.reasons:
            self.stderr.write(f"cannot tell: {WHY[reason]}", style_func=str)
        if found.verdict == Verdict.EFFECT:
            self.stderr.write("an association, until a lift test says more", style_func=str)
        self.stdout.write(json.dumps(printed(found)))


def printed(found: Estimate) -> dict[str, Any]:
    """The keys of the answer; null is unknown."""
    return {
        "effect": found.effect,
        "ci": list(found.ci) if found.ci else [None, None],
        "share": found.share,
        "backtest_mape": found.backtest_mape,
        "placebo_false_alarm_rate": found.placebo_false_alarm_rate,
        "verdict": found.verdict.value,
    }
