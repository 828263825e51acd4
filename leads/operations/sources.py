"""Sources of leads: opened with an address of their own, kept secrets, switched on and off."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any

from leads.channels import ABROAD, CHANNELS
from leads.channels.facts import Secrets
from leads.models import Source
from merchants import audit, tenancy, vault
from merchants.models import Connection, Merchant, Store

KEPT = ("tokens", "key_hex", "verify_token", "access")


def open_source(
    merchant: Merchant,
    *,
    channel: str,
    name: str,
    by: str,
    tokens: tuple[str, ...] = (),
    key_hex: str = "",
    verify_token: str = "",
    access: str = "",
    store: Store | None = None,
    skill: str = "",
) -> Source:
    """A new source with a new address; one from outside the country begins switched off. ``access`` is what
    we ask the source with. Raises ``KeyError`` for an unknown channel."""
    if channel not in CHANNELS:
        raise KeyError(channel)
    told = {"tokens": list(tokens), "key_hex": key_hex, "verify_token": verify_token, "access": access}
    address = f"{merchant.public_id.hex}{secrets.token_hex(16)}"
    with tenancy.acting_for(merchant):
        connection = Connection.objects.create(
            merchant=merchant, source=channel, shop=address[32:48], name=name[:120]
        )
        row: Source = Source.objects.create(
            merchant=merchant,
            connection=connection,
            channel=channel,
            address=address,
            sealed=_seal(merchant, told),
            active=channel not in ABROAD,
            store=store,
            skill=skill,
        )
        audit.record(merchant, "leads.source.opened", by=by, on=row, channel=channel)
    return row


def switch(merchant: Merchant, source: Source, *, active: bool, by: str) -> None:
    """A source that is switched off answers 404, as if it did not exist."""
    with tenancy.acting_for(merchant):
        Source.objects.for_merchant(merchant).filter(pk=source.pk).update(active=active)
        audit.record(merchant, "leads.source.switched", by=by, on=source, active=active)


def replace_token(merchant: Merchant, source: Source, *, token: str, by: str) -> None:
    """A new token beside the last one, so that what is signed with either is taken while it changes."""
    with tenancy.acting_for(merchant):
        row = Source.objects.for_merchant(merchant).select_for_update().get(pk=source.pk)
        told = _unseal(row)
        told["tokens"] = [token, *told["tokens"][:1]]
        row.sealed = _seal(merchant, told)
        row.save(update_fields=["sealed"])
        audit.record(merchant, "leads.source.token_replaced", by=by, on=row)


def secrets_of(source: Source) -> Secrets:
    """What its deliveries are judged and read with."""
    told = _unseal(source)
    return Secrets(tuple(told["tokens"]), told["key_hex"], told["verify_token"], source.labels)


def access_of(source: Source) -> str:
    """What the source is asked with; empty when it is not asked."""
    return str(_unseal(source)["access"])


def _seal(merchant: Merchant, told: Mapping[str, Any]) -> bytes:
    return vault.seal(json.dumps(told).encode(), about=f"source of leads of {merchant.pk}")


def _unseal(source: Source) -> dict[str, Any]:
    clear = vault.unseal(source.sealed, about=f"source of leads of {source.merchant_id}")
    told: dict[str, Any] = json.loads(clear)
    return dict.fromkeys(KEPT, "") | told
