"""Festivals that move every shop, for merchants who have stated none of their own (pure)."""

from __future__ import annotations

from datetime import date, timedelta

SPRING = {
    2023: (1, 22), 2024: (2, 10), 2025: (1, 29), 2026: (2, 17), 2027: (2, 6), 2028: (1, 26),
    2029: (2, 13), 2030: (2, 3), 2031: (1, 23), 2032: (2, 11),
}  # fmt: skip
"""First days of the lunar year."""

FIXED = (
    ("618", (6, 16), 5),
    ("National Day", (10, 1), 7),
    ("Double 11", (11, 9), 4),
    ("Double 12", (12, 11), 2),
)
"""Name, first day, number of days."""


def festival_on(day: date) -> str:
    """The name of the festival that a day belongs to; empty on ordinary days."""
    if day.year in SPRING:
        first = date(day.year, *SPRING[day.year]) - timedelta(days=3)
        if first <= day < first + timedelta(days=10):
            return "Spring Festival"
    for name, begins, lasts in FIXED:
        first = date(day.year, *begins)
        if first <= day < first + timedelta(days=lasts):
            return name
    return ""
