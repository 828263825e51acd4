"""How platforms write amounts and times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import TypeVar

from merchants.wire.times import SHANGHAI

T = TypeVar("T")


def yuan(fen: int) -> str:
    """``329.00``"""
    return f"{fen // 100}.{fen % 100:02d}"


def shanghai(moment: datetime | None, missing: str = "") -> str:
    """``2026-03-01 10:02:05``, wall clock of Shanghai."""
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S") if moment else missing


def milliseconds(moment: datetime | None) -> int:
    """Unix milliseconds, 0 for what has not happened."""
    return int(moment.astimezone(UTC).timestamp()) * 1000 if moment else 0


def pages(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    left = iter(rows)
    while page := list(islice(left, size)):
        yield page
