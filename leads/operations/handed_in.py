"""Leads that people and programs hand in become leads, once each, as those that sources push."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from leads.channels.facts import LeadFact
from leads.operations import arrivals
from merchants import tenancy
from merchants.models import Merchant, RawDelivery, Store


@dataclass(frozen=True, slots=True)
class LeadRow:
    """A lead as it was handed in: when it was left, when we were told; ``store`` is a code, "" for none."""

    fact: LeadFact
    submitted_at: datetime
    stated_at: datetime
    store: str
    skill: str


@dataclass(slots=True)
class Receipt:
    """``received`` = ``added`` + ``repeated``; a repeated one may have brought something new, which is then
    history of its lead."""

    received: int = 0
    added: int = 0
    repeated: int = 0


def put(
    merchant: Merchant, rows: Iterable[LeadRow], *, delivery: RawDelivery | None = None, by: str
) -> Receipt:
    """Takes in leads in any order, as often as you like. In the order of their ids, so that two workers never
    wait for each other."""
    receipt = Receipt()
    with tenancy.acting_for(merchant):
        stores = {store.code: store for store in Store.objects.for_merchant(merchant)}
        told = [(arrivals.id_of(merchant, row.fact), row) for row in rows]
        for key, row in sorted(told, key=lambda one: one[0]):
            _, made = arrivals.take_lead(
                merchant,
                arrivals.stated(
                    row.fact,
                    source=row.fact.platform,
                    external_id=key,
                    submitted_at=row.submitted_at,
                    stated_at=row.stated_at,
                    store=stores.get(row.store),
                    skill=row.skill,
                ),
            )
            receipt.received += 1
            receipt.added += made
            receipt.repeated += not made
    return receipt
