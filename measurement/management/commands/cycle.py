"""``manage.py cycle``: the decision cycle in a file of durations, without a database."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from measurement.cycles import SHARES, Learned, Refusal, Refused, Step, learn, quantile, read, steps
from measurement.cycles.learned import LEAST_BUYERS, LEAST_DAYS, LEAST_PEOPLE

BAD_INPUT = 2
MISSING = {
    Refusal.TOO_FEW_PEOPLE: f"{{n}} durations; pages ask for {LEAST_PEOPLE} before they show a cycle.",
    Refusal.TOO_FEW_BUYERS: f"{{buyers}} people bought; pages ask for {LEAST_BUYERS}.",
    Refusal.TOO_SHORT: f"The follow-up is {{follow_up:g}} days; pages ask for {LEAST_DAYS}.",
}


class Command(BaseCommand):
    """Prints JSON; what must be said about it goes to stderr."""

    help = (
        "The decision cycle in DURATIONS, a CSV file with a line for each person: T, the days from the first "
        "touch, and E, 1 when the person bought then, 0 when the person was last seen open then. Further "
        "columns are ignored. Prints JSON: survival is Kaplan and Meier's S(t) at every time of an event; "
        "median and quantiles are the first T with S(T) at 0.5 (0.2, 0.05) or below. Where S never falls to "
        "0.5 (most people never buy) they are those of the people who buy, basis says which; plain and "
        "rescaled hold both."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("durations", metavar="DURATIONS.csv", type=Path)

    def handle(self, *args: Any, durations: Path, **options: Any) -> None:
        try:
            tally = read(durations)
        except (Refused, OSError) as refusal:
            raise CommandError(str(refusal), returncode=BAD_INPUT) from refusal
        curve, learned = steps(tally), learn(tally)
        for warning in _warnings(curve, learned):
            self.stderr.write(f"Warning: {warning}", style_func=str)
        self.stdout.write(json.dumps(_answer(curve, learned), indent=1))


def _answer(curve: tuple[Step, ...], learned: Learned) -> dict[str, Any]:
    plain = {_name(share): quantile(curve, share) for share in SHARES}
    rescaled = {_name(one.share): one.days for one in learned.quantiles}
    is_plain = plain["p50"] is not None or not rescaled
    quantiles = plain if is_plain else rescaled
    return {
        "n": learned.n,
        "events": sum(step.events for step in curve),
        "basis": "plain" if is_plain else "rescaled",
        "median": quantiles["p50"],
        "quantiles": quantiles,
        "survival": [{"t": step.t, "s": step.s} for step in curve if step.events],
        "plain": plain,
        "rescaled": {
            "plateau": learned.plateau,
            "follow_up": learned.follow_up,
            "events": learned.buyers,
            "settled": learned.settled,
            "quantiles": {
                _name(one.share): {"value": one.days, "ci": [one.low, one.high]} for one in learned.quantiles
            },
        },
        "naive": dict(zip(map(_name, SHARES), learned.naive, strict=bool(learned.naive))),
    }


def _name(share: float) -> str:
    return f"p{share * 100:.0f}"


def _warnings(curve: tuple[Step, ...], learned: Learned) -> Iterator[str]:
    if not learned.buyers:
        yield "Nobody bought within the follow-up, so there is no cycle to read; S(t) stays at 1."
        return
    if learned.refusal:
        text = MISSING[learned.refusal].format(
            n=learned.n, buyers=learned.buyers, follow_up=learned.follow_up
        )
        yield f"{text} Take the figures with care."
    if quantile(curve, 0.5) is None:
        yield (
            f"S(t) never falls to 0.5 ({learned.plateau:.1%} bought within {learned.follow_up:g} days), so median "
            "and quantiles are those of the people who buy: 1 - S(t) divided by its plateau."
        )
    if not learned.settled:
        yield (
            f"People still buy at the end of the follow-up ({learned.follow_up:g} days): the cycle goes on "
            "beyond it, and the rescaled figures are too short."
        )
    if learned.naive and learned.quantiles and learned.naive[0] < learned.quantiles[0].days:
        yield (
            f"The median of the buyers alone is {learned.naive[0]:g}; it leaves out whoever is still open and is "
            "too short."
        )
