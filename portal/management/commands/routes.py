"""Every address, to read or for another program."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.addresses import addresses


class Command(BaseCommand):
    help = "Prints every address with its methods, who may ask, and what varies in it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON list of objects")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["json"]:
            told = [asdict(address) for address in addresses()]
            self.stdout.write(json.dumps(told, indent=1, ensure_ascii=False))
            return
        for one in addresses():
            self.stdout.write(f"{','.join(one.methods):16} {','.join(one.roles):32} /{one.pattern}")
