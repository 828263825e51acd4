"""``manage.py seed``: invented merchants with half a year of data, through the operations of real data."""

from __future__ import annotations

import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from datetime import time as clock
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from merchants.models import Membership, Merchant, User
from merchants.roles import OWNER
from merchants.wire.times import SHANGHAI
from portal.demo import accounts, readiness
from portal.demo.cast import Brand
from portal.demo.experiments import with_lift
from portal.demo.plant import is_complete, plant
from portal.demo.world import World, build


class Command(BaseCommand):
    help = (
        "Make invented merchants with touchpoints, orders and costs. The same seed, sizes and --until give "
        "the same world; a second run adds nothing, an interrupted one goes on."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", action="store_true", help="the demo world with its accounts")
        parser.add_argument(
            "--accounts", action="store_true", help="with --demo: only accounts and merchants"
        )
        parser.add_argument("--only", nargs="+", metavar="CODE", help="with --demo: only these merchants")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--merchants", type=int, default=1, help="how many merchants")
        parser.add_argument("--orders", type=int, default=1000, help="about how many orders in all")
        parser.add_argument(
            "--until", type=date.fromisoformat, help="the day at whose beginning the worlds end; else today"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["demo"]:
            if accounts.make(settings.STATE):
                self.stdout.write(f"accounts: {settings.STATE / accounts.FILE}")
            readiness.set_gates()
            if not options["accounts"]:
                self._demo(options["only"] or [])
            return
        if options["merchants"] < 1 or options["orders"] < options["merchants"]:
            raise CommandError("Ask for at least one merchant, and for at least one order of each.")
        self._worlds(options["seed"], options["merchants"], options["orders"], options["until"])

    def _demo(self, only: list[str]) -> None:
        """The first merchant here, the others beside it in a process of their own: the second core would
        otherwise wait while this one talks to the database."""
        first, *others = accounts.BRANDS
        beside = None if only else self._start([brand.code for brand in others])
        for brand in accounts.BRANDS:
            if brand.code in only or (not only and brand is first):
                merchant = accounts.merchant_of(brand)
                until = merchant.created_at.astimezone(UTC).replace(second=0, microsecond=0)
                self._plant(merchant, brand, accounts.DEMO_SEED, until, 1.0)
        if beside is not None and beside.wait() != 0:
            raise CommandError("The other merchants are not complete; run it again to go on.")

    def _start(self, codes: list[str]) -> subprocess.Popen[bytes] | None:
        """This command for these merchants; None when they are complete."""
        merchants = [accounts.merchant_of(brand) for brand in accounts.BRANDS if brand.code in codes]
        if all(is_complete(merchant) for merchant in merchants):
            return None
        command = [sys.executable, "manage.py", "seed", "--demo", "--only", *codes]
        return subprocess.Popen(command, cwd=settings.ROOT)  # noqa: S603 - our own command

    def _worlds(self, seed: int, count: int, orders: int, until: date | None) -> None:
        casts = [brand for brand in accounts.BRANDS if brand.touches and brand.orders]
        for number in range(count):
            cast = casts[number % len(casts)]
            code = f"seed-{seed}-{number + 1}"
            brand = replace(cast, code=code, name=f"{cast.name} {seed}-{number + 1}")
            merchant = accounts.merchant_of(brand)
            _open_to_demo(merchant)
            share = orders // count + (number < orders % count)
            end = until or merchant.created_at.astimezone(SHANGHAI).date()
            midnight = datetime.combine(end, clock(), tzinfo=SHANGHAI)
            self._plant(merchant, brand, seed * 1000 + number, midnight, share / cast.orders)

    def _plant(self, merchant: Merchant, brand: Brand, seed: int, until: datetime, scale: float) -> None:
        begun = time.monotonic()
        make: Callable[[], World] = lambda: with_lift(  # noqa: E731
            merchant, build(brand, seed=seed, until=until, scale=scale)
        )
        planted = plant(merchant, make, self.stdout.write)
        took = time.monotonic() - begun
        self.stdout.write(
            f"{merchant.code}: {planted.steps} steps in {took:.1f} s"
            if planted.steps
            else f"{merchant.code}: complete"
        )


def _open_to_demo(merchant: Merchant) -> None:
    """Lets the demo's owner look, where there is one."""
    for user in User.objects.filter(username=accounts.LOGINS[0].username):
        Membership.objects.get_or_create(merchant=merchant, user=user, defaults={"role": OWNER.code})
