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
    "empathy": _(
        "Comments as they had been stated, with what people had corrected, by the end of that day. One that came or was"
        " changed since is left out, because former texts are not kept. The list of words and the model are those of"
        " now; reads and saves are counted in their latest state only, so deep engagement is a dash."
    ),
    "matrix": _(
        "Cost, TI, credit and orders as they had been stated and credited by the end of that day, comments as people"
        " had corrected them by then. What was sold and to whom is counted in its latest state only and is not shown;"
        " products, buying points and audiences of notes are those of now."
    ),
    "live": _(
        "Streams that had begun, and what had been credited to their views, by the end of that day. Views, buyers and"
        " what they paid are counted in their latest state only: a dash stands there."
    ),
    "moves": _(
        "Spend judged anew from what had been credited and stated by the end of that day, and moves with what was known"
        " of them by then. What looks wrong is kept in its latest state only and is not shown; names, margins and"
        " decision cycles are those of now, and people are told apart as they are joined now."
    ),
    "orders": _(
        "Lines as they had been credited by the end of that day; what was paid and what was refunded by then is known"
        " as one figure only."
    ),
    "process": _(
        "Costs and reports as they had been stated, and engagement as it had been defined, by the end of that day."
        " Touchpoints, and people of our own layers, are counted in their latest state only: a dash stands there."
    ),
    "ripening": _(
        "Campaigns from the costs that had been stated and the orders that had been credited by the end of that day,"
        " against what the other campaigns of then make expect; rules with what was known of them by then. Decision"
        " cycles are those of now, and an order of which nothing was left by then does not count."
    ),
}
"""By page; those that read nothing but credit and costs share one."""


def lines(page: str, as_of: date | None) -> tuple[tuple[str, str], ...]:
    """The same for the first sheet of a file."""
    said = ((gettext("Of that day"), str(KEPT[page])),) if as_of else ()
    return ((gettext("As of"), str(as_of or "–")), *said)
