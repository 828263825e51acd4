"""Over time: ROI(T+x) by the age of the touches, its cohorts and their expected end, and who bought."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from measurement import exports, table_files, takeaways, words
from measurement.charts.curve import of_curve
from measurement.cycles.cohorts import Cohort, marks
from measurement.dictionary import definitions
from measurement.queries import buyers, curve
from measurement.queries.curve import Curve
from measurement.reports import Axis
from measurement.table_files import Head, Sheet
from measurement.views.questions import WORKBOOK, address, around, asked, chips
from merchants import audit
from merchants.access import MerchantRequest, merchant_required
from merchants.roles import Permission


@merchant_required(Permission.SEE_RESULTS)
def page(request: MerchantRequest) -> HttpResponse:
    """The curve of the address; ``part=buyers`` gives what stands behind it, which is read line by line."""
    query = asked(request)
    if request.GET.get("part") == "buyers":
        return render(request, "measurement/curve.html#buyers", _behind(request, query))
    found = curve.over_time(request.merchant, query, now=timezone.now())
    context = {
        **around(query, found.envelope),
        "found": found,
        "total": found.total,
        "chart": of_curve(found),
        "marks": marks(found.window),
        "points": _points(found),
        "cohorts": [_shown(cohort, found) for cohort in found.cohorts],
        "tasks": [(words.said(words.TASKS, task), fen) for task, fen in sorted(found.cost_by_task.items())],
        "by_touch": query.axis == Axis.TOUCH,
        "takeaway": takeaways.of_curve(found),
        "chips": chips(request.merchant, query),
        "behind": address(query, part="buyers"),
        "needed": curve.NEEDED,
    }
    return render(request, "measurement/curve.html", context)


def _shown(cohort: Cohort, found: Curve) -> dict[str, Any]:
    return {
        "cohort": cohort,
        "at": [{"fen": cohort.at.get(mark), "roi": cohort.roi_at(mark)} for mark in marks(found.window)],
    }


def _points(found: Curve) -> list[Any]:
    """The points of the table beside the chart: every one of a short window, else some, and the last."""
    step = max(1, found.window // 15)
    return [point for point in found.points if point.age % step == 0 or point.age == found.window]


def _behind(request: MerchantRequest, query: Any) -> dict[str, Any]:
    found = buyers.buyers(request.merchant, query)
    named = (
        (buyers.NEW, _("New buyers")),
        (buyers.RETURNING, _("Returning buyers")),
        (buyers.UNKNOWN, _("Buyer unknown")),
    )
    return {
        "query": query,
        "found": found,
        "groups": [(label, found.groups[code]) for code, label in named if code in found.groups],
        "definitions": definitions(get_language() or "en"),
    }


@merchant_required(Permission.EXPORT)
def export(request: MerchantRequest, form: str) -> HttpResponse | StreamingHttpResponse | FileResponse:
    """The cohorts as a file, or with ``table=points`` the curve; the act is kept in the trail."""
    query = asked(request)
    found = curve.over_time(request.merchant, query, now=timezone.now())
    sheet = _curve_sheet(found) if request.GET.get("table") == "points" else _cohort_sheet(found)
    audit.record(
        request.merchant,
        "measurement.report.exported",
        by=f"user:{request.user.pk}",
        form=form,
        rows=len(sheet.rows),
        query=query.parameters(),
    )
    name = f"{request.merchant.code}-over-time-{query.period.start}-{query.period.last}.{form}"
    if form == "xlsx":
        return FileResponse(
            table_files.workbook(sheet), as_attachment=True, filename=name, content_type=WORKBOOK
        )
    answer = StreamingHttpResponse(table_files.csv_lines(sheet), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _cohort_sheet(found: Curve) -> Sheet:
    told, unit = definitions(get_language() or "en"), found.envelope.currency
    heads = [
        Head("start", _("From")),
        Head("last", _("To")),
        Head("cost", f"{told['cost'].name} ({unit})", "fen"),
        Head("credited", f"{told['credited'].name} ({unit})", "fen"),
        *(
            Head(f"at{mark}", f"{told['credited'].name} T+{mark} ({unit})", "fen")
            for mark in marks(found.window)
        ),
        *(Head(f"roi{mark}", f"ROI T+{mark}", "ratio") for mark in marks(found.window)),
        Head("roi", told["roi"].name, "ratio"),
        Head("share", told["credit_in"].name, "share"),
        Head("expected", f"{told['final_range'].name} ({unit})", "fen"),
        Head("low", _("95 %% from (%(unit)s)") % {"unit": unit}, "fen"),
        Head("high", _("95 %% to (%(unit)s)") % {"unit": unit}, "fen"),
    ]
    rows = [_cells(cohort, found.window) for cohort in found.cohorts]
    rows.append({**_cells(found.total, found.window), "start": _("Total"), "last": ""})
    codes = ("cost", "credited", "roi", "credit_in", "final_range")
    return Sheet(
        title=_("Cohorts"),
        heads=tuple(heads),
        rows=tuple(rows),
        said=exports.around(found.query, found.envelope, pgettext("tab", "Over time")),
        definitions=tuple(told[code] for code in codes),
    )


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


def _curve_sheet(found: Curve) -> Sheet:
    told, unit = definitions(get_language() or "en"), found.envelope.currency
    return Sheet(
        title="T+x",
        heads=(
            Head("age", "x", "count"),
            Head("credited", f"{told['credited'].name} ({unit})", "fen"),
            Head("reached", told["reached"].name, "share"),
            Head("roi", told["roi_by_age"].name, "ratio"),
        ),
        rows=tuple(
            {"age": point.age, "credited": point.credited, "reached": point.reached, "roi": point.roi}
            for point in found.points
        ),
        said=exports.around(found.query, found.envelope, pgettext("tab", "Over time")),
        definitions=tuple(told[code] for code in ("credited", "reached", "roi_by_age")),
    )
