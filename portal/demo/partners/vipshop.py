"""VIPSHOP: seller orders and their details, and the union's view of orders that carry its parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from portal.demo.partners.wording import milliseconds, pages, shanghai, yuan
from portal.demo.sales import Line, Sale, Stage

LIMIT, DETAILS, UNION_PAGE = 200, 50, 100
EXPIRED = {"returnCode": "vipapis.access-token-expired", "returnMessage": "accessToken已过期，请重新授权"}
_SERVICE = "vipapis.marketplace.delivery.SovDeliveryService"
_UNION = "com.vip.adp.api.open.service.UnionOrderV2Service"
_STATUS = {
    Stage.UNPAID: "97",  # the feed lists no unpaid order; what was never paid shows up cancelled
    Stage.DEPOSIT: "97",
    Stage.PAID: "10",
    Stage.SHIPPED: "22",
    Stage.FINISHED: "60",
    Stage.CLOSED: "49",
    Stage.CANCELLED: "97",
}
_RETURN_UNDER_WAY = "53"
_UNION_STATE = {
    Stage.PAID: "已付款",
    Stage.SHIPPED: "已付款",
    Stage.FINISHED: "已结算",
    Stage.CLOSED: "已失效",
    Stage.CANCELLED: "已失效",
}


def exchanges(sales: Sequence[Sale]) -> Iterator[dict[str, Any]]:
    for number, page in enumerate(pages(sales, LIMIT), start=1):
        yield orders_page(page, number, len(sales))
    for page in pages(sales, DETAILS):
        yield details_page(page)
    coded = [sale for sale in sales if code_of(sale)]
    for number, page in enumerate(pages(coded, UNION_PAGE), start=1):
        yield union_page(page, number, len(coded))
    closed = [sale for sale in coded if sale.stage is Stage.CLOSED]
    for number, page in enumerate(pages(closed, UNION_PAGE), start=1):
        yield union_refunds_page(page, number, len(closed))


def orders_page(sales: Sequence[Sale], page: int, total: int) -> dict[str, Any]:
    """``getOrders``"""
    body = {"request": {"date_type": "2", "page": page, "limit": LIMIT}}
    return _call(
        _SERVICE, "getOrders", "1.0.0", body, {"orders": [_order(sale) for sale in sales], "total": total}
    )


def details_page(sales: Sequence[Sale]) -> dict[str, Any]:
    """``getOrderDetail``"""
    ids = [order_id(sale) for sale in sales]
    rows = [
        {"order_id": order_id(sale), "order_products": [_product(line) for line in sale.lines]}
        for sale in sales
    ]
    return _call(_SERVICE, "getOrderDetail", "1.0.0", {"order_ids": ids}, rows)


def union_page(sales: Sequence[Sale], page: int, total: int) -> dict[str, Any]:
    """``orderListWithOauth``"""
    body = {"queryModel": {"page": page, "pageSize": UNION_PAGE}}
    rows = [_union_order(sale) for sale in sales]
    result = {"total": total, "page": page, "pageSize": UNION_PAGE, "orderInfoList": rows}
    return _call(_UNION, "orderListWithOauth", "2.0.0", body, result)


def union_refunds_page(sales: Sequence[Sale], page: int, total: int) -> dict[str, Any]:
    """``refundOrderListWithOauth``"""
    body = {"request": {"searchType": 1, "page": page, "pageSize": UNION_PAGE}}
    rows = [_union_refund(sale) for sale in sales]
    result = {"total": total, "page": page, "pageSize": UNION_PAGE, "refundOrderInfoList": rows}
    return _call(_UNION, "refundOrderListWithOauth", "2.0.0", body, result)


def order_id(sale: Sale) -> str:
    return f"{sale.created_at:%y%m%d}{sale.number:08d}"


def code_of(sale: Sale) -> str:
    return sale.note.code if sale.note else sale.foreign_code


def _call(service: str, method: str, version: str, body: dict[str, Any], result: Any) -> dict[str, Any]:
    query = {"service": service, "method": method, "version": version, "format": "json"}
    return {"request": {"query": query, "body": body}, "response": {"returnCode": "0", "result": result}}


def _order(sale: Sale) -> dict[str, Any]:
    gross = sum(line.price_fen * line.quantity for line in sale.lines)
    asked = any(not refund.done_at and not refund.refused for refund in sale.refunds)
    return {
        "order_id": order_id(sale),
        "old_order_id": "",
        "status": _RETURN_UNDER_WAY if asked else _STATUS[sale.stage],
        "created": shanghai(sale.created_at),
        "store_add_time": shanghai(sale.created_at),
        "last_update_time": shanghai(sale.modified_at),
        "total_fee": yuan(gross),
        "discount_fee": yuan(gross - sale.goods_fen),
        "ex_discount_fee": "0.00",
        "post_fee": yuan(sale.shipping_fen),
        "payable_fee": yuan(sale.goods_fen + sale.shipping_fen),
        "vipmoney": "0.00",
        "pay_type": "1",
        "open_user_id": sale.buyer,
        "sales_channel": "0",
        "warehouse": "VIP_SH",
    }


def _product(line: Line) -> dict[str, Any]:
    off = (line.price_fen * line.quantity - line.paid_fen) // line.quantity
    return {
        "sku_id": line.sku_id,
        "spu_id": line.item_id,
        "outer_spu_id": line.product.code,
        "outer_sku_id": f"{line.product.code}-{line.sku.name}",
        "num": str(line.quantity),
        "title": line.title,
        "size": line.sku.name,
        "color": "",
        "price": yuan(line.price_fen),
        "goods_line_money": yuan(line.paid_fen),
        "act_subtotal": yuan(off),
        "coupon_subtotal": "0.00",
        "pay_subtotal": "0.00",
        "all_subtotal": yuan(off),
    }


def _union_order(sale: Sale) -> dict[str, Any]:
    goods = [line for line in sale.lines if not line.gift]
    return {
        "orderSn": order_id(sale),
        "parentSn": "",
        "isSplit": 0,
        "status": 2 if sale.stage is Stage.FINISHED else 1,
        "orderSubStatusName": _UNION_STATE.get(sale.stage, "已下单"),
        "newCustomer": 0,
        "channelTag": "seedbed",
        "pid": "seedbed",
        "statParam": code_of(sale),
        "adCode": "",
        "orderTime": milliseconds(sale.created_at),
        "signTime": milliseconds(sale.finished_at),
        "settledTime": 0,
        "lastUpdateTime": milliseconds(sale.modified_at),
        "totalCost": yuan(sale.goods_fen),
        "commission": yuan(sale.goods_fen * 8 // 100),
        "afterSaleChangeGoodsCount": 0,
        "detailList": [
            _goods(line) | {"goodsFinalPrice": yuan(line.paid_fen // line.quantity)} for line in goods
        ],
    }


def _goods(line: Line) -> dict[str, Any]:
    return {
        "goodsId": line.item_id,
        "sizeId": line.sku_id,
        "spuId": line.item_id,
        "goodsName": line.title,
        "goodsCount": line.quantity,
        "commissionTotalCost": yuan(line.paid_fen),
        "commissionRate": "8",
        "commission": yuan(line.paid_fen * 8 // 100),
        "afterSaleInfo": [],
    }


def _union_refund(sale: Sale) -> dict[str, Any]:
    return {
        "orderSn": order_id(sale),
        "afterSaleSn": f"AS{sale.number:010d}",
        "afterSaleStatus": 2,
        "refundType": 1,
        "refundOrderDetails": [
            {
                "goodsId": line.item_id,
                "sizeId": line.sku_id,
                "goodsPrice": yuan(line.paid_fen // line.quantity),
                "goodsCount": line.quantity,
                "totalCost": yuan(line.paid_fen),
            }
            for line in sale.lines
            if not line.gift
        ],
    }
