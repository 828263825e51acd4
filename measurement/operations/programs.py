"""What programs of the merchant hear of credit: that a run is done, and whose credit it changed."""

from __future__ import annotations

from typing import Any

from measurement.choices import Model
from measurement.models import Run
from merchants import events
from merchants.models import Merchant

FINISHED, CREDITED = "run.finished", "order.credited"
ORDERS = 200  # of one event
_CREDITED = """
    WITH changed AS MATERIALIZED (
        SELECT DISTINCT l.order_id FROM unnest(%(lines)s::bigint[]) AS claimed(id)
        JOIN measurement_orderline l ON l.id = claimed.id AND l.merchant_id = %(merchant)s
        WHERE EXISTS (
            SELECT FROM measurement_posting p
            WHERE p.merchant_id = %(merchant)s AND p.line_id = l.id AND p.run_id = %(run)s
        )
    )
    SELECT o.platform, o.shop, o.external_id,
           coalesce(sum(c.fen_linear) FILTER (WHERE c.position > 0), 0)::bigint,
           coalesce(sum(c.fen_linear) FILTER (WHERE c.position = 0), 0)::bigint
    FROM changed
    JOIN measurement_order o ON o.id = changed.order_id
    JOIN measurement_orderline l ON l.order_id = o.id
    LEFT JOIN measurement_credit c ON c.id BETWEEN l.id * 65536 AND l.id * 65536 + 65535
    GROUP BY o.id ORDER BY o.id
"""
_NAMES = ("platform", "shop", "order_id", "attributed_fen", "unattributed_fen")


def tell(cursor: Any, merchant: Merchant, run: Run, lines: list[int], changed: int) -> None:
    """Announces a run over these lines, inside its transaction: first the orders whose credit it changed, by
    portions, then that it is done. Where nobody listens it costs one look.

    Of an order: fen that touches are credited with now, and fen that nothing is; together paid less refunded."""
    listened = events.heard(merchant, (FINISHED, CREDITED))
    if CREDITED in listened and changed:
        cursor.execute(_CREDITED, {"merchant": merchant.pk, "lines": lines, "run": run.pk})
        orders = [dict(zip(_NAMES, row, strict=True)) for row in cursor.fetchall()]
        for start in range(0, len(orders), ORDERS):
            told = {"run_id": run.pk, "model": Model.LINEAR.value, "orders": orders[start : start + ORDERS]}
            events.tell(merchant, CREDITED, told)
    if FINISHED in listened:
        told = {"run_id": run.pk, "cause": run.cause, "rule_version": run.rule_version}
        events.tell(merchant, FINISHED, {**told, "lines": run.lines, "changed_lines": changed})
