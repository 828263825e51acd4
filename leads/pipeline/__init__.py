"""The pipeline of leads: usual stages, and what a move needs (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

UNDO_FOR = timedelta(minutes=10)


class Type(StrEnum):
    """What reports count by."""

    OPEN = "open"
    ONGOING = "ongoing"
    HOLD = "hold"
    WON = "won"
    LOST = "lost"


USUAL = (
    ("new", Type.OPEN, "azure"),
    ("assigned", Type.OPEN, "azure"),
    ("replied", Type.ONGOING, "teal"),
    ("qualified", Type.ONGOING, "teal"),
    ("booked", Type.ONGOING, "green"),
    ("visited", Type.ONGOING, "green"),
    ("won", Type.WON, "green"),
    ("nurture", Type.HOLD, "yellow"),
    ("lost", Type.LOST, "grey"),
    ("invalid", Type.LOST, "grey"),
)
"""Code, type and colour of the stages a merchant begins with, in order."""

LOST_REASONS = ("price", "chose_other", "no_answer", "postponed", "too_far", "date_taken", "other")
INVALID_REASONS = ("spam", "wrong_category", "competitor", "duplicate", "minor", "empty_number", "denies")

# What a source is told, by the stage reached: codes of the report-back list of the platform's open API.
FEEDBACK = {"qualified": 102, "won": 141, "invalid": 200}
# What else a source is told: that somebody was reached by phone, or added on WeChat.
ACTS = {"phone": 104, "wechat": 122}


class Lacks(StrEnum):
    """What a move to a stage still needs."""

    AGENT = "agent"
    REPLY = "reply"
    REACHABLE = "reachable"
    CATEGORY = "category"
    STORE = "store"
    APPOINTMENT = "appointment"
    VISIT = "visit"
    DEAL = "deal"
    REASON = "reason"
    DUPLICATE_OF = "duplicate_of"
    FUTURE_DATE = "future_date"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a lead when it is to move. ``has_category`` and ``has_store`` hold as well where the merchant
    has none to tell apart; who only wrote is not reachable yet: an answer of theirs is."""

    has_agent: bool = False
    was_answered: bool = False
    is_reachable: bool = False
    has_category: bool = False
    has_store: bool = False
    has_appointment: bool = False
    has_visit: bool = False
    has_deal: bool = False
    reason: str = ""
    has_original: bool = False
    next_contact_on: date | None = None


def lacks(to: str, type_: str, facts: Facts, *, today: date) -> tuple[Lacks, ...]:
    """What is missing before a lead may enter a stage; nothing when it may. Stages of a merchant's own are
    guarded by their type."""
    needed = {
        "assigned": [(facts.has_agent, Lacks.AGENT)],
        "replied": [(facts.was_answered, Lacks.REPLY)],
        "qualified": [
            (facts.is_reachable, Lacks.REACHABLE),
            (facts.has_category, Lacks.CATEGORY),
            (facts.has_store, Lacks.STORE),
        ],
        "booked": [(facts.has_appointment, Lacks.APPOINTMENT)],
        "visited": [(facts.has_visit, Lacks.VISIT)],
        "invalid": [(facts.reason != "duplicate" or facts.has_original, Lacks.DUPLICATE_OF)],
    }.get(to, [])
    later = facts.next_contact_on is not None and facts.next_contact_on > today
    by_type = {
        Type.WON: [(facts.has_deal, Lacks.DEAL)],
        Type.LOST: [(facts.reason != "", Lacks.REASON)],
        Type.HOLD: [(later, Lacks.FUTURE_DATE)],
    }.get(Type(type_), [])
    return tuple(missing for holds, missing in [*by_type, *needed] if not holds)


def may_undo(moved_at: datetime, now: datetime) -> bool:
    """Whether a move can still be taken back."""
    return timedelta() <= now - moved_at <= UNDO_FOR
