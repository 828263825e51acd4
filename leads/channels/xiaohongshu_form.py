"""Xiaohongshu landing pages: one form a call, HMAC-SHA1 over the raw body."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from leads.channels import signatures
from leads.channels.facts import BODY_LIMIT, Delivery, LeadFact, Secrets, Told, Verdict
from leads.channels.words import fields_of, identifier, json_object, shown
from merchants.wire.shapes import as_list, as_mapping
from merchants.wire.times import utc_from_any

PLATFORM = "xiaohongshu_form"
TEST_ID = "test"
REPLY = {"code": 0, "msg": "success"}


def judge(delivery: Delivery, secrets: Secrets, now: datetime | None = None) -> Verdict:
    """The signature first, where a token is set; then whether ``data`` of the JSON body is an object."""
    if len(delivery.body) > BODY_LIMIT:
        return Verdict(413, "too_large")
    wanted = [signatures.red(token, delivery.body) for token in secrets.tokens]
    if wanted and not signatures.matches(delivery.headers.get("x-red-signature", ""), wanted):
        return Verdict(401, "signature")
    body = json_object(delivery.body)
    if body is None:
        return Verdict(400, "not_json")
    if not isinstance(body.get("data"), Mapping):
        return Verdict(400, "no_data")
    return Verdict(200, reply=REPLY)


def told(delivery: Delivery, secrets: Secrets) -> Told:
    body = json_object(delivery.body) or {}
    data = as_mapping(body.get("data"))
    rows = [as_mapping(row) for row in as_list(data.get("data"))]
    external_id = identifier(data.get("leads_id"))
    fact = LeadFact(
        platform=PLATFORM,
        external_id=external_id,
        submitted_at=utc_from_any(data.get("submitted_time")),
        stated_at=utc_from_any(body.get("timestamp")),
        **fields_of(((row.get("label"), row.get("value")) for row in rows if row), secrets.labels),
        landing_page_id=identifier(data.get("landing_page_id")),
        page_url=shown(data.get("url")),
        account_id=identifier(data.get("account_id")),
        account_name=shown(data.get("account_name")),
        campaign_id=identifier(data.get("campaign_id")),
        campaign_name=shown(data.get("campaign_name")),
        unit_id=identifier(data.get("unit_id")),
        unit_name=shown(data.get("unit_name")),
        creative_id=identifier(data.get("creative_id")),
        keyword=shown(data.get("keyword")),
        source_channel=shown(data.get("source_channel")),
        platform_user_id=identifier(data.get("user_id")),
        note_id=identifier(data.get("note_id")),
        live_room_id=identifier(data.get("live_room_id")),
        is_test=external_id == TEST_ID,
    )
    return Told(leads=(fact,))


def signed(delivery: Delivery) -> bytes:
    return delivery.body
