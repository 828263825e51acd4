"""Words of crowds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from measurement import words
from measurement.choices import Layer
from measurement.crowds.asked import By
from measurement.crowds.rules import KINDS, LAYERS, ORDER, Fault, Problem, RuleRow

LAYER_NAMES: dict[str, str | Promise] = {
    Layer.AWARE: pgettext_lazy("layer", "aware"),
    Layer.INTEREST: pgettext_lazy("layer", "interest"),
    Layer.TRUE_INTEREST: pgettext_lazy("layer", "true interest"),
    Layer.PURCHASE: pgettext_lazy("layer", "purchase"),
    Layer.SHARE: pgettext_lazy("layer", "share"),
}
OUTSIDE = pgettext_lazy("layer", "outside")
CARRIERS: dict[str, Any] = {
    By.NOTE: pgettext_lazy("dimension", "Note"),
    By.BLOGGER: pgettext_lazy("dimension", "Blogger"),
    By.AUDIENCE: pgettext_lazy("dimension", "Audience or scene"),
    By.CAMPAIGN: pgettext_lazy("dimension", "Campaign"),
    By.KEYWORD: pgettext_lazy("dimension", "Search word"),
}
SPANS: dict[str, Any] = {
    "7d": _("Last 7 days"),
    "28d": _("Last 28 days"),
    "90d": _("Last 90 days"),
    "custom": _("From … to …"),
}
FAULTS: dict[str, Any] = {
    Fault.EMPTY: _("A rule needs at least one row."),
    Fault.UNKNOWN_LAYER: _("“%(value)s” is no layer; the layers are A, I, TI, P and S."),
    Fault.UNKNOWN_KIND: _("“%(value)s” is no kind of event that is known."),
    Fault.NO_KIND: _("Choose at least one kind of event."),
    Fault.LEAST: _("How often it must happen is a whole number from 1 to 100."),
    Fault.DAYS: _("The window is a whole number of days from 1 to 730."),
    Fault.CYCLE: _("The decision cycle is a window for orders only; give a number of days."),
    Fault.EVERYBODY: _("This row takes everybody; leave out some kinds or ask for more events."),
    Fault.SWALLOWED: _(
        "Nobody could stand in %(value)s by this row: a higher layer takes the same people sooner."
    ),
}
AUDIENCE_FAULTS: dict[str, Any] = {
    "no_layer": _("Choose at least one layer."),
    "unknown_layer": _("The layers are A, I, TI, P and S."),
    "days": _("Days are whole numbers from 0 to 365, the longer one not below the shorter."),
    "too_many": _("50 audiences are kept; put one away first."),
    "name_taken": _("An audience of this name stands already."),
    "too_few": _("It holds fewer people than may be handed over."),
    "purpose": _("Say what it is handed over for, and to whom."),
    "expiry": _("Name a day after today and within 180 days by which it is deleted there."),
}


def layer(name: str) -> str:
    """A layer with its name, such as “TI true interest”."""
    return gettext("%(code)s %(name)s") % {"code": name, "name": words.said(LAYER_NAMES, name)}


def layer_of_rank(rank: int) -> str:
    return layer(LAYERS[rank - 1]) if rank else str(OUTSIDE)


def code_of_rank(rank: int) -> str:
    return str(LAYERS[rank - 1]) if rank else str(OUTSIDE)


def kind(value: str) -> str:
    return gettext("Order") if value == ORDER else words.touch_kind(value)


def kinds(values: Iterable[str]) -> str:
    return words.listed(kind(value) for value in values)


def window(row: RuleRow) -> str:
    if row.days is None:
        return gettext("within the decision cycle")
    return gettext("within %(days)d days") % {"days": row.days}


def fault(problem: Problem) -> str:
    told = str(FAULTS[problem.fault]) % {"value": problem.value}
    if not problem.row:
        return told
    return gettext("Row %(row)d: %(told)s") % {"row": problem.row, "told": told}


def layer_choices() -> list[tuple[str, str]]:
    return [(str(one), layer(one)) for one in LAYERS]


def kind_choices() -> list[tuple[str, str]]:
    return [(one, kind(one)) for one in KINDS]
