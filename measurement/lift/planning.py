"""What a worker can say of an experiment before it starts: how likely it is to see what one hopes for (pure).

Each function gives plain JSON: ``power`` at the hoped-for lift, ``curve`` as [lift, power], ``weeks`` as
[weeks, power], ``weeks_needed`` (None: not within half a year), ``smallest_lift`` at 80 %.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import sqrt
from typing import Any

from measurement.lift import power
from measurement.lift.assignment import matched_pairs
from measurement.lift.geo import TELLING_DAYS, Method
from measurement.lift.moments import Sums
from measurement.lift.panel import Panel, Row, of_rows
from measurement.lift.placebo import detection_rate, false_alarm_rate, shortest
from measurement.lift.plan import LEAST_POWER
from measurement.lift.results import Unreadable
from measurement.lift.sequential import reach

Json = dict[str, Any]
LIFTS = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5)
WEEKS = (1, 2, 3, 4, 6, 8, 12, 16, 20, 26)
PLACE_WEEKS = (1, 2, 3, 4, 6, 8)
DRAWS = 120  # placebos of one point: a standard error of 4 % around 80 %
LEAST_PEOPLE = 100


def of_people(sums: Sums | None, lift: float, days: int, *, sequential: bool = False) -> Json:
    """From what the same people bought in as many days that have passed.

    Another length is judged as if buying went on like that, independent from week to week: mean and variance
    grow with the days. ``sequential``: judged by the wider interval of a test that is looked at early. Raises
    :class:`Unreadable` for too few people or nothing bought.
    """
    if sums is None or sums.n < LEAST_PEOPLE:
        raise Unreadable("few_people")
    one = sums.moments()
    if not one.variance or one.mean <= 0:
        raise Unreadable("no_variance")
    explained = 0.0
    if one.x_variance and one.covariance is not None:
        explained = min(one.covariance**2 / (one.x_variance * one.variance), 0.999)
    per_arm, spread = sums.n // 2, sqrt(one.variance)

    def edge(length: float) -> float:
        if not sequential:
            return power.PLAIN_EDGE
        error = power.error_of(spread * sqrt(length / days), per_arm, explained)
        return reach(error, abs(lift) * one.mean * length / days) / error

    def found(relative: float, length: float) -> float:
        effect, wide = relative * one.mean * length / days, spread * sqrt(length / days)
        return power.power(effect, wide, per_arm, explained=explained, edge=edge(length))

    weeks = [(week, found(lift, 7 * week)) for week in WEEKS]
    return {
        "per_arm": per_arm,
        "baseline": one.mean,
        "spread": spread,
        "explained": explained,
        "power": found(lift, days),
        "curve": [[relative, found(relative, days)] for relative in _around(abs(lift))],
        "weeks": [list(pair) for pair in weeks],
        "weeks_needed": next((week for week, chance in weeks if chance >= LEAST_POWER), None),
        "smallest_lift": power.smallest_lift(one.mean, spread, per_arm, explained=explained, edge=edge(days)),
    }


def _around(lift: float) -> list[float]:
    return sorted({*LIFTS, lift})


def of_places(rows: Sequence[Row], seed: str, method: Method, lift: float, days: int) -> Json:
    """Pairs the places by what they sold, and tests nothing and the hoped-for lift on their history. Raises
    :class:`Unreadable`, and ``LookupError`` where a place lacks a day."""
    volumes: dict[str, float] = {}
    for _, geo, value, _ in rows:
        volumes[geo] = volumes.get(geo, 0.0) + value
    if len(volumes) < 2:
        raise Unreadable("no_panel" if not volumes else "one_place")
    pairing = matched_pairs(volumes, seed)
    told = _of_history(_history(rows, pairing.groups, None), method, lift, days)
    return told | {
        "groups": pairing.groups,
        "pairs": [list(pair) for pair in pairing.pairs],
        "left_out": list(pairing.left_out),
    }


def of_pause(rows: Sequence[Row], spu: str, method: Method, lift: float, days: int) -> Json:
    """The same with products in the place of places: the one that pauses against all the others. A pause
    takes away what seeding brings, so the lift is put in with its sign turned."""
    groups = {geo: "treatment" if geo == spu else "control" for geo in {row[1] for row in rows}}
    if spu not in groups:
        raise Unreadable("no_orders")
    if len(groups) < 2:
        raise Unreadable("one_product")
    return _of_history(_history(rows, groups, 0.0), method, -abs(lift) / (1 + abs(lift)), days)


def _history(rows: Sequence[Row], groups: dict[str, str], absent: float | None) -> Panel:
    """All days there are, and no test in them."""
    told: list[date] = [row[0] for row in rows]
    first, last = min(told), max(told)
    return of_rows(rows, groups, first, last + timedelta(days=1), last, absent=absent)


def _of_history(history: Panel, method: Method, lift: float, days: int) -> Json:
    known = len(history.days)
    if known < max(TELLING_DAYS, shortest(days)):
        raise Unreadable("short_history")

    def found(relative: float, length: int) -> float | None:
        return detection_rate(history, method, relative, draws=DRAWS, test_days=length)

    sign = 1 if lift > 0 else -1
    weeks = [(week, found(lift, 7 * week)) for week in PLACE_WEEKS if shortest(7 * week) <= known]
    curve = [(relative, found(sign * relative, days)) for relative in _around(abs(lift))]
    sold = float(history.arms()[1].mean())
    return {
        "history_days": known,
        "baseline": sold,
        "power": found(lift, days),
        "curve": [list(pair) for pair in curve],
        "weeks": [list(pair) for pair in weeks],
        "weeks_needed": next(
            (w for w, chance in weeks if chance is not None and chance >= LEAST_POWER), None
        ),
        "smallest_lift": next(
            (at for at, chance in curve if chance is not None and chance >= LEAST_POWER), None
        ),
        "placebo_false_alarm_rate": false_alarm_rate(history, method, test_days=days),
    }
