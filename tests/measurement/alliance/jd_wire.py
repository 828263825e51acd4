"""JD answers as they travel: shop orders, refunds, union rows. All invented."""

from __future__ import annotations

import json
from typing import Any

from measurement.alliance.recording import replay

ORDER_ID = "291000000001"
NEVER = "0001-01-01 00:00:00"


def item(sku_id: Any = "101000000001", **changes: Any) -> dict[str, Any]:
    fields = {
        "skuId": sku_id,
        "wareId": "9100001",
        "skuName": "保温杯",
        "jdPrice": "100.00",
        "itemTotal": "1",
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not None}


def coupon(price: str, sku_id: str = "") -> dict[str, Any]:
    return {"skuId": sku_id, "couponType": "30-单品促销优惠", "couponPrice": price}


def order(*items: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Paid 106.00 yuan, 6.00 of them postage, at 10:03:30 in Shanghai."""
    fields = {
        "orderId": ORDER_ID,
        "parentOrderId": "0",
        "directParentOrderId": "0",
        "payType": "4-在线支付",
        "orderState": "WAIT_SELLER_STOCK_OUT",
        "freightPrice": "6.00",
        "actualPay": "106.00",
        "orderStartTime": "2026-03-01 10:03:00",
        "paymentConfirmTime": "2026-03-01 10:03:30",
        "modified": "2026-03-01 10:03:31",
        "open_id_buyer": "openid-1",
        "itemInfoList": list(items or (item(),)),
        "couponDetailList": [],
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not None}


def refund(refund_id: Any = 71000001, **changes: Any) -> dict[str, Any]:
    return {
        "id": refund_id,
        "orderId": int(ORDER_ID),
        "applyTime": "2026-03-02 09:00:00",
        "checkTime": "2026-03-02 10:00:00",
        "applyRefundSum": 5000,
        "status": 3,
        "reason": "不想要了",
        **changes,
    }


def row(row_id: Any = "291000000301_1", **changes: Any) -> dict[str, Any]:
    fields = {
        "id": row_id,
        "orderId": 291000000301,
        "parentId": 0,
        "orderTime": "2026-03-01 10:02:00",
        "finishTime": "",
        "modifyTime": "2026-03-01 10:02:30",
        "skuId": 101000000301,
        "skuName": "商品",
        "skuNum": 2,
        "skuReturnNum": 0,
        "estimateCosPrice": 90.0,
        "estimateFee": 8.1,
        "actualCosPrice": 0.0,
        "actualFee": 0.0,
        "validCode": 16,
        "positionId": 3000001,
        "pid": "",
        "subUnionId": "xhs_note_01",
        "ext1": "",
        **changes,
    }
    return {name: value for name, value in fields.items() if value is not None}


def orders(*rows: Any, root: str = "jingdong_pop_order_search_responce", **result: Any) -> dict[str, Any]:
    answer = {"apiResult": {"success": True}, "orderTotal": len(rows), "orderInfoList": list(rows), **result}
    return {"response": {root: {"code": "0", "searchorderinfo_result": answer}}}


def whole(row: dict[str, Any]) -> dict[str, Any]:
    answer = {"apiResult": {"success": "true"}, "orderInfo": row}
    return {"response": {"jingdong_pop_order_get_responce": {"code": "0", "orderDetailInfo": answer}}}


def refunds(*rows: Any, **result: Any) -> dict[str, Any]:
    answer = {"success": True, "totalCount": len(rows), "result": list(rows), **result}
    root = "jingdong_pop_afs_soa_refundapply_queryPageList_responce"
    return {"response": {root: {"code": "0", "queryResult": answer}}}


def union(*rows: Any, **result: Any) -> dict[str, Any]:
    answer = {"code": 200, "message": "success", "hasMore": False, "data": list(rows), **result}
    text = json.dumps({name: value for name, value in answer.items() if value is not None})
    return {"response": {"jd_union_open_order_row_query_responce": {"code": "0", "queryResult": text}}}


def read(*exchanges: dict[str, Any]) -> dict[str, Any]:
    return replay("jd", {"exchanges": list(exchanges)})


def only_order(*exchanges: dict[str, Any]) -> dict[str, Any]:
    (found,) = read(*exchanges)["orders"]
    return found


def money(found: dict[str, Any]) -> tuple[str, int, int | None, int]:
    """Status, paid, refunded, shipping."""
    return (
        found["status"],
        found["paid_amount_fen"],
        found["refunded_amount_fen"],
        found["shipping_fen"],
    )
