"""What the operator of the installation decides about a merchant."""

from __future__ import annotations

from merchants import audit, tenancy
from merchants.models import Connection, Merchant


def set_sensitive(merchant: Merchant, *, sensitive: bool, by: str) -> None:
    """Lists the merchant's trade as sensitive, which switches evidence of its orders off, or unlists it."""
    with tenancy.acting_for(merchant):
        changed = Merchant.objects.filter(pk=merchant.pk).exclude(sensitive_trade=sensitive)
        if changed.update(sensitive_trade=sensitive):
            audit.record(merchant, "merchants.trade.set", by=by, on=merchant, sensitive=sensitive)


def pause(merchant: Merchant, connection_id: int, *, paused: bool, by: str) -> None:
    """Stops asking a source, or asks it again; a paused source is not missed."""
    with tenancy.acting_for(merchant):
        rows = Connection.objects.for_merchant(merchant).filter(pk=connection_id).exclude(paused=paused)
        if rows.update(paused=paused):
            audit.record(
                merchant,
                "merchants.source.paused" if paused else "merchants.source.resumed",
                by=by,
                on=Connection(pk=connection_id),
            )
