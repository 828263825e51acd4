"""``manage.py lift``: reads out experiments from files, without a database."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from measurement.lift import files
from measurement.lift.geo import Method
from measurement.lift.tables import Refused

BAD_INPUT = 2


class Command(BaseCommand):
    """Prints the read-out as JSON; warnings go to stderr."""

    help = (
        "Would it have happened anyway? holdout: users with 0 control and 1 treatment and any numeric metrics, "
        "optionally <metric>_covariate. geo: date, geo, a metric and optionally cost, with geo, group."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        kinds = parser.add_subparsers(dest="kind", required=True, parser_class=ArgumentParser)
        people = kinds.add_parser("holdout", help="treated users less users held back")
        people.add_argument("file", metavar="FILE.csv", type=Path)
        places = kinds.add_parser("geo", help="treated places less what they would have sold anyway")
        places.add_argument("file", metavar="FILE.csv", type=Path)
        places.add_argument("--assignment", metavar="FILE.csv", type=Path, required=True)
        places.add_argument("--start", metavar="DATE", type=_day, required=True, help="first day of the test")
        places.add_argument(
            "--end", metavar="DATE", type=_day, help="its last day, else the last of the file"
        )
        places.add_argument(
            "--method",
            choices=[str(method) for method in Method],
            default=str(Method.TBR),
            help="time-based regression (default) or demeaned synthetic control",
        )

    def handle(self, *args: Any, kind: str, file: Path, **options: Any) -> None:
        try:
            if kind == "holdout":
                said = files.holdout_file(file)
            else:
                said = files.geo_file(
                    file, options["assignment"], options["start"], options["end"], Method(options["method"])
                )
        except (Refused, OSError) as refusal:
            raise CommandError(str(refusal), returncode=BAD_INPUT) from refusal
        for warning in said.warnings:
            self.stderr.write(f"warning: {warning}", style_func=str)
        self.stdout.write(json.dumps(said.json, ensure_ascii=False, allow_nan=False, indent=2))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"'{text}' is not a day; write it as 2026-03-01") from None
