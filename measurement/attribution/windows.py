"""Which touches are near enough to an order. All times are integer microseconds, all windows whole days."""

from __future__ import annotations

HOUR = 3_600_000_000
DAY = 24 * HOUR


def opens(ordered: int, days: int) -> int:
    """The first microsecond of the window of `days` days that ends with the order at `ordered`."""
    return ordered - days * DAY


def holds(touched: int, ordered: int, days: int) -> bool:
    """Whether a touch lies in the window. Both ends belong to it: the instant of the order and that of
    `opens`."""
    return opens(ordered, days) <= touched <= ordered


def age_hours(touched: int, ordered: int) -> int:
    """Whole hours, rounded down, from a touch to the order that followed it."""
    return (ordered - touched) // HOUR
