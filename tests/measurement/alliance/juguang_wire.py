"""Juguang and Pugongying answers as they travel. All invented."""

from __future__ import annotations

from typing import Any

from measurement.alliance.recording import replay

DAY = "2026-03-01"
NOTE_ID = "65f0000000000000000000aa"


def offline(*rows: Any, what: str = "campaign", pulled_at: str | None = None, **asked: Any) -> dict[str, Any]:
    body = {
        "advertiser_id": 1000001,
        "start_date": DAY,
        "end_date": DAY,
        "time_unit": "DAY",
        "page_num": 1,
        "page_size": 20,
        **asked,
    }
    return _exchange(
        f"/api/open/jg/data/report/offline/{what}",
        {name: value for name, value in body.items() if value is not None},
        {
            "code": 0,
            "success": True,
            "msg": "成功",
            "data": {"data_list": list(rows), "total_count": len(rows)},
        },
        pulled_at,
    )


def realtime(
    *dtos: Any, what: str = "campaign", pulled_at: str | None = None, **asked: Any
) -> dict[str, Any]:
    dtos_name = f"{'creativity' if what == 'creative' else what}_dtos"
    data = {
        "page": {"page_index": 1, "total_count": len(dtos)},
        dtos_name: list(dtos),
        "total_data": {"fee": "999.00", "click": "999"},
    }
    return _exchange(
        f"/api/open/jg/data/report/realtime/{what}",
        {
            "advertiser_id": 1000001,
            "start_date": DAY,
            "end_date": DAY,
            "page_num": 1,
            "page_size": 20,
            **asked,
        },
        {"code": 0, "success": True, "msg": "成功", "data": data},
        pulled_at,
    )


def dto(what: str = "campaign", *, base: dict[str, Any], **metrics: Any) -> dict[str, Any]:
    return {f"base_{what}_dto": base, "data": {"fee": "12.00", "click": "20", **metrics}}


def notes(*rows: Any, pulled_at: str | None = None, **asked: Any) -> dict[str, Any]:
    data = {"total": len(rows), "page_num": 1, "page_size": 100, "total_page": 1, "datas": list(rows)}
    body = {"user_id": "brand-1", "date_type": 1, "start_time": "2026-02-01", "end_time": DAY, **asked}
    answer = {"code": 0, "success": True, "msg": "", "data": data}
    return _exchange("/api/open/pgy/note/post/data", body, answer, pulled_at)


def note(**changes: Any) -> dict[str, Any]:
    return {
        "date_key": "20260301",
        "note_id": NOTE_ID,
        "order_id": "ORDER-1",
        "kol_id": "kol-1",
        "kol_price": 500000,
        "total_platform_price": 50000,
        "imp_num": 12000,
        "read_num": 3000,
        "like_num": 120,
        **changes,
    }


def _exchange(path: str, body: Any, answer: Any, pulled_at: str | None) -> dict[str, Any]:
    exchange = {"request": {"path": path, "headers": {"Access-Token": "t"}, "body": body}, "response": answer}
    return {**exchange, "pulled_at": pulled_at} if pulled_at else exchange


def read(*exchanges: dict[str, Any]) -> dict[str, Any]:
    return replay("xiaohongshu_juguang", {"exchanges": list(exchanges)})


def only_row(*exchanges: dict[str, Any]) -> dict[str, Any]:
    (row,) = read(*exchanges)["rows"]
    return row


def keys(*exchanges: dict[str, Any]) -> list[tuple[Any, ...]]:
    """(level, entity, date, hour) of every row that stands."""
    names = ("level", "entity_id", "date", "hour")
    return [tuple(row[name] for name in names) for row in read(*exchanges)["rows"]]
