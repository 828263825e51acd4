"""Two identifiers that are one person, and why."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from measurement.columns.persons import key_of, person_columns
from measurement.columns.surroundings import Surroundings, Values
from measurement.operations.identities import LinkRow
from merchants.intake.cells import Text
from merchants.intake.columns import Column
from merchants.intake.problems import Refused

IDENTITIES = (
    *person_columns("_a", required=True),
    *person_columns("_b", required=True),
    Column(
        "reason",
        Text(120),
        _("Reason"),
        _("Why both are one person, such as member id or same phone."),
        aliases=("原因", "依据"),
        required=True,
    ),
)


def identity_shape(around: Surroundings) -> Callable[[Values], LinkRow]:
    def shape(values: Values) -> LinkRow:
        one, other = key_of(values, around, "_a"), key_of(values, around, "_b")
        assert one is not None
        assert other is not None
        if one[1] == other[1]:
            raise Refused("same_person_twice", "person_b")
        return LinkRow(one[1], other[1], values["reason"])

    return shape
