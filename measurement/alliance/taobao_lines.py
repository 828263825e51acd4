"""The money of a Taobao trade, line by line: what was paid, what went back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from measurement.alliance.facts import LineFact, OrderStatus
from measurement.alliance.lines import line_ids
from measurement.alliance.money import spread
from measurement.alliance.orders import status_of
from merchants.wire.times import from_iso

Fields = Mapping[str, Any]


def lines_without_money(trade: Fields, refunds: Sequence[Fields]) -> tuple[LineFact, ...]:
    """The lines of a trade that was never paid."""
    lines = trade.get("lines") or []
    return _facts(trade, [0] * len(lines), [0] * len(lines), refunds)


def lines_of(
    trade: Fields, refunds: Sequence[Fields], *, closed: bool
) -> tuple[tuple[LineFact, ...], int, int, int, OrderStatus]:
    """Lines, paid, shipping, refunded (fen) and status of a trade that was paid.

    ``divide_order_fee`` is what a line was paid, and lines plus postage are what the order was paid:
    the trade's own ``payment`` may be lowered after a refund.
    """
    lines = trade.get("lines") or []
    gone_back = sum(refund["refunded_fen"] for refund in refunds)
    lowered = gone_back > 0 or closed or any(line["refund_status"] == "SUCCESS" for line in lines)
    paid_by_line = _paid_by_line(trade, lines, lowered=lowered)
    payment, shipping = trade.get("payment_fen"), trade.get("post_fee_fen") or 0
    if trade.get("post_fee_fen") is None and lines and not lowered:
        shipping = max(0, (payment or 0) - sum(paid_by_line))
    paid = sum(paid_by_line) + shipping if lines else payment or 0
    refunded_by_line = _refunded_by_line(lines, refunds)
    if closed:
        gone_back = _close(lines, paid_by_line, refunded_by_line, paid, gone_back)
    facts = _facts(trade, paid_by_line, refunded_by_line, refunds)
    status = OrderStatus.REFUNDED if closed else status_of(paid, gone_back, facts, closed=False)
    return facts, paid, shipping, gone_back, status


def _paid_by_line(trade: Fields, lines: Sequence[Fields], *, lowered: bool) -> list[int]:
    """``divide_order_fee``, else ``total_fee - part_mjz_discount``.

    Lines of the second kind miss what was taken off the whole order and shared with nobody. As long as
    nothing can have lowered ``payment`` they are brought to what it leaves them.
    """
    guessed = [index for index, line in enumerate(lines) if line["divide_fen"] is None]
    paid = [
        _guess(line) if index in guessed else max(0, line["divide_fen"]) for index, line in enumerate(lines)
    ]
    for index, line in enumerate(lines):
        if line["status"] == "TRADE_CLOSED_BY_TAOBAO":  # this line was closed before the others were paid
            paid[index] = 0
    payment, postage = trade.get("payment_fen"), trade.get("post_fee_fen")
    if not guessed or payment is None or postage is None or lowered:
        return paid
    given = sum(fen for index, fen in enumerate(paid) if index not in guessed)
    left = payment - postage - given
    if left >= 0:
        for index, fen in zip(guessed, spread(left, [paid[index] for index in guessed]), strict=True):
            paid[index] = fen
    return paid


def _guess(line: Fields) -> int:
    total: int | None = line["total_fee_fen"]
    if total is None:
        total = (
            (line["price_fen"] or 0) * (line["num"] or 1)
            + (line["adjust_fen"] or 0)
            - (line["discount_fen"] or 0)
        )
    share: int = line["share_of_discount_fen"] or 0
    return max(0, total - share)


def _refunded_by_line(lines: Sequence[Fields], refunds: Sequence[Fields]) -> list[int | None]:
    """What went back for each line; unknown for all when money went back for a line nobody knows."""
    index_of = {line["oid"]: index for index, line in enumerate(lines)}
    refunded: list[int | None] = [0] * len(lines)
    for refund in refunds:
        index = 0 if len(lines) == 1 else index_of.get(refund["oid"] or "")
        if index is not None:
            refunded[index] = (refunded[index] or 0) + refund["refunded_fen"]
        elif refund["refunded_fen"]:
            return [None] * len(lines)
    return refunded


def _close(
    lines: Sequence[Fields], paid: Sequence[int], refunded: list[int | None], order_paid: int, gone_back: int
) -> int:
    """A trade closed after payment has given everything back, also where its refund was not read yet.

    Fills such lines in ``refunded`` and returns what went back in all.
    """
    if not gone_back:
        refunded[:] = paid
        return order_paid
    for index in range(len(lines)):
        if refunded[index] == 0:
            refunded[index] = paid[index]
            gone_back += paid[index]
    return gone_back


def _facts(
    trade: Fields, paid: Sequence[int], refunded: Sequence[int | None], refunds: Sequence[Fields]
) -> tuple[LineFact, ...]:
    lines = trade.get("lines") or []
    spare_ids = line_ids(str(trade["tid"]), [line["sku_id"] or line["num_iid"] for line in lines])
    reasons = {
        refund["oid"]: refund["reason"]
        for refund in sorted(refunds, key=lambda refund: (refund["modified_at"] or "", refund["reason"]))
        if refund["reason"]
    }
    return tuple(
        LineFact(
            line_id=line["oid"] or spare_ids[index],  # where oid was not asked for
            item_id=line["num_iid"],
            sku_id=line["sku_id"],
            title=line["title"],
            quantity=line["num"] if line["num"] is not None else 1,
            paid_fen=paid[index],
            refunded_fen=refunded[index],
            is_gift=line["price_fen"] == 0 and not line["divide_fen"],
            shipped_at=from_iso(line["shipped_at"]),
            carrier=line["carrier"],
            after_sale_reason=reasons.get(line["oid"], ""),
        )
        for index, line in enumerate(lines)
    )
