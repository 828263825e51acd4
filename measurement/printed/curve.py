"""Over time as a file: the cohorts, then every point of the curve."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from measurement import reports, takeaways
from measurement.charts.curve import of_curve
from measurement.cycles.cohorts import Cohort, Point, marks
from measurement.exports import Head, Sheet, Table
from measurement.printed.printed import Asking, Figure, Printed, defined, stem_of, told
from measurement.printed.results import said_around
from measurement.queries import beside, curve, saved
from measurement.queries.curve import Curve


def print_curve(asking: Asking) -> Printed:
    """The axis of the picture is the age of touches, not days, so notes on days stand in the file only."""
    query, _problems = reports.read(asking.given, asking.today)
    found = curve.over_time(asking.merchant, query, now=asking.now)
    total = found.total
    laid, label = None, ""
    try:
        if laid := beside.laid(asking.merchant, query, asking.today):
            label = laid.label
    except beside.NothingBeside as refused:
        label = str(refused)
    other = curve.over_time(asking.merchant, laid.query, now=asking.now) if laid else None
    said = said_around(query, found.envelope, pgettext("tab", "Over time"))
    further = (_cohorts(other, f"{_('Beside')} {label}"),) if other else ()
    return Printed(
        stem=stem_of("over-time", query.period),
        sheet=Sheet(
            _cohorts(found),
            said=(*said, (_("Beside"), label)) if label else said,
            definitions=defined(
                ("cost", "credited", "roi", "credit_in", "final_range", "reached", "roi_by_age")
            ),
            further=(_points(found, other, label), *further),
        ),
        query=query.parameters(),
        takeaway=takeaways.of_curve(found),
        chart=of_curve(found, other, label),
        chart_title=told()["roi_by_age"].name,
        period=query.period,
        notes=saved.told(asking.merchant, query.period),
        figures=(
            Figure(told()["credited"].name, total.credited, "fen"),
            Figure(told()["cost"].name, total.cost, "fen"),
            Figure(told()["roi"].name, total.roi, "ratio"),
        ),
        listed=("start", "cost", "credited", "roi"),
        rows=len(found.cohorts),
    )


def _cohorts(found: Curve, title: str = "") -> Table:
    known, unit = told(), found.envelope.currency
    heads = [
        Head("start", _("From")),
        Head("last", _("To")),
        Head("cost", f"{known['cost'].name} ({unit})", "fen"),
        Head("credited", f"{known['credited'].name} ({unit})", "fen"),
        *(
            Head(f"at{mark}", f"{known['credited'].name} T+{mark} ({unit})", "fen")
            for mark in marks(found.window)
        ),
        *(Head(f"roi{mark}", f"ROI T+{mark}", "ratio") for mark in marks(found.window)),
        Head("roi", known["roi"].name, "ratio"),
        Head("share", known["credit_in"].name, "share"),
        Head("expected", f"{known['final_range'].name} ({unit})", "fen"),
        Head("low", f"{_('95 %: from')} ({unit})", "fen"),
        Head("high", f"{_('95 %: to')} ({unit})", "fen"),
    ]
    rows = [_cells(cohort, found.window) for cohort in found.cohorts]
    rows.append({**_cells(found.total, found.window), "start": _("Total"), "last": ""})
    return Table(title or _("Cohorts"), tuple(heads), tuple(rows))


def _cells(cohort: Cohort, window: int) -> dict[str, Any]:
    final = cohort.final
    return {
        "start": cohort.start,
        "last": cohort.last,
        "cost": cohort.cost,
        "credited": cohort.credited,
        **{f"at{mark}": cohort.at.get(mark) for mark in marks(window)},
        **{f"roi{mark}": cohort.roi_at(mark) for mark in marks(window)},
        "roi": cohort.roi,
        "share": final.share if final else None,
        "expected": final.expected if final else None,
        "low": final.low if final else None,
        "high": final.high if final else None,
    }


def _points(found: Curve, other: Curve | None, label: str) -> Table:
    """Every age; the same figures of what is beside, and how far the first lies above it."""
    known, unit = told(), found.envelope.currency
    heads = (
        Head("age", "x", "count"),
        Head("credited", f"{known['credited'].name} ({unit})", "fen"),
        Head("reached", known["reached"].name, "share"),
        Head("roi", known["roi_by_age"].name, "ratio"),
    )
    if other is None:
        return Table("T+x", heads, tuple(_point(point) for point in found.points))
    beside_heads = tuple(
        Head(f"{head.code}_beside", f"{label}: {head.name}", head.unit) for head in heads[1:]
    )
    more = Head("more", f"{_('More than beside')} ({unit})", "fen")
    return Table(
        "T+x",
        (*heads, *beside_heads, more),
        tuple(
            {
                **_point(point),
                **{f"{code}_beside": value for code, value in _point(second).items()},
                "more": point.credited - second.credited,
            }
            for point, second in zip(found.points, other.points, strict=True)
        ),
    )


def _point(point: Point) -> dict[str, Any]:
    return {"age": point.age, "credited": point.credited, "reached": point.reached, "roi": point.roi}
