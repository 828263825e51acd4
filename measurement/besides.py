"""What may be laid beside a report, as it stands in the address (pure).

``previous`` and ``year`` are periods of the same length on the same weekdays; ``days:2026-09-01`` one that begins
on that day, ``days`` alone the one before; ``model:last``, ``platform:jd`` and ``campaign:12`` are the same days
with another model, or inside one platform or campaign.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from measurement.choices import Model, Platform
from merchants.periods import Period, matched_before, year_before


class Kind(StrEnum):
    PREVIOUS = "previous"
    YEAR = "year"
    DAYS = "days"
    MODEL = "model"
    PLATFORM = "platform"
    CAMPAIGN = "campaign"


FROM = "beside_from"
"""The parameter in which a form gives the first day of ``days``."""


def written(given: Mapping[str, str]) -> str:
    """What the parameters lay beside, in one word; empty for nothing. ``ValueError`` when it makes no sense."""
    value = given.get("beside", "")
    if value == Kind.DAYS and given.get(FROM, ""):
        value = f"{Kind.DAYS}:{given[FROM]}"
    if value:
        parted(value)
    return value


def parted(value: str) -> tuple[Kind, str]:
    """Kind and which one of it; ``ValueError`` when there is no such thing."""
    kind_said, _, which = value.partition(":")
    kind = Kind(kind_said)
    match kind:
        case Kind.PREVIOUS | Kind.YEAR:
            sense = value == kind_said
        case Kind.DAYS:
            sense = value == kind_said or date.fromisoformat(which).isoformat() == which
        case Kind.MODEL:
            sense = which in {str(one) for one in Model}
        case Kind.PLATFORM:
            sense = which in {str(one) for one in Platform}
        case Kind.CAMPAIGN:
            sense = which.isascii() and which.isdigit() and len(which) < 16 and which == str(int(which))
    if not sense:
        raise ValueError(value)
    return kind, which


def days_beside(kind: Kind, which: str, period: Period) -> Period:
    """The other period, as long as this one. ``ValueError`` when the calendar does not reach so far."""
    try:
        if kind == Kind.YEAR:
            return year_before(period)
        if kind == Kind.DAYS and which:
            start = date.fromisoformat(which)
            return Period(start, start + timedelta(days=period.days))
        return matched_before(period)
    except OverflowError as error:
        raise ValueError(which) from error
