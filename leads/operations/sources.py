"""Sources of leads: opened with an address of their own, kept secrets, switched on and off."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings

from leads.channels import ABROAD, CHANNELS, access, partner_of
from leads.channels.facts import Secrets
from leads.models import Feedback, Message, Source
from merchants import audit, tenancy, vault
from merchants.models import Connection, Merchant, Store
from merchants.operations.supervision import partners

KEPT: dict[str, Any] = {"tokens": [], "key_hex": "", "verify_token": "", "access": {}}


def open_source(
    merchant: Merchant,
    *,
    channel: str,
    name: str,
    by: str,
    tokens: tuple[str, ...] = (),
    key_hex: str = "",
    verify_token: str = "",
    given: Mapping[str, str] | None = None,
    store: Store | None = None,
    skill: str = "",
) -> Source:
    """A new source with a new address; one from outside the country begins switched off. ``given`` is what
    we speak to the source with. Raises ``KeyError`` for an unknown channel."""
    if channel not in CHANNELS:
        raise KeyError(channel)
    told = {
        "tokens": list(tokens),
        "key_hex": key_hex,
        "verify_token": verify_token,
        "access": dict(given or {}),
    }
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
            pull_at=_asked_from(channel, given or {}),
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


def place(
    merchant: Merchant, source: Source, *, store: Store | None, skill: str, labels: Mapping[str, str], by: str
) -> None:
    """Where leads belong that come from now on, and what the labels of its forms mean."""
    with tenancy.acting_for(merchant):
        row = Source.objects.for_merchant(merchant).select_for_update(of=("self",)).get(pk=source.pk)
        row.store, row.skill, row.labels = store, skill.strip(), dict(labels)
        row.save(update_fields=["store", "skill", "labels"])
        audit.record(
            merchant,
            "leads.source.changed",
            by=by,
            on=row,
            store=store.code if store else "",
            skill=row.skill,
        )


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
    numbers = re.findall(r"\d+", told["access"].get("automatic", ""))
    return Secrets(
        tuple(told["tokens"]),
        told["access"].get("key_hex") or told["key_hex"],
        told["verify_token"],
        source.labels,
        frozenset(map(int, numbers)),
    )


def give(merchant: Merchant, source: Source, *, given: Mapping[str, str], by: str) -> None:
    """What we speak to the source with: a text replaces what stood, an empty one takes it away. What waited
    for it is tried at once. Raises ``ValueError`` with the name of one that may not be."""
    told = {
        one.name: given[one.name].strip()
        for one in access.ACCESS.get(source.channel, ())
        if one.name in given
    }
    for name in ("base", "site"):
        if told.get(name) and not access.may_ask(told[name], origins=settings.PARTNER_ORIGINS):
            raise ValueError(name)
    with tenancy.acting_for(merchant):
        row = Source.objects.for_merchant(merchant).select_for_update().get(pk=source.pk)
        kept = _unseal(row)
        kept["access"] = {name: text for name, text in {**kept["access"], **told}.items() if text}
        row.sealed = _seal(merchant, kept)
        row.pull_at, row.pull_failures = _asked_from(row.channel, kept["access"]), 0
        row.save(update_fields=["sealed", "pull_at", "pull_failures"])
        now = datetime.now(UTC)
        Feedback.objects.for_merchant(merchant).filter(state="queued", lead__source=row.channel).update(
            next_at=now
        )
        Message.objects.for_merchant(merchant).filter(delivery="queued", source=row.channel).update(
            next_at=now
        )
        audit.record(merchant, "leads.source.access_given", by=by, on=row, names=sorted(told))


def given_to(source: Source) -> dict[str, str]:
    """What it is spoken to with, filled up with what is usual."""
    return access.known(source.channel, _unseal(source)["access"])


def is_paused(source: Source) -> bool:
    """Whether the operator has paused its platform for all merchants: then it is asked and told nothing."""
    return partners.is_paused(partner_of(source.channel))


def typed(source: Source) -> dict[str, str]:
    """What was given, as it was typed."""
    told: dict[str, str] = _unseal(source)["access"]
    return told


def _asked_from(channel: str, given: Mapping[str, str]) -> datetime | None:
    """A source that can be asked, and with what, is asked from now on."""
    return datetime.now(UTC) if access.open_to(channel, access.PULL, given) else None


def _seal(merchant: Merchant, told: Mapping[str, Any]) -> bytes:
    return vault.seal(json.dumps(told).encode(), about=f"source of leads of {merchant.pk}")


def _unseal(source: Source) -> dict[str, Any]:
    clear = vault.unseal(source.sealed, about=f"source of leads of {source.merchant_id}")
    told: dict[str, Any] = json.loads(clear)
    return KEPT | told
