"""The ledger as sorted text, to compare two computations of the same facts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from measurement.queries import ledger
from merchants.models import Merchant


class Command(BaseCommand):
    help = "Prints the credit of every line as sorted text: natural keys, integer weights, fen."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--canonical", action="store_true", help="the only form there is; named for clarity"
        )
        parser.add_argument("--merchant", help="code of one merchant; all without it")

    def handle(self, *args: Any, **options: Any) -> None:
        merchants = Merchant.objects.order_by("code")
        if options["merchant"]:
            merchants = merchants.filter(code=options["merchant"])
        for merchant in merchants:
            for line in ledger.canonical(merchant):
                self.stdout.write(line)
