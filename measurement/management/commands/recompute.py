"""Works off what waits, or computes everything anew."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from measurement.operations import recompute, rules
from merchants.models import Merchant


class Command(BaseCommand):
    help = (
        "Computes the credit of marked lines; with --full of every line. What stays the same is not written."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--full", action="store_true", help="mark every line first")
        parser.add_argument("--merchant", help="code of one merchant; all without it")

    def handle(self, *args: Any, **options: Any) -> None:
        merchants = Merchant.objects.order_by("code")
        if options["merchant"]:
            merchants = merchants.filter(code=options["merchant"])
        for merchant in merchants:
            begun = time.monotonic()
            if options["full"]:
                rules.rebuild(merchant, by="system:recompute")
            done = recompute.drain(merchant, batch=5_000)
            took = time.monotonic() - begun
            self.stdout.write(
                f"{merchant.code}: {done.lines} lines computed, {done.changed} changed, {took:.1f} s"
            )
