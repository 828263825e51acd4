"""Sources that push: what they send is signed by hand, answered by the address and read as a worker reads it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from django.test import Client

from leads.models import Source
from leads.operations import deliveries, sources
from merchants.models import Merchant, RawDelivery
from tests.leads.channels import wire

WHSEC = "whsec_" + base64.b64encode(b"a secret of twenty-four b").decode()
NOON = 1772337600000  # 1 March 2026, 12:00 in Shanghai, in milliseconds
SECOND, MINUTE, HOUR = 1000, 60_000, 3_600_000


def pages(merchant: Merchant) -> Source:
    """A landing page of the platform."""
    return sources.open_source(
        merchant, channel="xiaohongshu_form", name="Page", tokens=(wire.TOKEN,), by="user:1"
    )


def chats(merchant: Merchant, **given: str) -> Source:
    """Private messages of an account."""
    return sources.open_source(
        merchant, channel="xiaohongshu_im", name="Chats", key_hex=wire.KEY_HEX, given=given, by="user:1"
    )


def own(merchant: Merchant) -> Source:
    """Our own signed address."""
    return sources.open_source(merchant, channel="own", name="Own", tokens=(WHSEC,), by="user:1")


def push(source: Source, told: Any, *, below: str = "", token: str = wire.TOKEN) -> int:
    """The status that a push is answered with."""
    body = told if isinstance(told, bytes) else json.dumps(told, ensure_ascii=False).encode()
    signed = wire.red(body, token) if source.channel == "xiaohongshu_form" else {}
    if source.channel == "own":
        signed = webhook(body)
    answer = Client().post(
        f"/in/{source.address}/{below}", data=body, content_type="application/json", headers=signed
    )
    return answer.status_code


def webhook(body: bytes) -> dict[str, str]:
    """What Standard Webhooks sign a body with."""
    sent, key = str(int(time.time())), base64.b64decode(WHSEC.removeprefix("whsec_"))
    told = hmac.new(key, f"msg_1.{sent}.".encode() + body, hashlib.sha256).digest()
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": sent,
        "webhook-signature": "v1," + base64.b64encode(told).decode(),
    }


def read(merchant: Merchant) -> None:
    """What workers do with everything that waits."""
    waiting = RawDelivery.objects.filter(state=RawDelivery.State.RECEIVED).order_by("pk")
    for pk in list(waiting.values_list("pk", flat=True)):
        deliveries.take(merchant, pk)


def brought(source: Source, *told: Any, below: str = "") -> None:
    """Each is pushed, taken with 200 and read before the next comes."""
    for one in told:
        assert push(source, one, below=below) == 200
        read(source.merchant)


def said(source: Source, who: str, *, at: int, by: int = 1, text: str = "你好") -> None:
    """A message of a conversation with ``who``; ``by`` is the platform's number for who wrote it (1: they did)."""
    ends = ("brand", who) if by != 1 else (who, "brand")
    told = wire.message(
        f"{who}-{at}-{by}", text, timestamp=at, message_source=by, from_user_id=ends[0], to_user_id=ends[1]
    )
    brought(source, told, below="api/open/im/send")
