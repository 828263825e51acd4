"""Are the books in order? Exit 1 with what is broken."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from measurement.queries import ledger
from merchants.models import Merchant


class Command(BaseCommand):
    help = "Checks that every fen is accounted for; exit 1 with what is broken."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--merchant", help="code of one merchant; all without it")

    def handle(self, *args: Any, **options: Any) -> None:
        merchants = Merchant.objects.order_by("code")
        if options["merchant"]:
            merchants = merchants.filter(code=options["merchant"])
        found = [breach for merchant in merchants for breach in ledger.breaches(merchant)]
        for breach in found:
            self.stderr.write(
                f"{breach.merchant}: not so: {breach.invariant} ({breach.count} rows, such as {breach.example})"
            )
        if found:
            sys.exit(1)
        self.stdout.write(f"{len(merchants)} merchants, {len(ledger.SENTENCES)} invariants each: all hold.")
