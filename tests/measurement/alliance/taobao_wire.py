"""Taobao answers as they travel, built around one shop's two-line trade. All invented."""

from __future__ import annotations

from typing import Any

from measurement.alliance.recording import replay

TID = "3911000000000000001"


def line(oid: Any = 3911000000000000002, **changes: Any) -> dict[str, Any]:
    fields = {
        "oid": oid,
        "num_iid": 711000000001,
        "sku_id": "511000000001",
        "title": "洁面乳",
        "price": "50.00",
        "num": 2,
        "total_fee": "100.00",
        "part_mjz_discount": "20.00",
        "divide_order_fee": "80.00",
        "refund_status": "NO_REFUND",
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not None}


def trade(*lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Paid 170.00 yuan: two lines of 80.00 and 10.00 postage, at 10:02:05 in Shanghai."""
    fields = {
        "tid": int(TID),
        "status": "WAIT_SELLER_SEND_GOODS",
        "type": "fixed",
        "created": "2026-03-01 10:01:10",
        "pay_time": "2026-03-01 10:02:05",
        "modified": "2026-03-01 10:02:06",
        "payment": "170.00",
        "post_fee": "10.00",
        "buyer_open_uid": "AAF-uid-1",
        "orders": {"order": list(lines or (line(), line(3911000000000000003, num=1)))},
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not None}


def refund(refund_id: str = "8110000001", **changes: Any) -> dict[str, Any]:
    fields = {
        "refund_id": refund_id,
        "tid": int(TID),
        "oid": 3911000000000000002,
        "status": "SUCCESS",
        "refund_fee": "40.00",
        "payment": "40.00",
        "dispute_type": "REFUND",
        "modified": "2026-03-02 12:00:00",
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not None}


def trades(*rows: Any, **envelope: Any) -> dict[str, Any]:
    answer = {"trades": {"trade": list(rows)}, "request_id": "16demo", **envelope}
    return {"response": {"trades_sold_increment_get_response": answer}}


def whole(row: dict[str, Any]) -> dict[str, Any]:
    return {"response": {"trade_fullinfo_get_response": {"trade": row}}}


def refunds(*rows: Any) -> dict[str, Any]:
    return {"response": {"refunds_receive_get_response": {"refunds": {"refund": list(rows)}}}}


def refused(**error: Any) -> dict[str, Any]:
    return {"response": {"error_response": error}}


def read(*exchanges: dict[str, Any]) -> dict[str, Any]:
    return replay("taobao", {"exchanges": list(exchanges)})


def only_order(*exchanges: dict[str, Any]) -> dict[str, Any]:
    (order,) = read(*exchanges)["orders"]
    return order


def money(order: dict[str, Any]) -> tuple[str, int, int, int]:
    """Status, paid, refunded, shipping."""
    return (
        order["status"],
        order["paid_amount_fen"],
        order["refunded_amount_fen"],
        order["shipping_fen"],
    )


def of_lines(order: dict[str, Any]) -> list[tuple[int, int | None]]:
    """Paid and refunded of each line."""
    return [(line["paid_amount_fen"], line["refunded_amount_fen"]) for line in order["lines"]]
