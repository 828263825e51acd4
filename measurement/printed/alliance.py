"""The Alliance page as a file: the rows of the report, then the way from its figure to ours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from measurement import charts as common
from measurement import reports, words
from measurement.charts import alliance as charts
from measurement.exports import Head, Sheet, Table, Told
from measurement.printed.printed import Asking, Figure, Printed, defined, money, stem_of
from measurement.queries import alliance, saved
from measurement.queries.alliance import AlliancePage
from measurement.queries.alliance_sureness import Sureness
from measurement.queries.status import Status, status
from measurement.reported import question
from measurement.reported.chain import RATES, Sums
from measurement.reported.question import Asked
from measurement.reports import ReportQuery
from measurement.words import alliance as names
from merchants.models import Merchant

DEFINITIONS = (
    "alliance_reported", "alliance_people", "alliance_rate", "alliance_cost", "alliance_gap",
    "alliance_off_site", "credited", "interval", "coverage",
)  # fmt: skip
YUAN = ("gmv_fen", "new_gmv_fen", "deposit_fen", "cost_fen")


def found_for(
    merchant: Merchant, given: Mapping[str, str], today: date
) -> tuple[ReportQuery, Asked, AlliancePage, Status, list[reports.Problem]]:
    """The page of the address. Where not one order was ever tied to content our figure is unknown, not zero."""
    query, problems = reports.read(given, today)
    asked = question.read(given)
    state = status(merchant)
    found = alliance.page(merchant, asked, query.period, query.model, as_of=query.as_of)
    if not state.has_credit:
        rows = tuple(replace(row, credited=None) for row in found.rows)
        found = replace(found, gap=None, credited=None, sure=Sureness(), rows=rows)
    return query, asked, found, state, problems


def takeaway(found: AlliancePage) -> str:
    """What the page says first."""
    gap = found.gap
    if gap is None or not gap.reported:
        return ""
    explained = max((part for part in gap.parts if part[0] != "rest"), key=lambda part: abs(part[1]))
    rest = abs(dict(gap.parts)["rest"]) / gap.reported
    told = {"part": words.said(names.PARTS, explained[0]), "percent": f"{rest * 100:.0f}"}
    if not explained[1]:
        return _("Nothing we know explains the gap between the report and our figure.")
    return _("“%(part)s” explains most of the gap; %(percent)s %% of the report is not explained.") % told


def days_chart(found: AlliancePage, notes: Told) -> dict[str, Any] | None:
    return common.annotated(charts.days(found), notes, [one.day for one in found.days])


def print_alliance(asking: Asking) -> Printed:
    query, asked, found, _state, _problems = found_for(asking.merchant, asking.given, asking.today)
    notes = saved.told(asking.merchant, query.period)
    currency = asking.merchant.currency
    programme = found.view.programme if found.view else "alliance"
    return Printed(
        stem=stem_of(programme, query.period),
        sheet=Sheet(
            Table(_("Report"), _heads(found, currency), _lines(found)),
            said=_said(found, query),
            definitions=defined(DEFINITIONS),
            further=(_gap(found, currency),) if found.gap else (),
        ),
        query={**query.parameters(), **asked.parameters()},
        takeaway=takeaway(found),
        chart=days_chart(found, notes),
        chart_title=_("Reported GMV and credited by us, by day"),
        period=query.period,
        notes=notes,
        figures=(
            Figure(_("Reported GMV"), found.total.total("gmv_fen"), "fen"),
            Figure(_("Credited by us"), found.credited, "fen", found.sure.low, found.sure.high),
            Figure(_("New customers"), found.total.total("new_customers"), "count"),
            Figure(_("Cost in the report"), found.total.total("cost_fen"), "fen"),
        ),
        listed=("name", "gmv_fen", "credited"),
        rows=len(found.rows),
    )


def _heads(found: AlliancePage, currency: str) -> tuple[Head, ...]:
    level = words.said(names.LEVELS, found.view.level) if found.view else _("Rows")
    return (
        Head("name", level),
        *(Head(step, str(label), "count") for step, label in names.STEPS.items()),
        Head("new_customers", _("New customers"), "count"),
        money("gmv_fen", _("Reported GMV"), currency),
        money("new_gmv_fen", _("of it new customers"), currency),
        money("deposit_fen", _("Deposits"), currency),
        money("cost_fen", _("Cost in the report"), currency),
        Head("entry_rate", _("Entry rate"), "share"),
        Head("collect_rate", _("Collect rate"), "share"),
        Head("cart_rate", _("Cart rate"), "share"),
        Head("deal_rate", _("Deal rate"), "share"),
        money("cost_of_shop_entry_uv", _("Cost of a visitor"), currency),
        money("cost_of_order_uv", _("Cost of a buyer"), currency),
        money("cost_of_new_customers", _("Cost of a new customer"), currency),
        money("cost_of_deposit_uv", _("Cost of a presale deposit"), currency),
        money("credited", _("Credited by us"), currency),
    )


def _lines(found: AlliancePage) -> tuple[dict[str, Any], ...]:
    """The rows of the screen, then the total of all."""
    if found.view is None:
        return ()
    return (
        *(_line(row.name, row.sums, row.credited) for row in found.rows),
        _line(_("Total"), found.total, found.credited),
    )


def _line(name: str, sums: Sums, credited: int | None) -> dict[str, Any]:
    costs = ("cost_of_shop_entry_uv", "cost_of_order_uv", "cost_of_new_customers", "cost_of_deposit_uv")
    return {
        "name": name,
        **{metric: sums.total(metric) for metric in (*names.STEPS, "new_customers", *YUAN)},
        **{rate: sums.rate(rate) for rate in (*list(RATES)[:4], *costs)},
        "credited": credited,
    }


def _gap(found: AlliancePage, currency: str) -> Table:
    """The way from the reported figure to ours."""
    assert found.gap is not None
    parts = [
        {"part": words.said(names.PARTS, name), "fen": -fen, "why": words.said(names.WHY, name)}
        for name, fen in found.gap.parts
    ]
    reported = {"part": _("Reported GMV"), "fen": found.gap.reported}
    credited = {"part": _("Credited by us"), "fen": found.gap.credited}
    heads = (Head("part", _("Part")), money("fen", _("Amount"), currency), Head("why", _("Why")))
    return Table(_("Gap"), heads, (reported, *parts, credited))


def _interval(found: AlliancePage) -> str:
    """Both ends in yuan."""
    low, high = found.sure.low, found.sure.high
    return "–" if low is None or high is None else f"{low / 100:.2f} – {high / 100:.2f}"


def _said(found: AlliancePage, query: ReportQuery) -> tuple[tuple[str, str], ...]:
    view = found.view
    viewed = (
        (
            (_("Programme"), words.said(names.PROGRAMMES, view.programme)),
            (_("Level"), words.said(names.LEVELS, view.level)),
            (_("Window, days"), str(view.window_days)),
            (_("Time axis"), words.said(names.AXES, view.axis)),
            (_("De-duplication"), words.said(names.CLICKS, view.clicks)),
        )
        if view
        else ()
    )
    return (
        (_("Report"), _("Alliance, platform-reported beside ours; never added together")),
        *viewed,
        (_("Period"), f"{query.period.start} – {query.period.last}"),
        (_("As of"), str(query.as_of or "–")),
        (_("Model"), words.said(words.MODELS, query.model)),
        (_("Credited by us, 95 %"), _interval(found)),
        (_("Coverage"), "–" if found.sure.coverage is None else f"{found.sure.coverage:.4f}"),
        (_("Stated by the platform"), f"{found.told_at:%Y-%m-%d %H:%M} UTC" if found.told_at else "–"),
        (_("Days whose window had not passed"), str(sum(not day.complete for day in found.days))),
        (_("Orders behind our figure"), "–" if found.orders is None else str(found.orders)),
        (_("Unit"), _("Money in yuan; rates as fractions of 1; an empty cell is unknown.")),
    )
