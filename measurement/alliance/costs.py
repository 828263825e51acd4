"""What it cost, from the platforms' reports: one statement for each key and each time it was told."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from measurement.alliance.pugongying import merge_notes
from measurement.choices import SpendKind, Task
from merchants.wire.times import SHANGHAI, from_iso, utc_from_any

JUGUANG, PUGONGYING = "juguang", "pugongying"
_NOTE_TOTALS = (
    "imp_num", "read_num", "read_uv", "engage_num", "like_num", "fav_num", "cmt_num", "share_num",
    "interest_num", "star_enter_store_uv",
)  # fmt: skip
_NO_METRICS = {
    "platform", "advertiser_id", "level", "entity_id", "date", "hour", "realtime", "fee_fen", "pulled_at",
    "campaign_id", "campaign_name", "unit_id", "unit_name", "creative_id", "creative_name", "note_id",
    "note_title", "note_image", "keyword", "keyword_id",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SpendRow:
    """Cost of one day, or of one cooperation, as one source stated it at ``stated_at``.

    ``natural_key`` names it within its source; ids and names are the platform's, empty where there are
    none. ``level`` says at which level of the delivery it was reported: levels are views of one spend.
    ``fen`` is negative for rebates only.
    """

    natural_key: str
    day: date
    fen: int
    stated_at: datetime
    level: str
    kind: SpendKind = SpendKind.ADS
    task: Task = Task.UNKNOWN
    campaign_id: str = ""
    campaign_name: str = ""
    advertiser_id: str = ""
    unit_id: str = ""
    unit_name: str = ""
    creative_id: str = ""
    creative_name: str = ""
    note_id: str = ""
    note_title: str = ""
    note_cover: str = ""
    live_id: str = ""
    keyword: str = ""
    blogger_id: str = ""
    blogger_name: str = ""
    agency: str = ""
    spu_code: str = ""
    realtime: bool = False
    metrics: Mapping[str, Any] = field(default_factory=dict)

    @property
    def content_hash(self) -> str:
        """SHA-256 of all it states but the time; decides between two statements of one time."""
        told = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "stated_at"}
        text = json.dumps(told, sort_keys=True, default=str, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def from_juguang(rows: Iterable[Mapping[str, Any]], *, received_at: datetime) -> list[SpendRow]:
    """The cost of normalised report rows. Rows of an hour, of several days, without a day or without a fee
    state no cost of a day and are left out (an hour is a part of its day's row)."""
    return [
        _juguang_row(row, received_at)
        for row in rows
        if row.get("hour") is None and row.get("date") and row.get("fee_fen") is not None
    ]


def from_pugongying(notes: Iterable[Mapping[str, Any]], *, received_at: datetime) -> list[SpendRow]:
    """Note fee and platform fee of each cooperation, once an order, on the day its note was published (else
    the day of the first snapshot given)."""
    paid: dict[str, Mapping[str, Any]] = {}
    for merged in merge_notes(notes):
        order_id = str(merged.get("order_id") or "")
        if order_id:
            paid.setdefault(order_id, merged)
    rows = []
    for order_id, note in paid.items():
        for kind, name in (
            (SpendKind.NOTE_FEE, "kol_price_fen"),
            (SpendKind.PLATFORM_FEE, "total_platform_price_fen"),
        ):
            if note.get(name) is not None and (day := _day_of_note(note)):
                rows.append(_cooperation(order_id, note, kind, int(note[name]), day, received_at))
    return rows


def _juguang_row(row: Mapping[str, Any], received_at: datetime) -> SpendRow:
    level, entity = str(row["level"]), str(row.get("entity_id") or "")
    return SpendRow(
        natural_key=f"{row.get('advertiser_id') or ''}|{level}|{entity}|{row['date']}",
        day=date.fromisoformat(str(row["date"])),
        fen=int(row["fee_fen"]),
        stated_at=from_iso(row.get("pulled_at")) or received_at,
        level=level,
        advertiser_id=_text(row, "advertiser_id"),
        campaign_id=_text(row, "campaign_id") or (entity if level == "campaign" else ""),
        campaign_name=_text(row, "campaign_name"),
        unit_id=_text(row, "unit_id") or (entity if level == "unit" else ""),
        unit_name=_text(row, "unit_name"),
        creative_id=_text(row, "creative_id") or (entity if level == "creative" else ""),
        creative_name=_text(row, "creative_name"),
        note_id=_text(row, "note_id") or (entity if level == "note" else ""),
        note_title=_text(row, "note_title"),
        note_cover=_text(row, "note_image"),
        keyword=_text(row, "keyword"),
        realtime=bool(row.get("realtime")),
        metrics={name: value for name, value in row.items() if name not in _NO_METRICS and value is not None},
    )


def _cooperation(
    order_id: str, note: Mapping[str, Any], kind: SpendKind, fen: int, day: date, received_at: datetime
) -> SpendRow:
    return SpendRow(
        natural_key=f"{order_id}|{kind}",
        day=day,
        fen=fen,
        stated_at=_snapshot(note) or from_iso(note.get("pulled_at")) or received_at,
        level="note",
        kind=kind,
        note_id=_text(note, "note_id"),
        note_title=_text(note, "note_title"),
        blogger_id=_text(note, "kol_id"),
        blogger_name=_text(note, "kol_nick_name"),
        # totals to date of the note; told once, with the fee that every cooperation has
        metrics={name: note[name] for name in _NOTE_TOTALS if note.get(name) is not None}
        if kind == SpendKind.NOTE_FEE
        else {},
    )


def _day_of_note(note: Mapping[str, Any]) -> date | None:
    published = utc_from_any(note.get("note_publish_time"))
    moment = published or _snapshot(note)
    return moment.astimezone(SHANGHAI).date() if moment else None


def _snapshot(note: Mapping[str, Any]) -> datetime | None:
    key = str(note.get("date_key") or "")
    return utc_from_any(f"{key[:4]}-{key[4:6]}-{key[6:]} 00:00:00") if len(key) == 8 else None


def _text(row: Mapping[str, Any], name: str) -> str:
    return str(row.get(name) or "")
