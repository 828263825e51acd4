"""Our own address for leads and messages: signed as Standard Webhooks say, one event a call.

{"type": "lead", "timestamp": "2026-03-01T10:20:30+08:00",
 "data": {"id": "L1", "name": …, "phone": …, "wechat": …, "email": …, "submitted_at": …,
          "answers": {"question": "answer"}, "campaign_id": …, "note_id": …, "test": false}}
{"type": "message", "timestamp": …, "data": {"id": "m1", "user_id": …, "author": "user", "text": …, "sent_at": …}}

``author`` is user (also where it is left out), agent for a human of the shop, bot or auto for a machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leads.channels import signatures
from leads.channels.facts import (
    AUTHORS,
    BODY_LIMIT,
    ORIGIN,
    USER,
    Delivery,
    LeadFact,
    MessageFact,
    Secrets,
    Told,
    Verdict,
)
from leads.channels.words import fields_of, identifier, json_object, shown
from merchants.webhooks import signing
from merchants.wire.shapes import as_list, as_mapping, text_or_none, truth
from merchants.wire.times import utc_from_any

PLATFORM = "own"
REPLY = {"code": 0, "msg": "success"}
TYPES = ("lead", "message")


def judge(delivery: Delivery, secrets: Secrets, now: datetime | None = None) -> Verdict:
    if len(delivery.body) > BODY_LIMIT:
        return Verdict(413, "too_large")
    if why := _unsigned(delivery, secrets, now):
        return Verdict(401, why)
    body = json_object(delivery.body)
    if body is None:
        return Verdict(400, "not_json")
    data = body.get("data")
    if body.get("type") not in TYPES or not isinstance(data, Mapping):
        return Verdict(400, "no_data")
    if body["type"] == "message" and not (identifier(data.get("id")) and identifier(data.get("user_id"))):
        return Verdict(400, "no_message_id")
    if body["type"] == "message" and data.get("author", USER) not in AUTHORS:
        return Verdict(400, "unknown_author")
    return Verdict(200, reply=REPLY)


def told(delivery: Delivery, secrets: Secrets) -> Told:
    body = json_object(delivery.body) or {}
    data, stated_at = as_mapping(body.get("data")), utc_from_any(body.get("timestamp"))
    if body.get("type") == "message":
        return Told(messages=(_message(data, stated_at),))
    return Told(leads=(_lead(data, stated_at),))


def signed(delivery: Delivery) -> bytes:
    given = delivery.headers
    return signing.text(given.get("webhook-id", ""), given.get("webhook-timestamp", ""), delivery.body)


def _unsigned(delivery: Delivery, secrets: Secrets, now: datetime | None) -> str:
    """Why the signature does not hold; empty when it does. Several may be given, one must fit."""
    given, text = delivery.headers.get("webhook-signature", "").split(), signed(delivery)
    try:
        wanted = [signing.sign(token, text) for token in secrets.tokens]
    except ValueError:
        return "secret"
    if secrets.tokens and not any(signatures.matches(one, wanted) for one in given):
        return "signature"
    if now is not None and not signatures.fresh(delivery.headers.get("webhook-timestamp", ""), now):
        return "stale"
    return ""


def _lead(data: Mapping[str, Any], stated_at: datetime | None) -> LeadFact:
    pairs: list[tuple[Any, Any]] = [
        (name, data.get(name)) for name in ("name", "phone", "wechat", "email") if data.get(name) is not None
    ]
    extra = data.get("answers")
    rows = extra.items() if isinstance(extra, Mapping) else ()
    pairs += [
        *rows,
        *((row.get("label"), row.get("value")) for row in map(as_mapping, as_list(extra)) if not rows),
    ]
    found = fields_of(pairs)
    found["city"] = shown(data.get("city")) or found["city"]
    origin = _origin(data)
    origin["platform_user_id"] = origin["platform_user_id"] or identifier(data.get("user_id"))
    return LeadFact(
        platform=PLATFORM,
        external_id=identifier(data.get("id")),
        submitted_at=utc_from_any(data.get("submitted_at")) or stated_at,
        stated_at=stated_at,
        **found,
        **origin,
        is_test=truth(data.get("test")),
    )


def _origin(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: (identifier if name.endswith("_id") else shown)(data.get(name)) for name in ORIGIN}


def _message(data: Mapping[str, Any], stated_at: datetime | None) -> MessageFact:
    text = data.get("text")
    return MessageFact(
        message_id=identifier(data.get("id")) or "",
        author=str(data.get("author", USER)),
        user_id=identifier(data.get("user_id")),
        brand_id=identifier(data.get("account_id")),
        nickname=shown(data.get("nickname")),
        type=text_or_none(data.get("kind")) or "TEXT",
        text=text if isinstance(text, str) else "",
        sent_at=utc_from_any(data.get("sent_at")) or stated_at,
        origin={name: told for name, told in _origin(data).items() if told is not None},
    )
