"""Xiaohongshu private messages: what the platform calls us with, and the leads of conversations.

``content`` is enciphered; only who has the key can have made it, and nothing else is signed. The fields of
a conversation's lead are not published, so known names are taken and unknown ones do no harm.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leads.channels import signatures
from leads.channels.facts import (
    AGENT,
    AUTO,
    BODY_LIMIT,
    USER,
    AccountFact,
    Delivery,
    LeadFact,
    MessageFact,
    Secrets,
    Told,
    Verdict,
)
from leads.channels.signatures import Undecipherable
from leads.channels.words import fields_of, identifier, json_object, shown
from merchants.wire.shapes import as_list, as_mapping, integer, text_or_none
from merchants.wire.times import utc_from_any

PLATFORM = "xiaohongshu_im"
REPLY = {"code": 0, "msg": "", "success": True}
FROM_USER = 1
SEND, LEAD = "/im/send", "/third/data"
BIND, UNBIND, STAFF = "/third/bind_account", "/third/unbind_account", "/auth/bind_user/event"
EVENTS = (BIND, UNBIND, STAFF, "/intent/comment")
ACTIVE, CANCELLED = 2, 4  # ``auth_status`` of a staff account
_NAMES: Mapping[str, tuple[str, ...]] = {
    "external_id": ("lead_id", "leads_id"),
    "platform_user_id": ("user_id", "from_user_id"),
    "conversation_id": ("conversation_id", "session_id"),
    "note_id": ("note_id",),
    "live_room_id": ("live_room_id", "room_id"),
    "account_id": ("account_id", "advertiser_id"),
    "campaign_id": ("campaign_id",),
    "unit_id": ("unit_id",),
    "creative_id": ("creative_id", "creativity_id"),
}
_CAME_BY = ("note_id", "live_room_id", "account_id", "campaign_id", "unit_id", "creative_id")
_TIMES = ("submitted_time", "submitted_at", "time", "create_time", "timestamp")
_CONTACTS = ("name", "phone", "mobile", "wechat", "wechat_id", "weixin", "email", "city")


def judge(delivery: Delivery, secrets: Secrets, now: datetime | None = None) -> Verdict:
    """Good when the body is a JSON object, what is enciphered in it can be read, and it is what its path says."""
    if len(delivery.body) > BODY_LIMIT:
        return Verdict(413, "too_large")
    body = json_object(delivery.body)
    if body is None:
        return Verdict(400, "not_json")
    try:
        clear = _clear(body, secrets)
    except Undecipherable:
        return Verdict(400, "not_decrypted")
    kind = kind_of(delivery.path, body)
    if kind == "message" and text_or_none(body.get("message_id")) is None:
        return Verdict(400, "no_message_id")
    if kind == "message" and body.get("content") in (None, ""):
        return Verdict(400, "not_decrypted")
    if kind == "lead" and clear is None:
        return Verdict(400, "no_data")
    if kind == "event" and clear is None and "content" in body:
        return Verdict(400, "not_decrypted")
    if kind == "unknown":
        return Verdict(400, "unknown_call")
    return Verdict(200, reply=REPLY)


def kind_of(path: str, body: Mapping[str, Any]) -> str:
    """``message``, ``lead``, ``event`` or ``unknown``: by the path, without one by the names in the body."""
    path = path.rstrip("/")
    if path.endswith(SEND):
        return "message"
    if path.endswith(LEAD):
        return "lead"
    if path.endswith(EVENTS):
        return "event"
    if "message_id" in body:
        return "message"
    return "lead" if "content" in body or isinstance(body.get("data"), Mapping) else "unknown"


def told(delivery: Delivery, secrets: Secrets) -> Told:
    body = json_object(delivery.body) or {}
    kind = kind_of(delivery.path, body)
    try:
        clear = _clear(body, secrets)
    except Undecipherable:
        return Told(problems=("not_decrypted",))
    if kind == "message":
        return Told(messages=(_message(body, clear or {}, secrets.automatic),))
    if kind == "event":
        return Told(
            accounts=_accounts(delivery.path.rstrip("/"), clear) if clear and body.get("content") else ()
        )
    return Told(leads=(_lead(body, clear or {}),)) if kind == "lead" else Told()


def signed(delivery: Delivery) -> bytes:
    """Nothing is signed; what only the holder of the key can have made is ``content``."""
    content = (json_object(delivery.body) or {}).get("content")
    return content.encode() if isinstance(content, str) else b""


def _clear(body: Mapping[str, Any], secrets: Secrets) -> Mapping[str, Any] | None:
    """The enciphered object in ``content``, else the plain one in ``data``; None when there is neither."""
    content = body.get("content")
    if content in (None, ""):
        plain = body.get("data")
        if isinstance(plain, str):
            plain = json_object(plain.encode())
        return plain if isinstance(plain, Mapping) else None
    if not isinstance(content, str):
        raise Undecipherable("type")
    found = json_object(signatures.decipher(content, secrets.key_hex))
    if found is None:
        raise Undecipherable("no object")
    return found


def _accounts(path: str, clear: Mapping[str, Any]) -> tuple[AccountFact, ...]:
    """Whose messages come to us from now on, or no more: of the account itself, or of one of its staff."""
    if path.endswith(STAFF):
        user_id, status = identifier(clear.get("kos_user_id")), integer(clear.get("auth_status"))
        name = shown(clear.get("kos_nick_name"))
        bound = {ACTIVE: True, CANCELLED: False}.get(status or 0)
    else:
        user_id, name = identifier(clear.get("user_id")), shown(clear.get("nick_name"))
        bound = {BIND: True, UNBIND: False}.get(
            next((end for end in (BIND, UNBIND) if path.endswith(end)), "")
        )
    return (AccountFact(user_id, bound, name),) if user_id and bound is not None else ()


def _message(body: Mapping[str, Any], clear: Mapping[str, Any], automatic: frozenset[int]) -> MessageFact:
    """Who wrote is a number, of which only the person's is published; the merchant may know which are a
    machine's, and any other is taken for a human of the shop."""
    written_by = integer(body.get("message_source"))
    from_user = written_by == FROM_USER
    ends = [identifier(body.get(name)) for name in ("from_user_id", "to_user_id")]
    user_id, brand_id = ends if from_user else reversed(ends)
    people = [as_mapping(one) for one in as_list(body.get("user_info"))]
    nickname = next(
        (shown(one.get("nickname")) for one in people if identifier(one.get("user_id")) == user_id), None
    )
    ids = _ids({**body, **clear})
    kind = text_or_none(body.get("message_type")) or "TEXT"
    text = clear.get("text")
    return MessageFact(
        message_id=text_or_none(body.get("message_id")) or "",
        author=USER if from_user else AUTO if written_by in automatic else AGENT,
        user_id=user_id,
        brand_id=brand_id,
        nickname=nickname,
        type=kind,
        text=text if isinstance(text, str) and kind == "TEXT" else "",
        sent_at=utc_from_any(body.get("timestamp")),
        origin={name: ids[name] for name in _CAME_BY if ids[name] is not None},
    )


def _ids(told: Mapping[str, Any]) -> dict[str, Any]:
    """Each id under the first of its names that tells one; None is unknown."""
    return {
        name: next((one for key in keys if (one := identifier(told.get(key)))), None)
        for name, keys in _NAMES.items()
    }


def _lead(body: Mapping[str, Any], clear: Mapping[str, Any]) -> LeadFact:
    times = [moment for name in _TIMES if (moment := utc_from_any(clear.get(name)))]
    pairs: list[tuple[Any, Any]] = [
        (name, clear.get(name)) for name in _CONTACTS if clear.get(name) not in (None, "")
    ]
    rows = [as_mapping(row) for row in as_list(clear.get("answers"))]
    pairs += [(row.get("label"), row.get("value")) for row in rows if "label" in row]
    found = fields_of(pairs)
    found["answers"] = tuple(pair for pair in found["answers"] if pair[0] not in _CONTACTS)
    sent_at = utc_from_any(body.get("timestamp"))
    return LeadFact(
        platform=PLATFORM,
        **_ids({**body, **clear}),
        **found,
        submitted_at=times[0] if times else sent_at,
        stated_at=sent_at or (times[0] if times else None),
        source_channel=shown(clear.get("source")),
        keyword=shown(clear.get("keyword")),
        campaign_name=shown(clear.get("campaign_name")),
        unit_name=shown(clear.get("unit_name")),
    )
