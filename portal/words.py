"""Words that mean the same on every page: evidence grades, reasons of emptiness, states of a job."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

GRADES: dict[str, tuple[str | Promise, str | Promise]] = {
    "A": ("A", _("A · same person")),
    "B": ("B", _("B · link or code")),
    "C": ("C", _("C · estimate")),
    "unjoined": (_("unjoined"), _("unjoined · no evidence")),
}
"""Short and long name of each evidence grade."""


@dataclass(frozen=True)
class EmptyState:
    icon: str
    title: str | Promise
    text: str | Promise


EMPTY = {
    "no_data": EmptyState(
        "circle-dashed",
        _("No data in this period"),
        _("Nothing was recorded between these dates."),
    ),
    "filter": EmptyState(
        "filter-off",
        _("Nothing matches the filter"),
        _("There is data, but none of it fits all the choices above."),
    ),
    "not_connected": EmptyState(
        "plug-connected-x",
        _("This source is not connected"),
        _("Connect it or upload a file, and this page fills by itself."),
    ),
    "not_permitted": EmptyState(
        "lock",
        _("Your role does not include this"),
        _("Ask an owner of the merchant to change your role."),
    ),
    "too_new": EmptyState(
        "hourglass",
        _("Too new to tell"),
        _("The decision cycle has not passed yet; early figures would mislead."),
    ),
}
"""The five reasons why a report shows nothing."""

STATES = {
    "waiting": pgettext_lazy("state of a job", "Waiting"),
    "running": pgettext_lazy("state of a job", "Running"),
    "done": pgettext_lazy("state of a job", "Done"),
    "failed": pgettext_lazy("state of a job", "Failed"),
}
