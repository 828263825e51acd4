"""``manage.py assignment``: an operator hands over who is in which arm of an experiment."""

from __future__ import annotations

import csv
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from measurement import words
from measurement.models import Experiment
from measurement.operations import assignments
from measurement.operations.audiences import Refused
from measurement.words.crowds import AUDIENCE_FAULTS
from merchants import tenancy
from merchants.models import Merchant


class Command(BaseCommand):
    """Prints CSV. Nothing is printed before the merchant's trail holds what it is for."""

    help = (
        "Hands over who is in which arm of a holdout, as CSV (person_key, variant). People whom content reached "
        "are not the merchant's own list, so no page gives this file: an operator does, for a purpose, to "
        "somebody, until a day. All three stand in the merchant's trail."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("merchant", help="the merchant's code")
        parser.add_argument("experiment", type=int, help="the experiment's number")
        parser.add_argument("--purpose", required=True)
        parser.add_argument("--to", required=True, dest="destination", help="who receives it")
        parser.add_argument(
            "--delete-by", required=True, type=date.fromisoformat, dest="expires_on", metavar="YYYY-MM-DD"
        )
        parser.add_argument("--operator", required=True, type=int, help="the operator's user number")

    def handle(self, *args: Any, **options: Any) -> None:
        merchant = Merchant.objects.filter(code=options["merchant"]).first()
        if merchant is None:
            raise CommandError(f"No merchant has the code {options['merchant']}.")
        with tenancy.acting_for(merchant):
            row = Experiment.objects.for_merchant(merchant).filter(pk=options["experiment"]).first()
        if row is None or row.kind != "holdout":
            raise CommandError(f"{merchant.code} has no holdout with the number {options['experiment']}.")
        told = {name: options[name] for name in ("purpose", "destination", "expires_on")}
        try:
            people = assignments.hand_over(merchant, row, **told, by=f"user:{options['operator']}")
        except Refused as refusal:
            raise CommandError(words.said(AUDIENCE_FAULTS, str(refusal))) from refusal
        writer = csv.writer(self.stdout)
        writer.writerow(("person_key", "variant"))
        writer.writerows(people)
