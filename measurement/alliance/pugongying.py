"""Xiaohongshu Pugongying: what a cooperation note has reached, and what the cooperation cost.

The figures of a note are running totals at ``date_key``, not daily increments: the latest snapshot stands.
Prices are whole fen, the star task's sums and the cost of an interest are yuan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from measurement.alliance.facts import Page
from measurement.alliance.juguang_metrics import count, fen, two_decimals
from merchants.wire.shapes import as_list, integer, text_or_none

PLATFORM = "xiaohongshu_pugongying"

_COUNTS = [
    "imp_num",
    "read_num",
    "read_uv",
    "origin_imp_num",
    "origin_read_num",
    "engage_num",
    "like_num",
    "fav_num",
    "cmt_num",
    "share_num",
    "interest_num",
    "star_enter_store_uv",
    "kol_fan_num",
    "duration",
]
_FAMILIES = ("heat_", "promotion_")
_FEN = ["kol_price", "total_platform_price", "read_cost", "engage_cost", "cpcp"]
_YUAN = ["interest_cost", "star_total_amount", "star_pgy_total_amount", "star_ads_total_amount"]
_PERCENTS = ["engage_rate", "interest_rate", "cp_rate", "star_trans_ratio"]
_TEXTS = [
    "kol_nick_name",
    "kol_link",
    "note_title",
    "note_link",
    "note_type",
    "note_publish_time",
    "cooperate_type",
    "operate_user_id",
    "operate_user_name",
    "brand_user_id",
    "brand_user_name",
    "spu_name",
]


def read(data: Mapping[str, Any], asked: Mapping[str, Any], pulled_at: str | None) -> Page:
    """The notes of one ``/pgy/note/post/data`` page; ``asked`` is what its request asked for."""
    rows = [row for row in as_list(data.get("datas")) if isinstance(row, Mapping)]
    notes = [_note(row, asked, pulled_at) for row in rows]
    number, pages = integer(data.get("page_num")), integer(data.get("total_page"))
    return Page(
        notes=tuple(note for note in notes if note),
        problems=tuple(f"row {index} names no note" for index, note in enumerate(notes) if not note),
        total=integer(data.get("total")),
        has_next=None if number is None or pages is None else number < pages,
    )


def merge_notes(notes: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row of each note and order: the latest ``date_key``, then ``pulled_at``, then read. Sorted."""
    kept: dict[tuple[str, str], Mapping[str, Any]] = {}
    for note in notes:
        key = (note["note_id"], note["order_id"] or "")
        if key not in kept or _moment(note) >= _moment(kept[key]):
            kept[key] = note
    return [dict(kept[key]) for key in sorted(kept)]


def cooperation_costs(notes: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Fen of each order: a cooperation is paid once, however many days or notes tell of it."""
    costs: dict[str, int] = {}
    for note in merge_notes(notes):
        if note["order_id"] and note["cooperation_cost_fen"] is not None:
            costs.setdefault(note["order_id"], note["cooperation_cost_fen"])
    return costs


def _note(row: Mapping[str, Any], asked: Mapping[str, Any], pulled_at: str | None) -> dict[str, Any] | None:
    note_id = text_or_none(row.get("note_id"))
    if note_id is None:
        return None
    told = {name: text_or_none(row.get(name)) for name in _TEXTS}
    date_key = text_or_none(row.get("date_key")) or text_or_none(asked.get("date_key"))
    families = sorted(name for name in row if name.startswith(_FAMILIES))
    return {
        "platform": PLATFORM,
        "note_id": note_id,
        "order_id": text_or_none(row.get("order_id"), zero_is_none=True),
        "date_key": date_key.replace("-", "") if date_key else None,
        "kol_id": text_or_none(row.get("kol_id")),
        "cooperation_cost_fen": _cost(row),
        **{name: count(row.get(name)) for name in (*_COUNTS, *families)},
        **{f"{name}_fen": count(row.get(name)) for name in _FEN},
        **{f"{name}_fen": fen(row.get(name)) for name in _YUAN},
        **{f"{name}_percent": two_decimals(row.get(name)) for name in _PERCENTS},
        **{name: value for name, value in told.items() if value},
        **({"pulled_at": pulled_at} if pulled_at else {}),
    }


def _cost(row: Mapping[str, Any]) -> int | None:
    """The blogger's price and the platform's fee; unknown when either is."""
    price, fee = count(row.get("kol_price")), count(row.get("total_platform_price"))
    return None if price is None or fee is None else price + fee


def _moment(note: Mapping[str, Any]) -> tuple[str, str]:
    return (note["date_key"] or "", note.get("pulled_at") or "")
