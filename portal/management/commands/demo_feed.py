"""``manage.py demo_feed``: orders keep coming to the demo's merchants until SIGTERM."""

from __future__ import annotations

import logging
import random
import signal
import threading
from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections

from portal.demo.feed import Feed

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Let the demo world live on: a new order page every few seconds, while its switch is on."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every", type=float, default=5.0, help="seconds between two pages, about")

    def handle(self, *args: Any, every: float, **options: Any) -> None:
        if every < 1:
            raise CommandError("Orders are numbered by the second: --every is at least 1.")
        stop = threading.Event()
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, lambda *_: stop.set())
        dice = random.Random()  # noqa: S311 - a story, not a secret
        feed = Feed(dice)
        while not stop.wait(every * dice.uniform(0.7, 1.3)):
            try:
                what = feed.turn(datetime.now(UTC))
            except Exception:  # a bad turn is no reason to end the demo; the next one is another
                log.exception("This turn came to nothing.")
                close_old_connections()
            else:
                if what:
                    log.info(what)
        self.stdout.write("The feed has stopped.")
