"""What a rule must know besides the row, and what the rules of all kinds share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from merchants.intake.kinds import not_ahead
from merchants.intake.problems import Refused

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the rules must know besides the row: the pepper of the merchant's person keys, the SPU codes that
    exist, the time of the check, for each platform the shop that rows without one belong to, and since when
    touches are kept (None: always)."""

    pepper: bytes
    spus: frozenset[str]
    now: datetime
    shops: Mapping[str, str]
    touches_since: datetime | None = None


def words(of: Mapping[Any, tuple[str, ...]]) -> dict[str, str]:
    """Every spelling of each value, the value's own first."""
    return {word: str(value) for value, others in of.items() for word in (str(value), *others)}


def spu_of(values: Values, around: Surroundings) -> str:
    code = values.get("spu") or ""
    if code and code not in around.spus:
        raise Refused("unknown_spu", "spu")
    return code


def not_in_future(values: Values, around: Surroundings, *names: str) -> None:
    not_ahead(values, around.now, *names)
