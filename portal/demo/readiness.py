"""What merchants of the demo said of a category before its launch, and the gates that its operator set."""

from __future__ import annotations

from merchants.models import LaunchGate, Merchant
from merchants.operations import readiness
from merchants.readiness.launching import Mode

BY = "system:demo"
OPERATOR = "operator"  # the database of the operator's own pages
GATES = {
    "beauty": {"mode": Mode.WARN, "refund_most": 8, "late_shipment_most": 5, "reply_in_time_least": 80},
    "baby_food": {"mode": Mode.BLOCK, "refund_most": 12, "late_shipment_most": 5, "reply_in_time_least": 80},
    "wedding_photography": {"mode": Mode.WARN, "reply_in_time_least": 80},
}
GOODS = {
    "reply_promise": {"reply_minutes": "5", "hours": "9:00–23:00"},
    "stock_source": {"stock_source": "自有工厂，旺季由合作工厂补单"},
    "carriers": {"carriers": "顺丰、中通", "regions": "全国（港澳台除外）"},
}
SERVICES = {
    "reply_promise": {"reply_minutes": "3", "hours": "9:00–22:00"},
    "places": {"places": "静安店、徐汇店；上海及周边"},
}


def set_gates() -> None:
    """Gates of the operator, where none was set."""
    for trade, stated in GATES.items():
        LaunchGate.objects.using(OPERATOR).get_or_create(trade=trade, defaults={**stated, "changed_by": BY})


def put(merchant: Merchant) -> None:
    """Half of the answers: the page shows what is open beside what is done."""
    said = (
        {"wedding_photography": SERVICES}
        if merchant.kind == Merchant.Kind.SERVICE
        else {"beauty": GOODS, "baby_food": GOODS}
    )
    for trade, answers in said.items():
        for key, values in answers.items():
            readiness.attest(merchant, trade, key, values, by=BY)
