"""A saved view as a letter: the sentence on top, the figures, the table as a file, the chart as a picture."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from measurement import printed
from measurement.exports import KINDS, Head
from measurement.models import SavedView
from measurement.printed import Asking, NotReady, Printed
from merchants.letters import Attached, Letter, link
from merchants.models import Merchant
from merchants.periods import day_of

PAGES = frozenset(f"measurement:{page}" for page in printed.PAGES)
SHOWN = 10  # rows in the letter itself; all of them are in the file
LISTED = 4  # columns, where the report names none


def compose(merchant: Merchant, view: SavedView, *, form: str, now: datetime) -> Letter:
    """The report of the view's address as it is now: a relative period moves on, a fixed one stays. What is
    still being worked out goes out as a letter that says so and has no file."""
    asking = Asking(merchant, dict(parse_qsl(view.query)), now, view.owner_id)
    around = {"merchant": merchant, "view": view, "url": link(merchant, view.page, view.query)}
    try:
        found = printed.PAGES[view.page.partition(":")[2]](asking)
    except NotReady as waits:
        return _letter(_subject(view, merchant, day_of(now)), {**around, "takeaway": str(waits)})
    attached = _files(merchant, found, form)
    period = found.period
    days = (
        _("%(first)s to %(last)s") % {"first": period.start, "last": period.last} if period else day_of(now)
    )
    table = found.sheet.table
    context = {
        **around,
        "found": found,
        "takeaway": found.takeaway,
        "heads": _listed(found),
        "rows": [[(row.get(one.code), one.unit) for one in _listed(found)] for row in table.rows[:SHOWN]],
        "said": found.sheet.said,
        "notes": found.notes,
        "more": max(0, len(table.rows) - SHOWN),
        "without_picture": len(attached) == 1,
    }
    return _letter(_subject(view, merchant, days), context, attached)


def _subject(view: SavedView, merchant: Merchant, days: Any) -> str:
    told = {"name": view.name, "merchant": merchant.name, "days": days}
    return _("%(name)s · %(merchant)s, %(days)s") % told


def _letter(subject: str, context: dict[str, Any], attached: tuple[Attached, ...] = ()) -> Letter:
    return Letter(
        subject=subject,
        text=render_to_string("measurement/letters/report.txt", context),
        html=render_to_string("measurement/letters/report.html", context),
        attached=attached,
    )


def _files(merchant: Merchant, found: Printed, form: str) -> tuple[Attached, ...]:
    name = f"{merchant.code}-{found.stem}"
    files = ((kind, printed.content(found, kind)) for kind in (form, "png"))
    return tuple(Attached(f"{name}.{kind}", file, KINDS[kind]) for kind, file in files if file)


def _listed(found: Printed) -> tuple[Head, ...]:
    heads = {head.code: head for head in found.sheet.table.heads}
    return tuple(heads[code] for code in found.listed or tuple(heads)[:LISTED])
