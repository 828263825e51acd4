"""What programs of the merchant hear of its application and its papers: codes and ids, never what a paper says."""

from __future__ import annotations

from merchants import events
from merchants.models import Application, ApplicationItem, DocumentVersion

MOVED, RECEIVED, DECIDED = "application.moved", "document.received", "document.decided"


def moved(case: Application, before: str) -> None:
    """Announces that a case is in another state, inside the transaction that wrote so."""
    if before and case.state != before:  # describing it anew moves it nowhere
        told = {
            "application_id": case.pk,
            "before": str(before),
            "after": str(case.state),
            "round": case.round,
        }
        events.announce(case.merchant, MOVED, told)


def received(row: DocumentVersion) -> None:
    """Announces a paper that was handed in."""
    told = {"document_id": row.pk, "requirement": row.item.key, "number": row.number, "receipt": row.receipt}
    events.announce(row.merchant, RECEIVED, told)


def decided(item: ApplicationItem, paper: DocumentVersion | None) -> None:
    """Announces what a reviewer said of an answer; with two pairs of eyes after each of them."""
    told = {"requirement": item.key, "state": str(item.state), "reason": item.reason or None}
    events.announce(item.merchant, DECIDED, {"document_id": paper.pk if paper else None, **told})
