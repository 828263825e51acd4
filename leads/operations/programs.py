"""What programs of the merchant hear of leads: that there is one, and where it stands. Ids, never a contact."""

from __future__ import annotations

from datetime import UTC

from leads.models import Lead, StageMove
from merchants import events
from merchants.models import Merchant

CREATED, MOVED = "lead.created", "lead.moved"


def tell(merchant: Merchant, lead: Lead, move: StageMove) -> None:
    """Announces a move, inside the transaction that wrote it. The one that begins the history of a lead says that
    it was created; a move taken back is one more, and ``undone``."""
    told = {
        "lead_id": lead.pk,
        "source": lead.source,
        "source_lead_id": lead.external_id,
        "stage": move.after.code,
        "at": move.moved_at.astimezone(UTC).isoformat(),
        "store": lead.store.code if lead.store else None,
        "note_id": lead.note_id or None,
        "campaign_id": lead.campaign_id or None,
    }
    if move.before is None:
        events.announce(merchant, CREATED, told)
        return
    reason = move.reason.code if move.reason else None
    moved = {"before": move.before.code, "reason": reason, "undone": move.undoes_id is not None}
    events.announce(merchant, MOVED, {**told, **moved})
