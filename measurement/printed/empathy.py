"""Empathy as a file: its parts by row, each with n and interval."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from measurement import reports
from measurement.empathy.parts import Part
from measurement.exports import Head, Sheet, Table
from measurement.printed.printed import Asking, Figure, Printed, around, defined, told
from measurement.queries import empathy as comments
from measurement.reports import Dimension, Problem, ReportQuery
from measurement.words import empathy as said_of
from measurement.words import past, said


def empathy_query(asking: Asking) -> tuple[ReportQuery, list[Problem]]:
    """Period, rows and page of the address; rows that comments cannot have are notes."""
    query, problems = reports.read(asking.given, asking.today)
    return (query if query.by in comments.KEYS else query.but(by=Dimension.NOTE)), problems


def print_empathy(asking: Asking) -> Printed:
    """The parts, each with its n and interval; a part of too few is empty, its n says why."""
    query, _problems = empathy_query(asking)
    found = comments.empathy(asking.merchant, query.period, query.by, page_size=None, as_of=query.as_of)
    known = told()
    heads = [Head("name", said(said_of.ROWS, query.by)), Head("comments", _("Comments"), "count")]
    for part in Part:
        name = known[f"empathy_{part}"].name
        heads += [
            Head(part, name, "share"),
            Head(f"{part}_low", _("%(name)s, from") % {"name": name}, "share"),
            Head(f"{part}_high", _("%(name)s, to") % {"name": name}, "share"),
            Head(f"{part}_n", _("%(name)s, n") % {"name": name}, "count"),
        ]

    def line(name: str, row: comments.Row) -> dict[str, Any]:
        cells: dict[str, Any] = {"name": name, "comments": row.counts.comments}
        for part, one in row.parts.items():
            cells |= {part: one.value, f"{part}_low": one.low, f"{part}_high": one.high, f"{part}_n": one.n}
        return cells

    rows = [line(row.name.name if row.name else row.key, row) for row in found.rows]
    return Printed(
        stem=f"empathy-{query.by}-{query.period.start}-{query.period.last}",
        sheet=Sheet(
            Table(_("Empathy"), tuple(heads), (*rows, line(_("Total"), found.total))),
            said=(
                (_("Comments"), str(found.labelled)),
                (_("Wait to be read"), str(found.waiting)),
                *past.lines("empathy", query.as_of),
                *(((_("Left out"), str(found.left_out)),) if query.as_of else ()),
                (_("Shown from"), _("n = %(least)d on; fewer are an empty cell") % {"least": found.least}),
                *around(asking.merchant, query.period),
            ),
            definitions=defined(f"empathy_{part}" for part in Part),
        ),
        query=query.parameters(),
        takeaway=empathy_takeaway(found),
        period=query.period,
        figures=tuple(
            Figure(known[f"empathy_{part}"].name, one.value, "share", one.low, one.high)
            for part, one in list(found.total.parts.items())[:4]
        ),
        listed=("name", "comments", Part.QUESTIONS, Part.LIKED),
        rows=found.count,
    )


def empathy_takeaway(found: comments.Empathy) -> str:
    """What the comments say first; nothing where there are too few."""
    if not found.labelled:
        return ""
    asked = found.total.parts[Part.QUESTIONS]
    liked = found.total.parts[Part.LIKED]
    if asked.value is None:
        return ngettext(
            "%(n)d comment so far; shares are shown from %(least)d on.",
            "%(n)d comments so far; shares are shown from %(least)d on.",
            found.labelled,
        ) % {"n": found.labelled, "least": found.least}
    first = _("%(share)s %% of %(n)d comments ask something.") % {
        "share": f"{asked.value * 100:.0f}",
        "n": asked.n,
    }
    if liked.value is None:
        return first
    then = _("Of those that praise or blame, %(share)s %% praise (95 %%: %(low)s to %(high)s %%).") % {
        "share": f"{liked.value * 100:.0f}",
        "low": f"{(liked.low or 0) * 100:.0f}",
        "high": f"{(liked.high or 0) * 100:.0f}",
    }
    return f"{first} {then}"
