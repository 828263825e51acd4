"""Deals: what was agreed, and every payment as a posting. Fen throughout."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db.models import Sum

from leads.models import Deal, DealPosting, Lead
from leads.operations import feedback, stages
from merchants import audit, events, tenancy
from merchants.models import Merchant

Kind = DealPosting.Kind
CHANGED = "leads.deal.changed"
SIGNS = {Kind.DEPOSIT: 1, Kind.BALANCE: 1, Kind.REFUND: -1, Kind.CANCEL: -1}


class Refused(ValueError):
    """The code of why: no_evidence, standing (the lead has a deal), amount, cancelled, too_much."""


def close(
    merchant: Merchant,
    lead: Lead,
    *,
    fen: int,
    closed_at: datetime,
    order_number: str = "",
    evidence: str = "",
    by: str,
) -> Deal:
    """A lead bought something worth ``fen``; it is won. Raises :class:`Refused` and writes nothing."""
    if fen < 0:
        raise Refused("amount")
    if not (order_number.strip() or evidence.strip()):
        raise Refused("no_evidence")
    with tenancy.acting_for(merchant):
        row = Lead.objects.for_merchant(merchant).select_for_update(of=("self",)).get(pk=lead.pk)
        if row.deals.filter(cancelled_at=None).exists():
            raise Refused("standing")
        deal: Deal = Deal.objects.create(
            merchant=merchant,
            lead=row,
            fen=fen,
            currency=merchant.currency,
            closed_at=closed_at,
            order_number=order_number.strip()[:64],
            evidence=evidence.strip()[:200],
            agent_id=row.agent_id,
            recorded_by=by,
        )
        audit.record(merchant, "leads.deal.closed", by=by, on=deal, lead=row.pk, fen=fen)
        if row.stage.code != "won":
            stages.move(merchant, lead, to="won", by=by, now=closed_at)
        else:  # a deal before this one was cancelled
            feedback.reached(merchant, row, at=closed_at)
        events.tell(merchant, CHANGED, _told(deal))
    return deal


def post(
    merchant: Merchant,
    deal: Deal,
    *,
    kind: str,
    fen: int,
    reference: str,
    by: str,
    posted_at: datetime | None = None,
) -> DealPosting:
    """Money of a deal; ``fen`` > 0 is what was paid, or given back on a refund or a cancellation (which may be
    0 when a deposit is kept). The same reference again is the same posting. Nobody pays more than was agreed
    and nobody gets back more than was paid."""
    moment = posted_at or datetime.now(UTC)
    with tenancy.acting_for(merchant):
        row = Deal.objects.for_merchant(merchant).select_for_update(of=("self",)).get(pk=deal.pk)
        known = row.postings.filter(kind=kind, reference=reference).first()
        if known is not None:
            return known
        if row.cancelled_at is not None:
            raise Refused("cancelled")
        if fen < 0 or (fen == 0 and kind != Kind.CANCEL) or not reference.strip():
            raise Refused("amount")
        paid = paid_of(row)
        signed = SIGNS[Kind(kind)] * fen
        if paid + signed > row.fen or paid + signed < 0:
            raise Refused("too_much")
        made: DealPosting = DealPosting.objects.create(
            merchant=merchant,
            deal=row,
            kind=kind,
            fen=signed,
            reference=reference.strip()[:64],
            posted_at=moment,
            recorded_by=by,
        )
        if kind == Kind.CANCEL:
            row.cancelled_at = moment
            row.save(update_fields=["cancelled_at"])
            stages.deal_cancelled(merchant, row.lead, by=by, now=moment)
        audit.record(merchant, "leads.deal.posted", by=by, on=row, kind=kind, fen=signed)
        events.tell(merchant, CHANGED, _told(row))
    return made


def paid_of(deal: Deal) -> int:
    """What was paid and not given back."""
    return int(deal.postings.aggregate(fen=Sum("fen"))["fen"] or 0)


def _told(deal: Deal) -> dict[str, Any]:
    """What others learn of a deal: amounts and times, and whose by the platform's id; no name."""
    postings = list(deal.postings.order_by("pk").values("kind", "fen", "posted_at"))
    lead = deal.lead
    identities = lead.contact.identities.filter(platform=lead.source).order_by("pk")
    return {
        "deal": deal.pk,
        "statement": len(postings) + (deal.cancelled_at is not None),
        "lead": lead.pk,
        "source": lead.source,
        "platform_user": identities.values_list("external_id", flat=True).first() or "",
        "fen": deal.fen,
        "currency": deal.currency,
        "closed_at": deal.closed_at.isoformat(),
        "cancelled_at": deal.cancelled_at.isoformat() if deal.cancelled_at else None,
        "paid_fen": sum(row["fen"] for row in postings if row["fen"] > 0),
        "refunded_fen": -sum(row["fen"] for row in postings if row["fen"] < 0),
        "skill": lead.skill,
        "origin": lead.origin,
    }
