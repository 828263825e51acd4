"""Service hours as people write them: ``09:00-12:00, 13:30-18:00``, and days that are otherwise (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from leads.clock.hours import BadHours, read

Intervals = list[list[str]]
CLOSED = ("closed", "休息", "关", "-")
_DASH = re.compile(r"\s*[-–—~～至]\s*")
_COMMA = re.compile(r"\s*[,，、;；]\s*")


def intervals_of(text: str) -> Intervals:
    """``9:00-12:00, 13:30 – 18:00`` as pairs; nothing, or a word for closed, is no interval. Raises
    ``BadHours`` with what makes no sense."""
    plain = text.replace("：", ":").strip().rstrip("。.")
    if not plain or plain.lower() in CLOSED:
        return []
    found = []
    for piece in _COMMA.split(plain):
        if piece:
            ends = [f"0{end}" if len(end) == 4 else end for end in _DASH.split(piece.strip())]
            if len(ends) != 2:
                raise BadHours(piece)
            found.append(ends)
    read({"0": found})
    return found


def text_of(intervals: Sequence[Sequence[str]]) -> str:
    """Pairs as :func:`intervals_of` reads them; empty: closed."""
    return ", ".join(f"{start}-{end}" for start, end in intervals)


def days_of(text: str) -> dict[str, Intervals]:
    """One day a line: ``2026-10-01 closed`` or ``2026-10-10 09:00-18:00``. Raises ``BadHours`` with the line."""
    found: dict[str, Intervals] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        day, _, hours = line.strip().partition(" ")
        try:
            name = date.fromisoformat(day.rstrip(":：")).isoformat()
            intervals = intervals_of(hours.strip())
        except ValueError:
            raise BadHours(line.strip()) from None
        if name in found:
            raise BadHours(line.strip())
        found[name] = intervals
    return found


def lines_of(days: Mapping[str, Sequence[Sequence[str]]], closed: str) -> str:
    """Days as :func:`days_of` reads them, with the given word for a day without hours."""
    return "\n".join(f"{day} {text_of(days[day]) or closed}" for day in sorted(days))
