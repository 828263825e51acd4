"""Which looks at persons' data and papers are worth a question (pure).

Many in a day: 50, from where China's courts weigh what was passed on (``leads.watching`` names the rule). At night:
five between midnight and six, by the clock of who asks, because one may be a night shift's customer. Many merchants:
an operator who looked at more than five in a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

MANY = 50
NIGHT_ENDS = 6  # o'clock
AT_NIGHT = 5
MERCHANTS = 5


class Why(StrEnum):
    MANY = "many"
    NIGHT = "night"
    MERCHANTS = "merchants"


@dataclass(frozen=True, slots=True)
class Looks:
    """What one person looked at on one day: how often, how often at night, at how many merchants."""

    actor: str
    day: date
    count: int
    at_night: int
    merchants: int

    @property
    def why(self) -> tuple[Why, ...]:
        """Why these are unusual; empty when they are not."""
        return (
            *((Why.MANY,) if self.count >= MANY else ()),
            *((Why.NIGHT,) if self.at_night >= AT_NIGHT else ()),
            *((Why.MERCHANTS,) if self.merchants > MERCHANTS else ()),
        )
