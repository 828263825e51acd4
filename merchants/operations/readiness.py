"""A merchant says what it has in place for a category, and launches it."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone

from merchants import audit, tenancy
from merchants.models import Launch, Merchant, ReadinessAnswer
from merchants.onboarding.checks import plain
from merchants.onboarding.requirements import Capability, Kind
from merchants.queries import onboarding, readiness
from merchants.readiness.launching import Held, Mode, let_through

__all__ = ["Held", "attest", "launch"]


def attest(
    merchant: Merchant, trade: str, key: str, values: Mapping[str, str], *, by: str
) -> ReadinessAnswer:
    """Keeps what was filled in, right or wrong; the page tells what is wrong. Raises ``KeyError`` for what the
    category does not ask a merchant to say."""
    with tenancy.acting_for(merchant):
        asked = readiness.readiness_of(merchant, trade, timezone.localdate())
        said = {one.key: one for one in asked.requirements if one.key not in asked.papers}
        if said[key].kind != Kind.ATTESTED:
            raise KeyError(key)
        row: ReadinessAnswer
        row, _ = ReadinessAnswer.objects.update_or_create(
            merchant=merchant,
            trade=trade,
            key=key,
            defaults={
                "values": {field.key: plain(values.get(field.key, ""))[:200] for field in said[key].fields},
                "answered_by": by,
            },
        )
        audit.record(merchant, "merchants.readiness.answered", by=by, on=row, trade=trade, key=key)
    return row


def launch(merchant: Merchant, trade: str, *, knowing: bool, by: str) -> Launch:
    """Begins in a category, once; asked again it changes nothing. Raises :class:`Held` where the gate keeps it:
    ``knowing`` says that the merchant has read what is open. What restricts selling or launching of a merchant that
    is in holds it whatever the gate."""
    with tenancy.acting_for(merchant):
        found = readiness.readiness_of(merchant, trade, timezone.localdate())
        if found.launch is not None:
            return found.launch
        if waits := _out(merchant, found):
            raise Held(Mode.BLOCK, waits)
        let_through(found.gate, found.open, knowing=knowing)
        row: Launch
        row, made = Launch.objects.get_or_create(
            merchant=merchant,
            trade=trade,
            defaults={
                "gate": found.gate.mode.value,
                "open_items": list(found.open),
                "sets": found.sets,
                "launched_by": by,
            },
        )
        if made:
            audit.record(merchant, "merchants.category.launched", by=by, on=row, trade=trade)
    return row


def _out(merchant: Merchant, found: readiness.Readiness) -> tuple[str, ...]:
    """Keys of the category's papers that restrict what a launch is for."""
    waits = onboarding.restricted(merchant, timezone.localdate())
    keys = {key for one in (Capability.GO_LIVE, Capability.SELL) for key in waits.get(one, ())}
    return tuple(one.key for one in found.requirements if one.key in keys & found.papers)
