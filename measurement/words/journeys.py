"""Names and sentences of the models of all journeys."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

JOURNEY_MODELS: dict[str, Any] = {
    "markov": pgettext_lazy("model", "Markov"),
    "shapley": pgettext_lazy("model", "Shapley"),
    "leave_one_out": pgettext_lazy("model", "Leave-one-out"),
}
ORDERS: dict[str, Any] = {
    "1": _("1: the channel one is at"),
    "2": _("2: the last two channels"),
    "3": _("3: the last three channels"),
}
NULLS: dict[str, Any] = {
    "": _("With journeys without an order"),
    "without": _("Without journeys without an order"),
}
UNAVAILABLE: dict[str, Any] = {
    "by": _(
        "Markov, Shapley and leave-one-out share orders among what people met: choose notes, bloggers, campaigns,"
        " placements, search words or kinds of touch as rows."
    ),
    "axis": _(
        "Markov, Shapley and leave-one-out count a journey on the day it ended: choose days of the order to see"
        " them beside the five."
    ),
    "filter": _(
        "Markov, Shapley and leave-one-out look at whole journeys of a product or of all; with this filter or"
        " window the five models stand alone."
    ),
    "as_of": _("Markov, Shapley and leave-one-out are worked out for today's state of the ledger only."),
}
REFUSED: dict[str, Any] = {
    "conversions": _(
        "Too few orders for Markov, Shapley and leave-one-out: %(conversions)s of known persons in this period,"
        " and %(least)s are needed. Choose a longer period or all products."
    ),
    "nulls": _(
        "No journey of this period is known to have ended without an order, so the chain cannot see what converts"
        " badly. Choose an earlier period whose windows have closed, or leave such journeys out on purpose."
    ),
    "passages": _(
        "Too few touches for this chain: %(passages)s for %(states)s states, and %(each)s for each are needed."
        " Choose order 1, coarser rows or a longer period."
    ),
}
