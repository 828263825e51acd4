"""VIPSHOP answers as they travel: seller orders, union orders, refunds. All invented."""

from __future__ import annotations

from typing import Any

from measurement.alliance.recording import replay

SELLER_ID = "26030100007001"
UNION_ID = "26030100008001"
MINUTE = 60_000
ORDERED_MS = 1772330700000  # 2026-03-01 10:05 in Shanghai


def _told(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def head(**changes: Any) -> dict[str, Any]:
    """Payable 280.00, of it 10.00 postage; created 10:10 in Shanghai."""
    return _told(
        {
            "order_id": SELLER_ID,
            "old_order_id": "",
            "status": "10",
            "created": "2026-03-01 10:10:00",
            "store_add_time": "2026-03-01 10:10:00",
            "last_update_time": "2026-03-01 10:12:00",
            "total_fee": "298.00",
            "discount_fee": "28.00",
            "ex_discount_fee": "0.00",
            "post_fee": "10.00",
            "payable_fee": "280.00",
            "open_user_id": "open-user-7",
            **changes,
        }
    )


def product(sku_id: Any = "S7001", money: Any = "270.00", **changes: Any) -> dict[str, Any]:
    return _told(
        {
            "sku_id": sku_id,
            "spu_id": "P7001",
            "title": "针织衫",
            "num": "2",
            "price": "149.00",
            "goods_line_money": money,
            "act_subtotal": "14.00",
            "coupon_subtotal": "0.00",
            "pay_subtotal": "0.00",
            "all_subtotal": "14.00",
            **changes,
        }
    )


def goods(count: Any = 1, price: Any = "199.00", size: Any = "S8001", **changes: Any) -> dict[str, Any]:
    return _told(
        {
            "goodsId": "G8001",
            "sizeId": size,
            "spuId": "SPU8001",
            "goodsName": "卫衣",
            "goodsCount": count,
            "goodsFinalPrice": price,
            "commissionTotalCost": "180.00",
            "commission": "15.92",
            "afterSaleInfo": [],
            **changes,
        }
    )


def after_sale(status: Any = 2, kind: Any = 1, count: Any = 1, sn: str = "A1") -> dict[str, Any]:
    return {
        "afterSaleSn": sn,
        "afterSaleStatus": status,
        "afterSaleType": kind,
        "afterSaleChangedGoodsCount": count,
    }


def union(*lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Paid 199.00 for one piece."""
    return _told(
        {
            "orderSn": UNION_ID,
            "parentSn": "",
            "isSplit": 0,
            "status": 1,
            "orderSubStatusName": "已付款",
            "channelTag": "chan-8",
            "pid": "chan-8",
            "statParam": "xhs_note_8",
            "adCode": "",
            "openId": "open-8",
            "orderTime": ORDERED_MS,
            "signTime": 0,
            "lastUpdateTime": ORDERED_MS,
            "totalCost": "199.00",
            "commission": "15.92",
            "settled": 0,
            "detailList": list(lines or (goods(),)),
            **changes,
        }
    )


def back(kind: Any = 1, *details: dict[str, Any], status: Any = 2, sn: str = "A1") -> dict[str, Any]:
    return {
        "orderSn": UNION_ID,
        "afterSaleSn": sn,
        "afterSaleStatus": status,
        "refundType": kind,
        "refundOrderDetails": list(details or (piece(),)),
    }


def piece(total: Any = "199.00", count: Any = "1", size: Any = "S8001") -> dict[str, Any]:
    return {
        "goodsId": "G8001",
        "sizeId": size,
        "goodsPrice": "199.00",
        "goodsCount": count,
        "totalCost": total,
    }


def answered(result: Any) -> dict[str, Any]:
    return {"response": {"returnCode": "0", "result": result}}


def heads(*rows: Any) -> dict[str, Any]:
    return answered({"orders": list(rows), "total": len(rows)})


def details(*products: Any, order_id: Any = SELLER_ID) -> dict[str, Any]:
    return answered([{"order_id": order_id, "order_products": list(products)}])


def cancels(*rows: Any) -> dict[str, Any]:
    return answered({"total": len(rows), "cancelInfos": list(rows)})


def unions(*rows: Any) -> dict[str, Any]:
    return answered({"orderInfoList": list(rows), "total": len(rows), "page": 1, "pageSize": 20})


def backs(*rows: Any) -> dict[str, Any]:
    return answered({"refundOrderInfoList": list(rows), "total": len(rows)})


def read(*exchanges: dict[str, Any]) -> dict[str, Any]:
    return replay("vipshop", {"exchanges": list(exchanges)})


def only_order(*exchanges: dict[str, Any]) -> dict[str, Any]:
    (found,) = read(*exchanges)["orders"]
    return found


def money(order: dict[str, Any]) -> tuple[str, int, int | None, int]:
    """Status, paid, refunded, shipping."""
    names = ("status", "paid_amount_fen", "refunded_amount_fen", "shipping_fen")
    status, paid, refunded, shipping = (order[name] for name in names)
    return status, paid, refunded, shipping


def of_lines(order: dict[str, Any]) -> list[tuple[int, int | None]]:
    """Paid and refunded of each line."""
    return [(line["paid_amount_fen"], line["refunded_amount_fen"]) for line in order["lines"]]
