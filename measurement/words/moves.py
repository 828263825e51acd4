"""Names for waste, moves and ripening."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from measurement.ripening.stoprules import Action, Against, RuleMetric, RuleState
from measurement.waste.moves import Came, Direction, Measure, MoveKind

MOVE_KINDS: dict[str, Any] = {
    MoveKind.BUDGET: pgettext_lazy("move", "Change the budget"),
    MoveKind.PAUSE: pgettext_lazy("move", "Pause"),
    MoveKind.REPEAT: pgettext_lazy("move", "Repeat"),
}
MEASURES: dict[str, Any] = {
    Measure.COST: pgettext_lazy("move", "cost"),
    Measure.CREDITED: pgettext_lazy("move", "attributed return"),
    Measure.ORDERS: pgettext_lazy("move", "orders"),
    Measure.ROI: pgettext_lazy("move", "ROI (T+x)"),
}
DIRECTIONS: dict[str, Any] = {
    Direction.UP: pgettext_lazy("move", "rises by at least"),
    Direction.DOWN: pgettext_lazy("move", "falls by at least"),
    Direction.HOLD: pgettext_lazy("move", "stays within ±"),
}
CAME: dict[str, Any] = {
    Came.AS_EXPECTED: pgettext_lazy("move", "as expected"),
    Came.LESS: pgettext_lazy("move", "the right way, but less"),
    Came.OTHER_WAY: pgettext_lazy("move", "not as expected"),
    Came.CANNOT_TELL: pgettext_lazy("move", "cannot be told from chance"),
    Came.NO_BASE: pgettext_lazy("move", "nothing before to compare with"),
}
CAME_TONES: dict[str, str] = {
    Came.AS_EXPECTED: "accent",
    Came.LESS: "warning",
    Came.OTHER_WAY: "danger",
    Came.CANNOT_TELL: "muted",
    Came.NO_BASE: "muted",
}
FLAGS: dict[str, Any] = {
    "flood": _("Flood of impressions"),
    "dwell": _("Reading time too short"),
    "devices": _("Many views from few devices"),
}
RULE_METRICS: dict[str, Any] = {
    RuleMetric.ROI: pgettext_lazy("rule", "ROI so far"),
    RuleMetric.ORDERS: pgettext_lazy("rule", "orders so far"),
    RuleMetric.TO_EXPECTED: pgettext_lazy("rule", "orders ÷ expected orders"),
    RuleMetric.TI_COST: pgettext_lazy("rule", "cost per new TI, ¥ (platform-reported)"),
    RuleMetric.COST: pgettext_lazy("rule", "cost so far, ¥"),
}
AGAINST: dict[str, Any] = {
    Against.BELOW: pgettext_lazy("rule", "is below"),
    Against.ABOVE: pgettext_lazy("rule", "is above"),
}
ACTIONS: dict[str, Any] = {
    Action.STOP: pgettext_lazy("rule", "stop"),
    Action.HALVE: pgettext_lazy("rule", "halve the budget"),
    Action.RAISE: pgettext_lazy("rule", "raise the budget"),
}
RULE_STATES: dict[str, Any] = {
    RuleState.WAITING: pgettext_lazy("rule", "waiting"),
    RuleState.FIRED: pgettext_lazy("rule", "fired"),
    RuleState.HELD: pgettext_lazy("rule", "go on"),
    RuleState.UNKNOWN: pgettext_lazy("rule", "figure not known"),
}
RULE_TONES: dict[str, str] = {
    RuleState.WAITING: "muted",
    RuleState.FIRED: "danger",
    RuleState.HELD: "accent",
    RuleState.UNKNOWN: "warning",
}
SIGNALS: dict[str, Any] = {
    "ti": _("New TI (deeply interested) people"),
    "search": _("Searches after reading"),
    "shop_entry": _("Shop entries"),
}
SHARED_COSTS: dict[str, Any] = {
    "agency_fee": _("agency fees"),
    "platform_fee": _("platform fees"),
    "sample": _("samples"),
    "rebate": _("rebates"),
}
