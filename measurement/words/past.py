"""What a page of a past day says of itself: what it is made of, and what is kept in its latest state only."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

LEDGER = "ledger"
KEPT: dict[str, Any] = {
    LEDGER: _(
        "Credit, costs and reports as they had been recorded by the end of that day. Names, margins and decision"
        " cycles are those of now, people are told apart as they are joined now, and an order of which nothing"
        " was left by then does not count."
    ),
    "orders": _(
        "Lines as they had been credited by the end of that day; what was paid and what was refunded by then is known"
        " as one figure only."
    ),
    "process": _(
        "Costs and reports as they had been stated, and engagement as it had been defined, by the end of that day."
        " Touchpoints, and people of our own layers, are counted in their latest state only: a dash stands there."
    ),
}
"""By page; those that read nothing but credit and costs share one."""


def lines(page: str, as_of: date | None) -> tuple[tuple[str, str], ...]:
    """The same for the first sheet of a file."""
    said = ((gettext("Of that day"), str(KEPT[page])),) if as_of else ()
    return ((gettext("As of"), str(as_of or "–")), *said)
