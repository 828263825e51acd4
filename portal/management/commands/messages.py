"""Gathers the texts that people see into the Chinese catalogue, and says which lack a translation."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal import catalogue, env


class Command(BaseCommand):
    help = "Renews the Chinese catalogue from the sources; with --check only says what is missing (exit 1)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            catalogue.renew(env.ROOT)
        lacking = catalogue.missing(env.ROOT)
        for message in lacking:
            self.stderr.write(message)
        self.stdout.write(f"{len(lacking)} messages without Chinese.")
        if lacking and options["check"]:
            sys.exit(1)
