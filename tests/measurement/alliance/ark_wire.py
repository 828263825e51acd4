"""Xiaohongshu ark answers as they travel: rows, details, after-sales, pushes. All invented."""

from __future__ import annotations

import json
from typing import Any

from measurement.alliance.recording import replay

ORDER_ID = "P700000000000000001"
RETURNS_ID = "R700000000000000001"
PAID_MS = 1772330490000  # 2026-03-01 10:01:30 in Shanghai
LATER_MS = PAID_MS + 3_600_000


def _told(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def row(**changes: Any) -> dict[str, Any]:
    return _told(
        {
            "orderId": ORDER_ID,
            "orderType": 1,
            "orderStatus": 4,
            "orderAfterSalesStatus": 1,
            "createdTime": PAID_MS - 30_000,
            "paidTime": PAID_MS,
            "updateTime": PAID_MS,
            "deliveryTime": 0,
            "cancelTime": 0,
            "finishTime": 0,
            "originalOrderId": "",
            **changes,
        }
    )


def sku(sku_id: Any = "s1", paid: Any = 15800, quantity: Any = 2, **changes: Any) -> dict[str, Any]:
    return _told(
        {
            "skuId": sku_id,
            "skuName": "精华",
            "itemId": "i1",
            "skuQuantity": quantity,
            "totalPaidAmount": paid,
            "skuTag": 0,
            "kolId": "",
            **changes,
        }
    )


def whole(*skus: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Paid 217.90: 158.00 and 49.90 for goods, 10.00 for postage."""
    money = {"totalPayAmount": 21790, "totalShippingFree": 1000, "totalDepositAmount": 0, "userId": "u-7"}
    lines = list(skus or (sku(), sku("s2", 4990, 1, itemId="i2")))
    return _told({**row(), **money, "skuList": lines, **changes})


def applied(sku_id: Any = "s2", yuan: Any = 49.9, count: Any = 1) -> dict[str, Any]:
    return {"skuId": sku_id, "boughtCount": 1, "appliedCount": count, "appliedTotalAmountYuan": yuan}


def sale(*skus: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """49.90 went back for SKU s2."""
    return _told(
        {
            "returnsId": RETURNS_ID,
            "orderId": ORDER_ID,
            "returnType": 4,
            "status": 4,
            "applyTime": PAID_MS + 1000,
            "updatedAt": LATER_MS,
            "skus": list(skus or (applied(),)),
            "appliedShipFeeAmountYuan": 0,
            "expectedRefundAmountYuan": 49.9,
            "refundAmountYuan": 49.9,
            "refundStatus": 2,
            "refundTime": LATER_MS,
            **changes,
        }
    )


def answered(data: Any) -> dict[str, Any]:
    return {"response": {"error_code": 0, "error_msg": "", "success": True, "data": data}}


def rows(*told: Any) -> dict[str, Any]:
    return answered({"total": len(told), "pageNo": 1, "maxPageNo": 1, "orderList": list(told)})


def sales(told: Any) -> dict[str, Any]:
    return answered({"afterSaleInfo": told})


def sale_rows(*told: Any) -> dict[str, Any]:
    return answered({"afterSaleBasicInfos": list(told), "totalCount": len(told)})


def delivery(*messages: tuple[str, Any]) -> dict[str, Any]:
    told = [{"msgTag": tag, "sellerId": "5f7", "data": json.dumps(data)} for tag, data in messages]
    return {"headers": {}, "raw_body": json.dumps(told)}


def read(*exchanges: dict[str, Any]) -> dict[str, Any]:
    return replay("xiaohongshu_ark", {"exchanges": list(exchanges)})


def pushed(*deliveries: dict[str, Any]) -> dict[str, Any]:
    return replay("xiaohongshu_ark", {"deliveries": list(deliveries)})


def only_order(*exchanges: dict[str, Any]) -> dict[str, Any]:
    (found,) = read(*exchanges)["orders"]
    return found


def money(order: dict[str, Any]) -> tuple[str, int, int, int]:
    """Status, paid, refunded, shipping."""
    names = ("status", "paid_amount_fen", "refunded_amount_fen", "shipping_fen")
    status, paid, refunded, shipping = (order[name] for name in names)
    return status, paid, refunded, shipping


def of_lines(order: dict[str, Any]) -> list[tuple[int, int | None]]:
    """Paid and refunded of each line."""
    return [(line["paid_amount_fen"], line["refunded_amount_fen"]) for line in order["lines"]]
