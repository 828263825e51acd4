"""Xiaohongshu ark: lists of orders without money, a detail for each, after-sales."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from portal.demo.content import id_of
from portal.demo.partners.wording import milliseconds, pages
from portal.demo.sales import Line, Refund, Sale, Stage

PAGE = 100
_STATUS = {
    Stage.UNPAID: 1,
    Stage.DEPOSIT: 1,
    Stage.PAID: 4,
    Stage.SHIPPED: 6,
    Stage.FINISHED: 7,
    Stage.CLOSED: 8,
    Stage.CANCELLED: 9,
}
_RETURN, _REFUND_ONLY = 1, 5
PROMISED = timedelta(hours=40)  # after payment: the afternoon of the second day


def exchanges(sales: Sequence[Sale]) -> Iterator[dict[str, Any]]:
    listed = list(pages(sales, PAGE))
    for number, page in enumerate(listed, start=1):
        yield list_page(page, number, len(listed), len(sales))
        for sale in page:
            yield detail(sale)
            for refund in sale.refunds:
                yield after_sale(sale, refund)


def list_page(sales: Sequence[Sale], number: int, last: int, total: int) -> dict[str, Any]:
    """``order.getOrderList``"""
    asked = {"timeType": 2, "pageNo": number, "pageSize": PAGE}
    rows = [_head(sale) for sale in sales]
    data = {"total": total, "pageNo": number, "pageSize": PAGE, "maxPageNo": last, "orderList": rows}
    return _call("order.getOrderList", asked, data)


def detail(sale: Sale) -> dict[str, Any]:
    """``order.getOrderDetail``: fen."""
    paid = sale.goods_fen + sale.shipping_fen
    data = {
        **_head(sale),
        "skuList": [_sku(sale, line) for line in sale.lines],
        "totalShippingFree": sale.shipping_fen,
        "totalPayAmount": paid,
        "totalDepositAmount": 0,
        "merchantActualReceiveAmount": paid,
        "paymentType": 2,
        "userId": sale.buyer,
        "sellerId": id_of("seller", sale.shop.code),
    }
    return _call("order.getOrderDetail", {"orderId": order_id(sale)}, data)


def after_sale(sale: Sale, refund: Refund) -> dict[str, Any]:
    """``afterSale.getAfterSaleInfo``: yuan."""
    line = sale.lines[refund.line]
    info = {
        "returnsId": f"R{refund.number:018d}",
        "orderId": order_id(sale),
        "returnType": _RETURN if sale.shipped_at else _REFUND_ONLY,
        "status": 4 if refund.done_at else 9 if refund.refused else 1,
        "applyTime": milliseconds(refund.asked_at),
        "updatedAt": milliseconds(refund.done_at or refund.asked_at),
        "expectedRefundAmountYuan": refund.fen / 100,
        "skus": [
            {
                "skuId": line.sku_id,
                "boughtCount": line.quantity,
                "appliedCount": line.quantity,
                "appliedTotalAmountYuan": refund.fen / 100,
            }
        ],
        "appliedShipFeeAmountYuan": 0.0,
        "refundAmountYuan": refund.fen / 100 if refund.done_at else 0.0,
        "refundStatus": 2 if refund.done_at else 402 if refund.refused else 1,
        "refundTime": milliseconds(refund.done_at),
    }
    data = {"code": 0, "success": True, "msg": "", "data": {"afterSaleInfo": info}}
    return _call("afterSale.getAfterSaleInfo", {"returnsId": info["returnsId"]}, data)


def order_id(sale: Sale) -> str:
    return f"P{700_000_000_000_000_000 + sale.number}"


def _call(method: str, asked: dict[str, Any], data: dict[str, Any]) -> dict[str, Any]:
    return {
        "request": {"method": method, "version": "2.0", **asked},
        "response": {"error_code": 0, "error_msg": "", "success": True, "data": data},
    }


def _head(sale: Sale) -> dict[str, Any]:
    cancelled = sale.modified_at if sale.stage is Stage.CANCELLED else None
    return {
        "orderId": order_id(sale),
        "orderType": 1,
        "orderStatus": _STATUS[sale.stage],
        "orderAfterSalesStatus": 3 if sale.refunded_fen else 2 if sale.refunds else 1,
        "cancelStatus": 0,
        "createdTime": milliseconds(sale.created_at),
        "paidTime": milliseconds(sale.paid_at),
        "updateTime": milliseconds(sale.modified_at),
        "deliveryTime": milliseconds(sale.shipped_at),
        "cancelTime": milliseconds(cancelled),
        "finishTime": milliseconds(sale.finished_at),
        "promiseLastDeliveryTime": milliseconds(sale.paid_at + PROMISED if sale.paid_at else None),
    }


def _sku(sale: Sale, line: Line) -> dict[str, Any]:
    blogger = sale.note.blogger if sale.note and not line.gift else None
    return {
        "skuId": line.sku_id,
        "skuName": line.title,
        "itemId": line.item_id,
        "itemName": line.product.name,
        "erpcode": line.product.code,
        "skuSpec": line.sku.name,
        "skuQuantity": line.quantity,
        "totalPaidAmount": line.paid_fen,
        "totalMerchantDiscount": line.price_fen * line.quantity - line.paid_fen,
        "totalRedDiscount": 0,
        "skuTag": int(line.gift),
        "kolId": blogger_id(blogger.code) if blogger else "",
        "kolName": blogger.name if blogger else "",
        "skuAfterSaleStatus": 1,
    }


def blogger_id(code: str) -> str:
    """The platform's id of a blogger."""
    return id_of("blogger", code)
