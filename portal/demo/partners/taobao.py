"""Taobao and Tmall: pages of trades, pages of refunds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from portal.demo.partners.wording import pages, shanghai, yuan
from portal.demo.sales import Line, Refund, Sale, Stage

PAGE = 100
_STATUS = {
    Stage.UNPAID: "WAIT_BUYER_PAY",
    Stage.DEPOSIT: "WAIT_BUYER_PAY",
    Stage.PAID: "WAIT_SELLER_SEND_GOODS",
    Stage.SHIPPED: "WAIT_BUYER_CONFIRM_GOODS",
    Stage.FINISHED: "TRADE_FINISHED",
    Stage.CLOSED: "TRADE_CLOSED",
    Stage.CANCELLED: "TRADE_CLOSED_BY_TAOBAO",
}


def exchanges(sales: Sequence[Sale]) -> Iterator[dict[str, Any]]:
    for number, page in enumerate(pages(sales, PAGE), start=1):
        yield trades_page(page, number, len(sales))
    refunded = [(sale, refund) for sale in sales for refund in sale.refunds]
    for number, rows in enumerate(pages(refunded, PAGE), start=1):
        yield refunds_page(rows, number, len(refunded))


def trades_page(sales: Sequence[Sale], page_no: int, total: int) -> dict[str, Any]:
    """``taobao.trades.sold.increment.get``"""
    return {
        "request": {
            "method": "taobao.trades.sold.increment.get",
            "page_no": page_no,
            "page_size": PAGE,
            **_span([sale.modified_at for sale in sales]),
        },
        "response": {
            "trades_sold_increment_get_response": {
                "total_results": total,
                "trades": {"trade": [_trade(sale) for sale in sales]},
                "request_id": f"demo{page_no:08d}",
            }
        },
    }


def refunds_page(rows: Sequence[tuple[Sale, Refund]], page_no: int, total: int) -> dict[str, Any]:
    """``taobao.refunds.receive.get``"""
    return {
        "request": {
            "method": "taobao.refunds.receive.get",
            "page_no": page_no,
            "page_size": PAGE,
            **_span([refund.done_at or refund.asked_at for _, refund in rows]),
        },
        "response": {
            "refunds_receive_get_response": {
                "total_results": total,
                "refunds": {"refund": [_refund(sale, refund) for sale, refund in rows]},
                "request_id": f"demo{page_no:08d}",
            }
        },
    }


def tid(sale: Sale) -> int:
    return 4_100_000_000_000_000_000 + sale.number * 1000


def _oid(sale: Sale, place: int) -> int:
    return tid(sale) + (place + 1 if len(sale.lines) > 1 else 0)


def _span(moments: Sequence[Any]) -> dict[str, str]:
    return {"start_modified": shanghai(min(moments)), "end_modified": shanghai(max(moments))}


def _trade(sale: Sale) -> dict[str, Any]:
    trade = {
        "tid": tid(sale),
        "status": _STATUS[sale.stage],
        "type": "step" if sale.presale else "fixed",
        "created": shanghai(sale.created_at),
        "modified": shanghai(sale.modified_at),
        "payment": yuan(sale.goods_fen + sale.shipping_fen),
        "total_fee": yuan(sum(line.price_fen * line.quantity for line in sale.lines)),
        "post_fee": yuan(sale.shipping_fen),
        "discount_fee": "0.00",
        "adjust_fee": "0.00",
        "received_payment": "0.00",
        "title": sale.shop.name,
        "orders": {"order": [_line(sale, place, line) for place, line in enumerate(sale.lines)]},
    }
    if sale.shop.names_buyers:
        trade |= {"buyer_nick": "露**", "buyer_open_uid": sale.buyer}
    if sale.presale:
        final = "FINAL_NOPAID" if sale.stage is Stage.DEPOSIT else "FINAL_PAID"
        trade |= {"step_trade_status": f"FRONT_PAID_{final}", "step_paid_fee": "20.00"}
    times = {"pay_time": sale.paid_at, "consign_time": sale.shipped_at, "end_time": sale.finished_at}
    return trade | {name: shanghai(moment) for name, moment in times.items() if moment}


def _line(sale: Sale, place: int, line: Line) -> dict[str, Any]:
    gross = line.price_fen * line.quantity
    refund = next((refund for refund in sale.refunds if refund.line == place), None)
    row = {
        "oid": _oid(sale, place),
        "num_iid": int(line.item_id),
        "sku_id": line.sku_id,
        "outer_sku_id": line.product.code,
        "title": line.title,
        "sku_properties_name": f"规格:{line.sku.name}",
        "num": line.quantity,
        "price": yuan(line.price_fen),
        "total_fee": yuan(gross),
        "discount_fee": "0.00",
        "adjust_fee": "0.00",
        "part_mjz_discount": yuan(gross - line.paid_fen),
        "divide_order_fee": yuan(line.paid_fen),
        "status": _STATUS[sale.stage],
        "refund_status": _refund_status(refund),
    }
    if sale.shipped_at:
        row |= {"consign_time": shanghai(sale.shipped_at), "logistics_company": sale.carrier}
    return row


def _refund_status(refund: Refund | None) -> str:
    if refund is None:
        return "NO_REFUND"
    return "SUCCESS" if refund.done_at else "SELLER_REFUSE_BUYER" if refund.refused else "WAIT_SELLER_AGREE"


def _refund(sale: Sale, refund: Refund) -> dict[str, Any]:
    line = sale.lines[refund.line]
    row = {
        "refund_id": str(80_000_000_000_000 + refund.number),
        "tid": tid(sale),
        "oid": _oid(sale, refund.line),
        "status": _refund_status(refund),
        "refund_fee": yuan(refund.fen),
        "payment": yuan(line.paid_fen - refund.fen),
        "total_fee": yuan(line.price_fen * line.quantity),
        "refund_phase": "aftersale" if sale.finished_at else "onsale",
        "dispute_type": "REFUND_AND_RETURN" if sale.shipped_at else "REFUND",
        "reason": refund.reason,
        "created": shanghai(refund.asked_at),
        "modified": shanghai(refund.done_at or refund.asked_at),
        "num_iid": int(line.item_id),
    }
    return row | ({"end_time": shanghai(refund.done_at)} if refund.done_at else {})
