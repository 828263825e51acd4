"""Xiaohongshu Juguang reports (offline and realtime, every level) and, next door, Pugongying notes.

Calls carry a token and no signature. Report money is yuan text; rows are restated for weeks, so rows of one
key replace each other and are never added. Levels are views of the same spend.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from measurement.alliance import pugongying
from measurement.alliance.answers import body_of, class_of_words
from measurement.alliance.facts import ErrorClass, Page, Refusal
from measurement.alliance.juguang_metrics import metrics_of
from merchants.wire.shapes import as_list, as_mapping, integer, text_or_none, truth
from merchants.wire.times import SHANGHAI, iso_z, utc_from_any

PLATFORM = "xiaohongshu_juguang"
Row = Mapping[str, Any]

_CLASS_OF_CODE = {"40001": ErrorClass.AUTH}
_REPORT = re.compile(r"report/(?P<when>offline|realtime)/(?P<what>[a-z]+(?:/word)?)")
_LEVELS = {
    "account": "account",
    "campaign": "campaign",
    "unit": "unit",
    "creativity": "creative",
    "creative": "creative",
    "keyword": "keyword",
    "note": "note",
}
_ENTITY = {
    "account": ("advertiser_id",),
    "campaign": ("campaign_id",),
    "unit": ("unit_id",),
    "creative": ("creativity_id", "creative_id"),
    "keyword": ("keyword_id",),
    "note": ("note_id",),
}
_IDS = {
    "campaign_id": ("campaign_id",),
    "unit_id": ("unit_id",),
    "creative_id": ("creativity_id", "creative_id"),
    "note_id": ("note_id",),
    "keyword_id": ("keyword_id",),
    "page_id": ("page_id",),
    "item_id": ("item_id",),
    "live_red_id": ("live_red_id",),
}
_TEXTS = {
    "keyword": ("keyword",),
    "campaign_name": ("campaign_name",),
    "unit_name": ("unit_name",),
    "creative_name": ("creativity_name", "creative_name"),
    "note_title": ("note_title",),
    "note_image": ("note_image",),
    "placement": ("placement",),
    "marketing_target": ("marketing_target",),
    "promotion_target": ("promotion_target",),
    "optimize_target": ("optimize_target",),
    "bidding_strategy": ("bidding_strategy",),
}
_TIME = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ]*(\d{1,2})\b)?", re.ASCII)


def read(exchange: Mapping[str, Any]) -> Page:
    """One call: a page of report rows or of Pugongying notes, or a refusal."""
    body = body_of(exchange)
    refusal = body if isinstance(body, Refusal) else _refusal(body)
    if refusal or isinstance(body, Refusal):
        return Page(refusal=refusal)
    request = as_mapping(exchange.get("request"))
    asked = _asked(request)
    pulled_at = iso_z(utc_from_any(exchange.get("pulled_at") or exchange.get("received_at")))
    path = str(request.get("path") or request.get("url") or request.get("api") or exchange.get("api") or "")
    if "pgy/" in path or "datas" in as_mapping(body.get("data")):
        return pugongying.read(as_mapping(body.get("data")), asked, pulled_at)
    return _report(path, body, asked, pulled_at)


def standing_rows(
    rows: Sequence[Row], notes: Sequence[Row]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows and notes that stand, of all that were read, in the order read."""
    return merge_rows(rows), pugongying.merge_notes(notes)


def merge_rows(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """One row of each key: offline over realtime, then the later ``pulled_at``, then the later read.

    The key is advertiser, level, entity, date and hour; for rows split by a dimension also its value, for
    rows that sum up several days also those days. Sorted by key.
    """
    kept: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        key = _key(row)
        if key not in kept or _replaces(row, kept[key]):
            kept[key] = row
    return [dict(kept[key]) for key in sorted(kept, key=_sortable)]


def _report(path: str, body: Mapping[str, Any], asked: Mapping[str, Any], pulled_at: str | None) -> Page:
    """The rows of one report; ``total_data`` is their sum and no row."""
    named = _REPORT.search(path)
    held = _statements(body)
    level = _LEVELS.get(named["what"]) if named else _level_of(held)
    if level is None:
        problem = f"no level of ours: {named['what']}" if named else "a report of unknown level"
        return Page(problems=(problem,) if held else ())
    realtime = named["when"] == "realtime" if named else any(name.endswith("_dtos") for name, _ in held)
    flat = [_flat(row) for _, row in held]
    data = as_mapping(body.get("data"))
    if level == "account" and not flat and "fee" in data:
        flat = [dict(data)]  # today's account as a bare object
    rows = [_row(row, level, asked, realtime=realtime, pulled_at=pulled_at) for row in flat]
    page = as_mapping(data.get("page")) or as_mapping(body.get("page"))
    total = integer(data.get("total_count", page.get("total_count")))
    number, size = integer(asked.get("page_num")), integer(asked.get("page_size"))
    return Page(
        rows=tuple(row for row in rows if row),
        problems=tuple(f"row {index} names no {level}" for index, row in enumerate(rows) if not row),
        total=total,
        has_next=None if total is None or number is None or size is None else number * size < total,
    )


def _refusal(body: Mapping[str, Any]) -> Refusal | None:
    """Good only when ``success`` is true and ``code`` (or ``errorCode``) is 0."""
    codes = [text_or_none(body.get(name)) for name in ("code", "errorCode")]
    code = next((code for code in codes if code not in (None, "0")), None)
    succeeded = body.get("success")
    silent = succeeded is None and codes == [None, None] and not _statements(body)
    if code is None and not silent and (succeeded is None or truth(succeeded)):
        return None
    message = " ".join(str(body[name]) for name in ("msg", "message", "errorMsg") if body.get(name))
    error_class = _CLASS_OF_CODE.get(code or "") or class_of_words(message) or ErrorClass.TRANSIENT
    return Refusal(error_class, code, message)


def _asked(request: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters of a request: its JSON body, also as text, else the request itself."""
    body = request.get("body")
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except ValueError:
            body = None
    return as_mapping(body) or request


def _statements(body: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """(name of its list, row) of every row: under ``data``, or at the top where an SDK reads them."""
    data = body.get("data")
    if isinstance(data, list):
        return [("data_list", row) for row in data if isinstance(row, Mapping)]
    for holder in (as_mapping(data), body):
        found = [
            (name, row)
            for name, value in holder.items()
            if name == "data_list" or name.endswith("_dtos")
            for row in as_list(value)
            if isinstance(row, Mapping)
        ]
        if found:
            return found
    return []


def _level_of(held: Sequence[tuple[str, Row]]) -> str | None:
    names: Iterator[str] = (name.removesuffix("_dtos") for name, _ in held)
    return next((_LEVELS[name] for name in names if name in _LEVELS), None)


def _flat(row: Row) -> dict[str, Any]:
    """Dimensions and metrics side by side: a realtime row nests them in ``base_..._dto`` and ``data``."""
    flat = {name: value for name, value in row.items() if not isinstance(value, Mapping)}
    for name in row:
        if name.startswith("base_"):
            flat.update(as_mapping(row[name]))
    return {**flat, **as_mapping(row.get("data"))}


def _row(
    row: Row, level: str, asked: Mapping[str, Any], *, realtime: bool, pulled_at: str | None
) -> dict[str, Any] | None:
    advertiser = text_or_none(row.get("advertiser_id")) or text_or_none(asked.get("advertiser_id"))
    entity = advertiser if level == "account" else _first(row, _ENTITY[level], zero_is_none=True)
    if entity is None and level == "keyword":
        entity = _first(row, ("keyword",))
    if entity is None:
        return None
    date, hour, period = _when(row, asked, realtime=realtime, pulled_at=pulled_at)
    ids = {name: _first(row, wire, zero_is_none=True) for name, wire in _IDS.items()}
    texts = {name: _first(row, wire) for name, wire in _TEXTS.items()}
    split = {name: _first(row, (name,)) for name in _split_names(asked)}
    extra = {"split": split, "period": period, "pulled_at": pulled_at}
    return {
        "platform": PLATFORM,
        "advertiser_id": advertiser,
        "level": level,
        "entity_id": entity,
        "date": date,
        "hour": hour,
        "realtime": realtime,
        **metrics_of(row),
        **{name: value for name, value in {**ids, **texts}.items() if value is not None},
        **{name: value for name, value in extra.items() if value},
    }


def _when(
    row: Row, asked: Mapping[str, Any], *, realtime: bool, pulled_at: str | None
) -> tuple[str | None, int | None, list[str | None] | None]:
    """(Shanghai day, hour, the days summed up).

    ``time`` is the day, with ``HOUR`` the hour too. A ``SUMMARY`` row has none: it is its day's row when one
    day was asked for, else no day's, and tells which days it sums up. A realtime row is today's.
    """
    unit = str(asked.get("time_unit") or "").upper()
    told = _TIME.match(str(row.get("time") or "").strip()) if unit != "SUMMARY" else None
    if told:
        year, month, day, hour = told.groups()
        hourly = unit == "HOUR" or (unit == "" and hour is not None)
        separate = integer(row.get("hour"))
        return f"{year}-{month}-{day}", (int(hour) if hour else separate) if hourly else None, None
    start, end = text_or_none(asked.get("start_date")), text_or_none(asked.get("end_date"))
    if realtime:
        return end or start or _shanghai_day(pulled_at), None, None
    if start == end or not (start and end):
        return start or end, None, None
    return None, None, [start, end]


def _shanghai_day(pulled_at: str | None) -> str | None:
    moment = utc_from_any(pulled_at)
    return moment.astimezone(SHANGHAI).date().isoformat() if moment else None


def _split_names(asked: Mapping[str, Any]) -> list[str]:
    """``marketingTarget`` as asked for is ``marketing_target`` in the row."""
    columns = (column for column in as_list(asked.get("split_columns")) if isinstance(column, str))
    return sorted({re.sub(r"(?<=[a-z])([A-Z])", r"_\1", column).lower() for column in columns})


def _first(row: Row, names: Iterable[str], *, zero_is_none: bool = False) -> str | None:
    texts = (text_or_none(row.get(name), zero_is_none=zero_is_none) for name in names)
    return next((text for text in texts if text not in (None, "-")), None)


def _key(row: Row) -> tuple[Any, ...]:
    named = (row.get(name) for name in ("advertiser_id", "level", "entity_id", "date", "hour"))
    return (*named, *sorted((row.get("split") or {}).items()), *(row.get("period") or ()))


def _sortable(key: tuple[Any, ...]) -> list[tuple[bool, int, str]]:
    """Keys in order although a date or an hour may be None, which comes first."""
    return [(part is not None, part if isinstance(part, int) else 0, str(part)) for part in key]


def _replaces(row: Row, other: Row) -> bool:
    if row["realtime"] != other["realtime"]:
        return bool(other["realtime"])
    mine, theirs = row.get("pulled_at"), other.get("pulled_at")
    return not (mine and theirs and mine < theirs)
