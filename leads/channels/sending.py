"""Replies as the source takes them: the message interface of Xiaohongshu's reply tools (pure)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from leads.channels import access, calls, signatures
from leads.channels.calls import Ask, Outcome, Took

PATH = "/api/open/im/third/send"
SENDERS = frozenset({"xiaohongshu_im"})
"""Sources that take replies from us."""
BINDING = "https://ad.xiaohongshu.com/api/leona/three/im/account/add?appId={app_id}&token={token}"
"""Where the merchant lets the platform deliver an account's messages to us."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A reply. ``number`` makes two sendings of it one; ``brand_id`` is the account that writes, ``user_id``
    the person; empty ones are unknown."""

    number: str
    brand_id: str
    user_id: str
    text: str
    written_at: datetime


def send(ask: Ask, message: Outgoing, given: Mapping[str, str], key_hex: str, iv: bytes) -> Outcome:
    """Sends one reply; ``iv`` is 16 random bytes. Raises :class:`~leads.channels.calls.Unreachable`; then it
    may have arrived. The answer has no number of its own."""
    if not access.open_to("xiaohongshu_im", access.SEND, given):
        return Outcome(Took.WAITS, "no_access")
    if not (message.brand_id and message.user_id):
        return Outcome(Took.REJECTED, "no_address")
    clear = json.dumps({"text": message.text}, ensure_ascii=False, separators=(",", ":")).encode()
    told = {
        "user_id": message.brand_id,
        "request_id": message.number,
        "message_type": "TEXT",
        "from_user_id": message.brand_id,
        "to_user_id": message.user_id,
        "third_account_id": given["third_account_id"],
        "timestamp": int(message.written_at.timestamp() * 1000),
        "content": signatures.encipher(clear, key_hex, iv),
    }
    return calls.red(ask(calls.posted(given["base"] + PATH, told)))
