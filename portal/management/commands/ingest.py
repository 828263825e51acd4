"""Takes in a file of any kind: touchpoints, orders, cost, reports of platforms, comments.

The whole file is read and every problem printed (line, column, value, remedy) before anything is written;
with a problem nothing is written, unless ``--accept-good`` lets the good rows in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import override

from merchants import remedies, tenancy
from merchants.intake import kinds, reader
from merchants.intake.kinds import Kind
from merchants.intake.problems import FileRefused, Problem
from merchants.intake.tables import Limits
from merchants.intake.validate import Bad, Checked, Good, Validator
from merchants.models import Merchant

BY = "system:ingest"
LIMITS = Limits(rows=1_000_000_000)  # whoever has a shell may bring more than a page takes


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=sorted(kind.code for kind in kinds.registered()))
        parser.add_argument("file", type=Path, help="CSV, XLSX, NDJSON or Parquet")
        parser.add_argument("--merchant", required=True, metavar="CODE")
        parser.add_argument("--accept-good", action="store_true", help="take the good rows in all the same")

    @override("en")  # the language of the shell, and of what reads these lines
    def handle(self, *args: Any, **options: Any) -> None:
        kind, file = kinds.get(options["kind"]), options["file"]
        merchant = Merchant.objects.filter(code=options["merchant"]).first()
        if merchant is None:
            raise CommandError(f"There is no merchant with the code {options['merchant']!r}.")
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        if code := kind.closed(merchant):
            raise CommandError(f"{remedies.remedy(code, {})} Nothing was written.")
        good, bad = self._check(merchant, kind, file)
        if bad and not options["accept_good"]:
            raise CommandError(f"{bad} of {good + bad} rows were refused; nothing was written.")
        if not good:
            raise CommandError("There is no row to take in; nothing was written.")
        rows = (checked.row for checked in _checked(merchant, kind, file) if isinstance(checked, Good))
        receipt = kind.write(merchant, rows, by=BY)
        said = ", ".join(f"{count:,} {name}" for name, count in asdict(receipt).items())
        self.stdout.write(f"{kind.code} for {merchant.code}: {said}")

    def _check(self, merchant: Merchant, kind: Kind, file: Path) -> tuple[int, int]:
        """(good, refused) rows; prints what is wrong."""
        good = bad = 0
        try:
            for checked in _checked(merchant, kind, file):
                good += isinstance(checked, Good)
                if isinstance(checked, Bad):
                    bad += 1
                    for problem in checked.problems:
                        self.stderr.write(_line(problem))
        except FileRefused as refused:
            remedy = remedies.remedy(refused.code, refused.params)
            raise CommandError(f"{file}: {remedy} Nothing was written.") from None
        return good, bad


def _checked(merchant: Merchant, kind: Kind, file: Path) -> Iterator[Checked]:
    with tenancy.acting_for(merchant):
        shape = kind.prepare(merchant)
    with file.open("rb") as opened:
        yield from Validator(kind, shape).check(reader.read(opened, LIMITS), LIMITS)


def _line(problem: Problem) -> str:
    column = f", column {problem.column}" if problem.column else ""
    value = f", value {problem.value!r}" if problem.value else ""
    return f"line {problem.line}{column}{value}: {remedies.remedy(problem.code, problem.params)}"
