"""Who answers, and which contacts may be one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Sum

from leads.models import Agent, Appointment, Consultation, Contact, ContactPair, Lead, Merge
from merchants.models import Merchant, Store

MOST = 50  # pairs shown at once


@dataclass(frozen=True, slots=True)
class Answering:
    """An agent with the units of open consultations and the names of the stores (none: all)."""

    agent: Agent
    load: int
    stores: tuple[str, ...]


def agents(merchant: Merchant, now: datetime) -> list[Answering]:
    """Those who have not left, by name; three queries."""
    names = dict(Store.objects.for_merchant(merchant).values_list("pk", "name"))
    open_ones = Consultation.objects.for_merchant(merchant).exclude(state=Consultation.State.CLOSED)
    loads = dict(
        open_ones.exclude(agent=None).values_list("agent_id").annotate(units=Sum("weight")).order_by()
    )
    rows = Agent.objects.for_merchant(merchant).filter(left_at=None).select_related("user").order_by("name")
    return [
        Answering(row, loads.get(row.pk, 0), tuple(names[pk] for pk in row.stores if pk in names))
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two contacts side by side, the older first, with what is known of each: leads and masked details."""

    pair: ContactPair
    sides: tuple[Contact, Contact]


@dataclass(frozen=True, slots=True)
class Side:
    """One of a pair, with all that would move if it were the one that goes."""

    contact: Contact
    details: tuple[str, ...]  # masked
    identities: tuple[str, ...]
    leads: tuple[Lead, ...]
    conversations: int
    appointments: int


def sides_of(merchant: Merchant, pair: ContactPair) -> tuple[Side, Side]:
    """The older one first."""
    rows = Contact.objects.for_merchant(merchant).in_bulk([pair.first_id, pair.second_id])
    return _side(merchant, rows[pair.first_id]), _side(merchant, rows[pair.second_id])


def _side(merchant: Merchant, contact: Contact) -> Side:
    leads = (
        Lead.objects.for_merchant(merchant).filter(contact=contact).select_related("stage", "store", "agent")
    )
    return Side(
        contact,
        tuple(contact.details.order_by("pk").values_list("masked", flat=True)),
        tuple(contact.identities.order_by("pk").values_list("platform", flat=True)),
        tuple(leads.order_by("-began_at")[:MOST]),
        contact.conversations.count(),
        Appointment.objects.for_merchant(merchant).filter(lead__contact=contact).count(),
    )


def suggested_pairs(merchant: Merchant) -> list[Pair]:
    """Pairs that nobody has judged, the latest first. A contact that was merged meanwhile stands in none."""
    rows = list(
        ContactPair.objects.for_merchant(merchant)
        .filter(state=ContactPair.State.SUGGESTED, first__merged_into=None, second__merged_into=None)
        .order_by("-pk")[:MOST]
    )
    known = _contacts(merchant, [pk for row in rows for pk in (row.first_id, row.second_id)])
    return [Pair(row, (known[row.first_id], known[row.second_id])) for row in rows]


def merges_to_undo(merchant: Merchant, now: datetime) -> list[Merge]:
    """Merges that stand and can still be taken back, the latest first."""
    rows = Merge.objects.for_merchant(merchant).filter(undone_at=None, undo_until__gt=now)
    return list(rows.select_related("survivor", "absorbed").order_by("-pk")[:MOST])


def _contacts(merchant: Merchant, ids: Sequence[int]) -> dict[int, Contact]:
    rows = Contact.objects.for_merchant(merchant).filter(pk__in=ids)
    counted = rows.annotate(lead_count=Count("leads")).prefetch_related("details")
    return {row.pk: row for row in counted}
