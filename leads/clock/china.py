"""Holidays and make-up working days of mainland China, as the State Council's notices set them.

Source: the notices on holiday arrangements of each year, published in the November before. A year that
is not listed here is unknown: hours then follow the weekdays, and pages say so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

CLOSED: dict[int, tuple[tuple[str, str], ...]] = {  # first and last day
    2026: (
        ("2026-01-01", "2026-01-03"),
        ("2026-02-15", "2026-02-23"),
        ("2026-04-04", "2026-04-06"),
        ("2026-05-01", "2026-05-05"),
        ("2026-06-19", "2026-06-21"),
        ("2026-09-25", "2026-09-27"),
        ("2026-10-01", "2026-10-07"),
    ),
}
MADE_UP: dict[int, tuple[str, ...]] = {  # working days at a weekend
    2026: ("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"),
}


def exceptions(year: int, working_day: Sequence[Sequence[str]]) -> Mapping[str, list[list[str]]]:
    """The days of a year on which hours differ, in the shape :func:`leads.clock.hours.read` takes: closed on
    holidays, ``working_day`` on make-up days. Raises ``KeyError`` for a year without a notice."""
    found: dict[str, list[list[str]]] = {}
    for first, last in CLOSED[year]:
        day = date.fromisoformat(first)
        while day <= date.fromisoformat(last):
            found[day.isoformat()] = []
            day += timedelta(days=1)
    for text in MADE_UP[year]:
        found[text] = [list(pair) for pair in working_day]
    return found
