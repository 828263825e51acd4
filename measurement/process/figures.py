"""The figures of the process, made from sums (pure): no rate is ever added or averaged.

Two sources stand side by side and are never added: what the ad system and the blogger market report, and the
touchpoints that this merchant holds. ``None`` is unknown and stays unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from measurement.choices import TouchKind
from measurement.computed import computes
from measurement.metrics import ratio
from measurement.process.engagement import Definition, Part, engagement

REPORTED = (
    "impression", "click", "like", "collect", "comment", "share", "follow", "screenshot",
    "search_cmt_after_read", "search_cmt_click", "i_user_num", "ti_user_num", "goods_visit",
    "seller_visit", "external_goods_visit_24h", "video_play_5s_cnt",
)  # fmt: skip
"""Counts of an ad report that are summed over its rows of one level. Those of people (``i_user_num``,
``ti_user_num``) are sums of the platform's daily counts: one person may be new to two creatives."""

REPORTED_PARTS = {
    Part.LIKE: "like", Part.SAVE: "collect", Part.COMMENT: "comment", Part.SHARE: "share",
    Part.FOLLOW: "follow", Part.SCREENSHOT: "screenshot",
}  # fmt: skip
TOUCHED_PARTS = {
    Part.LIKE: TouchKind.LIKE, Part.SAVE: TouchKind.SAVE, Part.COMMENT: TouchKind.COMMENT,
    Part.SHARE: TouchKind.SHARE, Part.SCREENSHOT: TouchKind.SCREENSHOT,
}  # fmt: skip
NOTE_PARTS = {
    Part.LIKE: "like_num", Part.SAVE: "fav_num", Part.COMMENT: "cmt_num", Part.SHARE: "share_num",
}  # fmt: skip
NOTE_TOTALS = ("imp_num", "read_num", *NOTE_PARTS.values())
"""Running totals of a paid note in the blogger market's report: as of its date, not of a period."""


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums of one row. ``cost`` is everything stated; ``stated`` the cost of those report rows that tell a
    count, by count, so that a price is never taken of cost without the count; ``clicks_shown`` the clicks of
    rows that tell impressions too. ``notes``: totals to date of the notes of the row, ``hits`` of them hits
    and ``judged`` those of which it is known."""

    cost: int | None = None
    reported: Mapping[str, int] = field(default_factory=dict)
    stated: Mapping[str, int] = field(default_factory=dict)
    clicks_shown: int | None = None
    touches: Mapping[str, int | None] = field(default_factory=dict)
    people: Mapping[str, int | None] = field(default_factory=dict)
    notes: Mapping[str, int] = field(default_factory=dict)
    hits: int | None = None
    judged: int = 0


Figure = int | Decimal | None


def figures(sums: Sums, definition: Definition) -> dict[str, Figure]:
    """Every figure of a row by its code; what cannot be known is None. People of our own layers come from other
    sums: :func:`layered` puts them in."""
    return {
        "cost": sums.cost,
        **_delivery(sums),
        **_engagement(sums, definition),
        **_seeding(sums),
        **_touched(sums, definition),
        **_notes(sums, definition),
        **layered(sums.cost, None, None),
    }


@computes("our_i", "our_cpi", "our_ti", "our_cpti")
def layered(cost: int | None, interested: int | None, deep: int | None) -> dict[str, Figure]:
    """Our own new people and the fen that one cost, of published counts."""
    return {
        "our_i": interested,
        "our_cpi": ratio(cost, interested),
        "our_ti": deep,
        "our_cpti": ratio(cost, deep),
    }


def _price(sums: Sums, count: str, each: int = 1) -> Decimal | None:
    """Fen for ``each`` of a count: cost of the rows that tell it ÷ the count."""
    cost = sums.stated.get(count)
    price = ratio(cost, sums.reported.get(count))
    return None if price is None else price * each


@computes("impressions", "clicks", "ctr", "cpm", "cpc")
def _delivery(sums: Sums) -> dict[str, Figure]:
    return {
        "impressions": sums.reported.get("impression"),
        "clicks": sums.reported.get("click"),
        "ctr": ratio(sums.clicks_shown, sums.reported.get("impression")),
        "cpm": _price(sums, "impression", 1000),
        "cpc": _price(sums, "click"),
        "plays": sums.reported.get("video_play_5s_cnt"),
    }


def parts_reported(sums: Sums) -> dict[str, int | None]:
    return {part: sums.reported.get(name) for part, name in REPORTED_PARTS.items()}


def parts_touched(sums: Sums) -> dict[str, int | None]:
    """A follow is no touchpoint: unknown."""
    return {part: sums.touches.get(kind) for part, kind in TOUCHED_PARTS.items()}


def parts_of_notes(notes: Mapping[str, int]) -> dict[str, int | None]:
    return {part: notes.get(name) for part, name in NOTE_PARTS.items()}


@computes(
    "engagement",
    "cpe",
    "engagement_rate",
    "reported_like",
    "reported_save",
    "reported_comment",
    "reported_share",
    "reported_follow",
    "reported_screenshot",
)
def _engagement(sums: Sums, definition: Definition) -> dict[str, Figure]:
    parts = parts_reported(sums)
    total = engagement(parts, definition)
    told = [REPORTED_PARTS[part] for part in definition.parts if parts[part] is not None]
    cost = max((sums.stated[name] for name in told if name in sums.stated), default=None)
    return {
        "engagement": total,
        "cpe": ratio(cost, total),
        "engagement_rate": ratio(total, sums.reported.get("impression")),
        **{f"reported_{part}": count for part, count in parts.items()},
    }


@computes(
    "reported_interested",
    "reported_cpi",
    "reported_ti",
    "reported_cpti",
    "searches_after_reading",
    "shop_visits",
    "goods_visits",
    "offsite_visits",
)
def _seeding(sums: Sums) -> dict[str, Figure]:
    return {
        "reported_interested": sums.reported.get("i_user_num"),
        "reported_cpi": _price(sums, "i_user_num"),
        "reported_ti": sums.reported.get("ti_user_num"),
        "reported_cpti": _price(sums, "ti_user_num"),
        "searches_after_reading": sums.reported.get("search_cmt_after_read"),
        "search_bar_clicks": sums.reported.get("search_cmt_click"),
        "shop_visits": sums.reported.get("seller_visit"),
        "goods_visits": sums.reported.get("goods_visit"),
        "offsite_visits": sums.reported.get("external_goods_visit_24h"),
    }


@computes(
    "our_impressions",
    "reads",
    "reader_days",
    "deep_reads",
    "saves",
    "our_engagement",
    "deep_share",
    "searches",
    "search_clicks",
    "component_clicks",
    "enquiries",
)
def _touched(sums: Sums, definition: Definition) -> dict[str, Figure]:
    counts = sums.touches
    deep = [counts.get(kind) for kind in (TouchKind.SAVE, TouchKind.SHARE, TouchKind.SCREENSHOT)]
    deep_acts = None if all(one is None for one in deep) else sum(one or 0 for one in deep)
    return {
        "our_impressions": counts.get(TouchKind.IMPRESSION),
        "reads": counts.get(TouchKind.READ),
        "reader_days": sums.people.get(TouchKind.READ),
        "deep_reads": counts.get(TouchKind.DEEP_READ),
        "saves": counts.get(TouchKind.SAVE),
        "our_engagement": engagement(parts_touched(sums), definition),
        "deep_share": ratio(deep_acts, counts.get(TouchKind.READ)),
        "searches": counts.get(TouchKind.SEARCH),
        "search_clicks": counts.get(TouchKind.SEARCH_CLICK),
        "component_clicks": counts.get(TouchKind.COMPONENT_CLICK),
        "enquiries": counts.get(TouchKind.CONSULTATION),
    }


@computes("note_impressions", "note_reads", "note_likes", "note_engagement")
def _notes(sums: Sums, definition: Definition) -> dict[str, Figure]:
    parts = parts_of_notes(sums.notes)
    return {
        "note_impressions": sums.notes.get("imp_num"),
        "note_reads": sums.notes.get("read_num"),
        "note_likes": parts[Part.LIKE],
        "note_engagement": engagement(parts, definition),
        "hits": sums.hits,
    }
