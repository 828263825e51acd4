"""A saved view as a letter: the sentence on top, the figures, the table as a file, the chart as a picture."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qsl

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from measurement import charts, exports, pictures, reports, takeaways, words
from measurement.letters.letter import Attached, Letter, link
from measurement.models import SavedView
from measurement.queries import results, saved
from measurement.reports import Report
from merchants.models import Merchant
from merchants.periods import day_of

PAGES = frozenset({"measurement:results"})
KINDS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
SHOWN = 10  # rows in the letter itself; all of them are in the file


def compose(merchant: Merchant, view: SavedView, *, form: str, now: datetime) -> Letter:
    """The report of the view's address as it is now: a relative period moves on, a fixed one stays."""
    query, _problems = reports.read(dict(parse_qsl(view.query)), day_of(now))
    report = results.report(merchant, query.but(page=1), now=now, page_size=None)
    context = {
        "merchant": merchant,
        "view": view,
        "report": report,
        "rows": report.rows[:SHOWN],
        "dimension": words.said(words.DIMENSIONS, query.by),
        "takeaway": takeaways.of_results(report),
        "url": link(merchant, view.page, view.query),
        "notes": saved.told(merchant, query.period),
        "more": max(0, report.count - SHOWN),
    }
    name = f"{merchant.code}-{query.by}-{query.period.start}-{query.period.last}"
    attached = [Attached(f"{name}.{form}", _file(merchant, report, form), KINDS[form])]
    if picture := _picture(report):
        attached.append(Attached(f"{name}.png", picture, "image/png"))
    return Letter(
        subject=_("%(name)s · %(merchant)s, %(first)s to %(last)s")
        % {
            "name": view.name,
            "merchant": merchant.name,
            "first": query.period.start,
            "last": query.period.last,
        },
        text=render_to_string("measurement/letters/report.txt", context),
        html=render_to_string("measurement/letters/report.html", context),
        attached=tuple(attached),
    )


def _file(merchant: Merchant, report: Report, form: str) -> bytes:
    if form == "csv":
        return "".join(exports.csv_lines(report)).encode()
    with exports.workbook(report, saved.told(merchant, report.query.period)) as file:
        return file.read()


def _picture(report: Report) -> bytes | None:
    option = charts.of_results(report)
    return pictures.png(option, _("Attributed return and cost")) if option else None
