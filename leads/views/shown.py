"""How pages of the desk show a consultation that waits: how urgent it is, who has it and why, or what would help."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from leads import routing, words
from leads.models import Consultation, Decision
from leads.queries import inbox
from leads.routing import Fails
from merchants.models import Merchant


def urgency(session: Consultation, now: datetime) -> str:
    """late, soon, waiting or answered: the colour and the word of a row. Soon is as the policy says that the
    clock runs by."""
    if session.state != Consultation.State.WAITING or session.due_at is None:
        return "waits" if session.waiting_since else "answered"
    left = session.due_at - now
    return "late" if left < timedelta() else "soon" if left <= inbox.warned_before(session) else "waiting"


def why(merchant: Merchant, decision: Decision | None) -> dict[str, Any]:
    """The latest decision in words: what decided, or who failed for what and what would help soonest."""
    if decision is None:
        return {}
    names = inbox.names_of(merchant, decision)
    failed = [one for one in decision.candidates if one["fails"]]
    nobody = decision.kind == Decision.Kind.NOBODY
    return {
        "kind": decision.get_kind_display(),
        "agent": decision.agent.name if decision.agent else "",
        "because": words.WHY.get(decision.why, ""),
        "failed": [
            {"name": names.get(one["agent"], "–"), "why": words.FAILS[one["fails"]], "of": one}
            for one in failed
        ],
        "nobody": nobody,
        "helps": _helps(failed, names) if nobody else "",
    }


def _helps(failed: list[dict[str, Any]], names: dict[int, str]) -> str:
    """What would let somebody take it, with the names of those it concerns."""
    found = routing.nearest((one["agent"], Fails(one["fails"])) for one in failed)
    if found is None:
        return ""
    hindrance, agents = found
    return str(words.HELPS[hindrance]) % {"names": words.listed(names.get(pk, "–") for pk in agents)}
