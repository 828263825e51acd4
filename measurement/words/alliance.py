"""Names of what the Alliance page shows."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from measurement.choices import Programme, ReportAxis, ReportLevel

PROGRAMMES: dict[str, Any] = {
    Programme.XIAOHONGXING: _("小红星 · Taobao, Tmall"),
    Programme.XIAOHONGMENG: _("小红盟 · JD"),
    Programme.XIAOHONGLIAN: _("小红链 · VIPSHOP"),
}
LEVELS: dict[str, Any] = {
    ReportLevel.TASK: pgettext_lazy("level", "Tasks"),
    ReportLevel.NOTE: pgettext_lazy("level", "Notes"),
}
AXES: dict[str, Any] = {
    ReportAxis.CLICK: _("Day of the click"),
    ReportAxis.CONVERSION: _("Day of the order"),
}
CLICKS: dict[str, Any] = {
    "": _("as reported"),
    "last": _("last click only"),
    "all": _("every click"),
}
STEPS: dict[str, Any] = {
    "read_uv": _("Readers"),
    "shop_entry_uv": _("Shop visitors"),
    "collect_uv": _("Collectors"),
    "cart_uv": _("Carts"),
    "order_uv": _("Buyers"),
}
STEP_RATES: dict[str, str] = {
    "shop_entry_uv": "entry_rate",
    "collect_uv": "collect_rate",
    "cart_uv": "cart_rate",
    "order_uv": "deal_rate",
}
"""The rate beside each step; collect, cart and order are out of those who entered the shop."""

PARTS: dict[str, Any] = {
    "outside": _("Content outside the tasks"),
    "window": _("Window"),
    "deduplication": _("Several touches of one order"),
    "refunds": _("Refunds"),
    "products": _("Products outside the tasks"),
    "unjoined": _("Orders that nothing ties to content"),
    "rest": _("Not explained"),
}
WHY: dict[str, Any] = {
    "outside": _("We credit content that is in no task of the report; it does not count that."),
    "window": _("We credit orders that come later than the report's window after the touch."),
    "deduplication": _("The report counts an order whole where it counts it; we share it among its touches."),
    "refunds": _("The report keeps what was refunded later; we take it off."),
    "products": _("The report counts what its buyers bought besides; we credit the seeded product only."),
    "unjoined": _(
        "Orders of the platform without any tie to content. At most so much of the gap can be these."
    ),
    "rest": _("None of the above explains it: other people, other rules, or figures stated at another time."),
}
