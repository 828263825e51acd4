"""Douyin Feiyu: leads are pulled by time; a pushed row has the same names, all values text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from leads.channels.facts import BODY_LIMIT, Delivery, LeadFact, Secrets, Told, Verdict
from leads.channels.words import fields_of, identifier, json_object, shown
from merchants.wire.shapes import as_list, as_mapping, integer
from merchants.wire.times import utc_from_any

PLATFORM = "feiyu"
PAGE = 100  # rows at most in an answer
REPLY = {"code": 0, "msg": "success"}


def judge(delivery: Delivery, secrets: Secrets, now: datetime | None = None) -> Verdict:
    """For recorded pushes only: no signature of theirs is published, so no address of ours takes them."""
    if len(delivery.body) > BODY_LIMIT:
        return Verdict(413, "too_large")
    body = json_object(delivery.body)
    if body is None:
        return Verdict(400, "not_json")
    return Verdict(200, reply=REPLY) if identifier(body.get("id")) else Verdict(400, "no_data")


def told(delivery: Delivery, secrets: Secrets) -> Told:
    """A pushed row, or the rows of an answer that was kept."""
    if delivery.method == "GET":
        return page(json_object(delivery.body))
    return Told(leads=(_lead(json_object(delivery.body) or {}),))


def signed(delivery: Delivery) -> bytes:
    return b""


def page(answer: Any) -> Told:
    """The rows of an answer to a pull; one without an id is a problem."""
    found = [as_mapping(row) for row in as_list(rows(answer))]
    facts = [_lead(row) for row in found if identifier(row.get("id") or row.get("clue_id"))]
    return Told(leads=tuple(facts), problems=("no_id",) * (len(found) - len(facts)))


def rows(answer: Any) -> list[Any] | None:
    """The rows as they stand in an answer; None when it has no place for any."""
    found = _envelope(answer).get("data")
    return found if isinstance(found, list) else None


def count(answer: Any) -> int | None:
    """How many rows the whole span has."""
    return integer(_envelope(answer).get("count"))


def _envelope(answer: Any) -> Mapping[str, Any]:
    """``{count, data: [...]}``, also one level deeper."""
    told = as_mapping(answer)
    inner = told.get("data")
    return inner if isinstance(inner, Mapping) and isinstance(inner.get("data"), list) else told


def _lead(row: Mapping[str, Any]) -> LeadFact:
    pairs = [("姓名", row.get("name")), ("电话", row.get("telphone") or row.get("telephone"))]
    pairs += [("微信", row.get("weixin")), ("邮箱", row.get("email"))]
    extra = row.get("remark_dict")
    if isinstance(extra, str):
        extra = json_object(extra.encode("utf-8", "replace"))
    pairs += list(as_mapping(extra).items())
    found = fields_of(pair for pair in pairs if pair[1] not in (None, ""))
    found["city"] = found["city"] or shown(row.get("city_name"))
    return LeadFact(
        platform=PLATFORM,
        external_id=identifier(row.get("id") or row.get("clue_id")),
        submitted_at=utc_from_any(row.get("create_time")),
        stated_at=utc_from_any(row.get("modify_time")) or utc_from_any(row.get("create_time")),
        **found,
        landing_page_id=identifier(row.get("site_id")),
        account_id=identifier(row.get("adv_id")),
        account_name=shown(row.get("adv_name")),
        campaign_id=identifier(row.get("project_id") or row.get("campaign_id")),
        unit_id=identifier(row.get("promotion_id")) or identifier(row.get("ad_id")),
        unit_name=shown(row.get("promotion_name") or row.get("ad_name")),
        creative_id=identifier(row.get("creative_id")),
        source_channel=shown(row.get("clue_source")),
        live_room_id=identifier(row.get("live_room_id") or row.get("room_id")),
    )
