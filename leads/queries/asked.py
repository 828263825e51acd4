"""What a list of the desk is asked for, by a screen or by an export: the one query object of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Q

from leads.models import Agent, Consultation, Lead, Message
from merchants.models import Merchant
from merchants.periods import DAY, start_of

LONGEST_TEXT = 80


@dataclass(frozen=True, slots=True)
class Asked:
    """Filters of leads (``stage``, ``text``), of consultations and their messages (``agent``: whose, ``open``: only
    those that have not ended), and of all: the days in which they began or were sent, both included."""

    stage: str = ""
    text: str = ""
    agent: int | None = None
    open: bool = False
    first: date | None = None
    last: date | None = None

    @classmethod
    def read(cls, told: Mapping[str, str], *, me: Agent | None = None) -> Asked:
        """From an address; what is not understood is left out. ``mine`` means the agent who asks."""
        return cls(
            stage=told.get("stage", "")[:30],
            text=told.get("q", "").strip()[:LONGEST_TEXT],
            agent=me.pk if me is not None and told.get("mine") == "1" else None,
            open=told.get("open") == "1",
            first=_day(told.get("first", "")),
            last=_day(told.get("last", "")),
        )

    def address(self) -> str:
        """As the query of an address that :meth:`read` understands."""
        told = {
            "stage": self.stage,
            "q": self.text,
            "mine": "1" if self.agent else "",
            "open": "1" if self.open else "",
            "first": self.first.isoformat() if self.first else "",
            "last": self.last.isoformat() if self.last else "",
        }
        return urlencode({name: value for name, value in told.items() if value})

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {
            "first": self.first.isoformat() if self.first else "",
            "last": self.last.isoformat() if self.last else "",
        }

    @classmethod
    def of_json(cls, told: Mapping[str, Any]) -> Asked:
        return cls(**{**told, "first": _day(told["first"]), "last": _day(told["last"])})


def leads(merchant: Merchant, asked: Asked, *, contacts: Sequence[int] = ()) -> Any:
    """Leads; ``contacts`` are those that the text finds as a phone or id, besides names."""
    rows = Lead.objects.for_merchant(merchant).filter(_days(merchant, asked, "began_at"))
    if asked.stage:
        rows = rows.filter(stage__code=asked.stage)
    if asked.text:
        rows = rows.filter(Q(contact__name__icontains=asked.text) | Q(contact_id__in=contacts))
    return rows


def consultations(merchant: Merchant, asked: Asked) -> Any:
    rows = Consultation.objects.for_merchant(merchant).filter(_days(merchant, asked, "enquired_at"))
    if asked.agent is not None:
        rows = rows.filter(agent_id=asked.agent)
    return rows.exclude(state=Consultation.State.CLOSED) if asked.open else rows


def messages(merchant: Merchant, asked: Asked) -> Any:
    """Messages by the day on which they were sent, of those consultations."""
    rows = Message.objects.for_merchant(merchant).filter(_days(merchant, asked, "sent_at"))
    if asked.agent is not None:
        rows = rows.filter(session__agent_id=asked.agent)
    return rows.exclude(session__state=Consultation.State.CLOSED) if asked.open else rows


def _days(merchant: Merchant, asked: Asked, of: str) -> Q:
    zone = ZoneInfo(merchant.time_zone)
    found = Q()
    if asked.first:
        found &= Q(**{f"{of}__gte": start_of(asked.first, zone)})
    if asked.last:
        found &= Q(**{f"{of}__lt": start_of(asked.last + DAY, zone)})
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
