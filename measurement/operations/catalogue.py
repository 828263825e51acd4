"""What is sold and what was shown: products, bloggers, notes, live streams, campaigns.

Every ``put_…`` is an upsert by natural key: it makes the row or brings it to what is stated, leaves alone
what stands already, and never forgets a fact because a later statement is silent about it. What moves
credit (a product's trade, a note's product) marks its lines; margins are history.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, TypeVar

from django.db import models

from measurement.models import (
    Agency,
    Blogger,
    Campaign,
    Category,
    Channel,
    Creative,
    Keyword,
    LiveStream,
    Note,
    Spu,
    SpuMargin,
    Unit,
)
from measurement.operations import asking, marks, rules
from merchants import audit, tenancy
from merchants.models import Merchant

R = TypeVar("R", bound=models.Model)


def put_spu(
    merchant: Merchant, *, code: str, by: str, name: str = "", category: Category | None = None
) -> Spu:
    """A product. Another category is another decision cycle, so its lines are computed anew. Raises
    ``ValueError`` for a new one without name or category."""
    with tenancy.acting_for(merchant):
        before = Spu.objects.for_merchant(merchant).filter(code=code).values_list("category_id", flat=True)
        former = next(iter(before), None)
        if former is None and not (name and category):
            raise ValueError("a new product needs a name and a category")
        row, moved = _put(Spu, merchant, {"code": code}, {"name": name, "category": category})
        if moved:
            audit.record(
                merchant,
                "measurement.spu.set",
                by=by,
                on=row,
                code=code,
                name=row.name,
                category=row.category.code,
            )
        if former is not None and former != row.category_id:
            marks.change(merchant, "spus", spus=[row.pk])
    return row


def put_margin(merchant: Merchant, *, spu: Spu, margin_bp: int, valid_from: date, by: str) -> SpuMargin:
    """The margin of a product in basis points of revenue, from a day on. Stating what holds already
    adds nothing. Raises ``ValueError`` outside of -10,000 to 10,000."""
    if not -10_000 <= margin_bp <= 10_000:
        raise ValueError("a margin lies between -100 % and 100 %")
    with tenancy.acting_for(merchant):
        rows = SpuMargin.objects.for_merchant(merchant).filter(spu=spu, valid_from=valid_from)
        latest: SpuMargin | None = rows.order_by("-id").first()
        if latest is not None and latest.margin_bp == margin_bp:
            return latest
        row: SpuMargin = SpuMargin.objects.create(
            merchant=merchant, spu=spu, margin_bp=margin_bp, valid_from=valid_from, recorded_by=by
        )
        audit.record(
            merchant,
            "measurement.margin.set",
            by=by,
            on=row,
            spu=spu.code,
            margin_bp=margin_bp,
            valid_from=valid_from.isoformat(),
        )
        asking.ask(merchant)
    return row


def put_agency(merchant: Merchant, *, code: str, name: str) -> Agency:
    with tenancy.acting_for(merchant):
        return _put(Agency, merchant, {"code": code}, {"name": name})[0]


def put_blogger(
    merchant: Merchant,
    *,
    external_id: str,
    name: str,
    avatar: str = "",
    followers: int | None = None,
    agency: Agency | None = None,
) -> Blogger:
    stated = {"name": name, "avatar": avatar, "followers": followers, "agency": agency}
    with tenancy.acting_for(merchant):
        return _put(Blogger, merchant, {"external_id": external_id}, stated)[0]


def put_note(
    merchant: Merchant,
    *,
    external_id: str,
    by: str,
    title: str = "",
    cover: str = "",
    blogger: Blogger | None = None,
    spu: Spu | None = None,
    buying_point: str = "",
    scene: str = "",
    is_video: bool | None = None,
    published_at: datetime | None = None,
) -> Note:
    """A note. Channels that carried it learn its blogger and product, and touches by it that name no
    product themselves count for that one from now on."""
    stated = {
        "title": title,
        "cover": cover,
        "blogger": blogger,
        "buying_point": buying_point,
        "scene": scene,
        "is_video": is_video,
        "published_at": published_at,
    }
    with tenancy.acting_for(merchant):
        row, _ = _put(Note, merchant, {"external_id": external_id}, stated)
        if blogger is not None:
            _tell_channels(merchant, {"note": row}, {"blogger": blogger})
        if spu is not None:
            rules.set_note_spu(merchant, note=row, spu=spu, by=by)
    return row


def put_live(
    merchant: Merchant,
    *,
    external_id: str,
    title: str = "",
    blogger: Blogger | None = None,
    curator: Blogger | None = None,
    started_at: datetime | None = None,
    ended_at: datetime | None = None,
) -> LiveStream:
    stated = {
        "title": title,
        "blogger": blogger,
        "curator": curator,
        "started_at": started_at,
        "ended_at": ended_at,
    }
    with tenancy.acting_for(merchant):
        row, _ = _put(LiveStream, merchant, {"external_id": external_id}, stated)
        if blogger is not None:
            _tell_channels(merchant, {"live_stream": row}, {"blogger": blogger})
    return row


def put_campaign(
    merchant: Merchant, *, external_id: str, name: str = "", advertiser_id: str = ""
) -> Campaign:
    stated = {"name": name, "advertiser_id": advertiser_id}
    with tenancy.acting_for(merchant):
        return _put(Campaign, merchant, {"external_id": external_id}, stated)[0]


def put_unit(merchant: Merchant, *, external_id: str, campaign: Campaign, name: str = "") -> Unit:
    with tenancy.acting_for(merchant):
        return _put(Unit, merchant, {"external_id": external_id}, {"campaign": campaign, "name": name})[0]


def put_creative(
    merchant: Merchant,
    *,
    external_id: str,
    name: str = "",
    campaign: Campaign | None = None,
    unit: Unit | None = None,
    note: Note | None = None,
) -> Creative:
    """A creative. Channels of it learn the campaign and the note it shows."""
    stated = {"name": name, "campaign": campaign, "unit": unit, "note": note}
    with tenancy.acting_for(merchant):
        row, moved = _put(Creative, merchant, {"external_id": external_id}, stated)
        if moved:
            facts = {"campaign": campaign, "note": note}
            _tell_channels(
                merchant, {"creative": row}, {name: value for name, value in facts.items() if value}
            )
    return row


def put_keyword(merchant: Merchant, *, word: str) -> Keyword:
    with tenancy.acting_for(merchant):
        return _put(Keyword, merchant, {"word": word}, {})[0]


def _put(model: type[R], merchant: Merchant, key: dict[str, Any], stated: dict[str, Any]) -> tuple[R, bool]:
    """The row with this key, made or brought to what is stated (empty and None state nothing); and
    whether anything moved."""
    said = {name: value for name, value in stated.items() if value not in (None, "")}
    row, made = model.objects.get_or_create(merchant=merchant, **key, defaults=said)  # type: ignore[attr-defined]
    moved = [name for name, value in said.items() if getattr(row, name) != value]
    if not made and moved:
        for name in moved:
            setattr(row, name, said[name])
        row.save(update_fields=moved)
    return row, made or bool(moved)


def _tell_channels(merchant: Merchant, of: dict[str, Any], facts: dict[str, Any]) -> None:
    """Channels made before the content was known; the ledger names the channel, so nothing else moves."""
    for name, value in facts.items():
        rows = Channel.objects.for_merchant(merchant).filter(**of)
        rows.exclude(**{name: value}).update(**{name: value})
