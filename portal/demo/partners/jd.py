"""JD: pages of shop orders and refunds, and what the union sees of orders that carry its codes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from portal.demo.content import id_of
from portal.demo.partners.wording import pages, shanghai, yuan
from portal.demo.sales import Line, Refund, Sale, Stage

PAGE = 100
NEVER = "0001-01-01 00:00:00"
_STATE = {
    Stage.UNPAID: "NOT_PAY",
    Stage.DEPOSIT: "NOT_PAY",
    Stage.PAID: "WAIT_SELLER_STOCK_OUT",
    Stage.SHIPPED: "WAIT_GOODS_RECEIVE_CONFIRM",
    Stage.FINISHED: "FINISHED_L",
    Stage.CLOSED: "TRADE_CANCELED",
    Stage.CANCELLED: "TRADE_CANCELED",
}
_FINANCE_DONE, _SELLER_REFUSED, _WAITING = 3, 2, 0


def exchanges(sales: Sequence[Sale]) -> Iterator[dict[str, Any]]:
    told = [*_parents(sales), *sales]
    for number, page in enumerate(pages(told, PAGE), start=1):
        yield orders_page(page, number, len(told))
    refunded = [sale for sale in sales if sale.refunds]
    for rows in pages(refunded, PAGE):
        yield refunds_page(rows, len(refunded))
    for rows in pages((sale for sale in sales if code_of(sale)), PAGE):
        yield union_page(rows)


def orders_page(sales: Sequence[Sale], page: int, total: int) -> dict[str, Any]:
    """``jingdong.pop.order.search``"""
    return {
        "request": {
            "method": "jingdong.pop.order.search",
            "360buy_param_json": {
                "start_date": shanghai(min(sale.modified_at for sale in sales)),
                "end_date": shanghai(max(sale.modified_at for sale in sales)),
                "dateType": "0",
                "page": str(page),
                "page_size": str(PAGE),
            },
        },
        "response": {
            "jingdong_pop_order_search_responce": {
                "code": "0",
                "searchorderinfo_result": {
                    "apiResult": {
                        "success": True,
                        "englishErrCode": "",
                        "chineseErrCode": "",
                        "numberCode": 0,
                    },
                    "orderTotal": total,
                    "orderInfoList": [_order(sale) for sale in sales],
                },
            }
        },
    }


def refunds_page(sales: Sequence[Sale], total: int) -> dict[str, Any]:
    """``jingdong.pop.afs.soa.refundapply.queryPageList``: amounts in fen, no line named."""
    rows = [_refund(sale, refund) for sale in sales for refund in sale.refunds]
    return {
        "request": {
            "method": "jingdong.pop.afs.soa.refundapply.queryPageList",
            "360buy_param_json": {"pageIndex": 1, "pageSize": PAGE},
        },
        "response": {
            "jingdong_pop_afs_soa_refundapply_queryPageList_responce": {
                "code": "0",
                "queryResult": {"success": True, "errorCode": "", "totalCount": total, "result": rows},
            }
        },
    }


def union_page(sales: Sequence[Sale]) -> dict[str, Any]:
    """``jd.union.open.order.row.query``: one row for each line that was paid for, JSON as text."""
    rows = [
        _union_row(sale, line, place)
        for sale in sales
        for place, line in enumerate(sale.lines)
        if not line.gift
    ]
    result = {"code": 200, "message": "success", "requestId": "demo", "hasMore": False, "data": rows}
    return {
        "request": {
            "method": "jd.union.open.order.row.query",
            "360buy_param_json": {"orderReq": {"pageIndex": 1, "pageSize": 500, "type": 3}},
        },
        "response": {
            "jd_union_open_order_row_query_responce": {
                "code": "0",
                "queryResult": json.dumps(result, ensure_ascii=False),
            }
        },
    }


def order_id(number: int) -> str:
    return str(300_000_000_000 + number)


def code_of(sale: Sale) -> str:
    return sale.note.code if sale.note else sale.foreign_code


def position_of(code: str) -> int:
    """The position (link) that the union sees; one for each code."""
    return 3_000_000_000 + int(id_of("position", code)[:7], 16)


def _parents(sales: Sequence[Sale]) -> Iterator[Sale]:
    """Split orders as they stood before they were split: read first, then replaced by their children."""
    children: dict[int, list[Sale]] = {}
    for sale in sales:
        if sale.parent is not None:
            children.setdefault(sale.parent, []).append(sale)
    for number, parts in children.items():
        first = parts[0]
        yield replace(
            first,
            number=number,
            parent=None,
            stage=Stage.PAID,
            lines=tuple(line for part in parts for line in part.lines),
            shipping_fen=sum(part.shipping_fen for part in parts),
            modified_at=first.paid_at or first.created_at,
            finished_at=None,
        )


def _order(sale: Sale) -> dict[str, Any]:
    gross = sum(line.price_fen * line.quantity for line in sale.lines)
    parent = order_id(sale.parent) if sale.parent is not None else "0"
    discounts = [(line, line.price_fen * line.quantity - line.paid_fen) for line in sale.lines]
    return {
        "orderId": order_id(sale.number),
        "parentOrderId": parent,
        "directParentOrderId": parent,
        "venderId": "10000001",
        "orderType": "22",
        "payType": "4-在线支付",
        "orderState": _STATE[sale.stage],
        "orderStateRemark": "",
        "orderTotalPrice": yuan(gross),
        "sellerDiscount": yuan(gross - sale.goods_fen),
        "orderSellerPrice": yuan(sale.goods_fen),
        "freightPrice": yuan(sale.shipping_fen),
        "actualPay": yuan(sale.goods_fen + sale.shipping_fen),
        "balanceUsed": "0.00",
        "orderStartTime": shanghai(sale.created_at),
        "paymentConfirmTime": shanghai(sale.paid_at, NEVER),
        "modified": shanghai(sale.modified_at),
        "orderEndTime": shanghai(sale.finished_at),
        "open_id_buyer": sale.buyer,
        "itemInfoList": [_item(line) for line in sale.lines],
        "couponDetailList": [
            {
                "orderId": order_id(sale.number),
                "skuId": line.sku_id,
                "couponType": "30-单品促销优惠",
                "couponPrice": yuan(off),
            }
            for line, off in discounts
            if off
        ],
    }


def _item(line: Line) -> dict[str, Any]:
    return {
        "skuId": line.sku_id,
        "wareId": line.item_id,
        "outerSkuId": line.product.code,
        "skuName": line.title,
        "jdPrice": yuan(line.price_fen),
        "itemTotal": str(line.quantity),
        "giftPoint": "0",
    }


def _refund(sale: Sale, refund: Refund) -> dict[str, Any]:
    status = _FINANCE_DONE if refund.done_at else _SELLER_REFUSED if refund.refused else _WAITING
    return {
        "id": 70_000_000 + refund.number,
        "orderId": int(order_id(sale.number)),
        "applyTime": shanghai(refund.asked_at),
        "checkTime": shanghai(refund.done_at),
        "applyRefundSum": refund.fen,
        "status": status,
        "reason": refund.reason,
        "partRefundType": int(refund.fen < sale.lines[refund.line].paid_fen),
    }


def _union_row(sale: Sale, line: Line, place: int) -> dict[str, Any]:
    done = sale.stage is Stage.FINISHED
    code = code_of(sale)
    base, fee = line.paid_fen / 100, round(line.paid_fen * 0.09) / 100
    valid = {Stage.FINISHED: 17, Stage.CANCELLED: 3, Stage.CLOSED: 3, Stage.UNPAID: 15, Stage.DEPOSIT: 24}
    return {
        "id": f"{order_id(sale.number)}_{line.sku_id}_{place}",
        "orderId": int(order_id(sale.number)),
        "parentId": int(order_id(sale.parent)) if sale.parent is not None else 0,
        "orderTime": shanghai(sale.created_at),
        "finishTime": shanghai(sale.finished_at),
        "modifyTime": shanghai(sale.modified_at),
        "skuId": int(line.sku_id),
        "skuName": line.title,
        "skuNum": line.quantity,
        "skuReturnNum": 0,
        "skuFrozenNum": 0,
        "price": line.price_fen / 100,
        "commissionRate": 10.0,
        "finalRate": 90.0,
        "estimateCosPrice": base,
        "estimateFee": fee,
        "actualCosPrice": base if done else 0.0,
        "actualFee": fee if done else 0.0,
        "validCode": valid.get(sale.stage, 16),
        "positionId": position_of(code),
        "siteId": 4_000_001,
        "pid": "",
        "subUnionId": code,
        "ext1": "",
        "goodsInfo": {"productId": int(line.item_id)},
        "payMonth": 0,
    }
