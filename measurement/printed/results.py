"""Results and models as files: what was credited to what, one column a figure, one row a row of the screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from measurement import charts, reports, takeaways, words
from measurement.attribution import samples
from measurement.charts import journeys as journey_charts
from measurement.exports import Head, Sheet, Table, plain
from measurement.operations import journey_models
from measurement.printed.printed import Asking, Figure, Printed, money, stem_of, told
from measurement.queries import journeys, results, saved
from measurement.queries.journeys import Beside
from measurement.reports import Axis, Dimension, Envelope, Report, ReportQuery, Row
from measurement.words import past
from measurement.words.journeys import JOURNEY_MODELS, REFUSED, UNAVAILABLE
from merchants.models import Merchant

EVERY = {**words.MODELS, **JOURNEY_MODELS}


def print_results(asking: Asking) -> Printed:
    query, _problems = reports.read(asking.given, asking.today)
    report = results.report(asking.merchant, query, now=asking.now, page_size=None)
    notes = saved.told(asking.merchant, query.period)
    total = report.total
    return Printed(
        stem=stem_of(query.by, query.period),
        sheet=Sheet(
            Table(words.said(words.DIMENSIONS, query.by), _heads(report), tuple(_lines(report))),
            said=said(report),
            definitions=tuple(told().values()),
        ),
        query=query.parameters(),
        takeaway=takeaways.of_results(report),
        chart=charts.of_results(report, notes if query.by == Dimension.DAY else ()),
        chart_title=_("Attributed return and cost"),
        period=query.period,
        notes=notes,
        figures=(
            Figure(_("Attributed return"), total.credited, "fen", total.low, total.high),
            Figure(_("Cost"), total.cost, "fen"),
            Figure(_("ROI (T+x)"), total.roi, "ratio"),
            Figure(_("Maturity"), total.maturity, "share"),
        ),
        listed=("name", "credited", "cost"),
        rows=report.count,
    )


def _heads(report: Report) -> tuple[Head, ...]:
    """The columns of the screen, in its order."""
    unit = report.envelope.currency
    return (
        Head("name", words.said(words.DIMENSIONS, report.query.by)),
        Head("by_line", _("Belongs to")),
        money("cost", _("Cost"), unit),
        money("credited", _("Attributed return"), unit),
        money("a", _("of it A"), unit),
        money("b", _("of it B"), unit),
        money("low", _("95 %: from"), unit),
        money("high", _("95 %: to"), unit),
        Head("roi", _("ROI (T+x)"), "ratio"),
        Head("orders", _("Orders"), "count"),
        Head("people", _("People"), "count"),
        Head("maturity", _("Maturity"), "share"),
        Head("class", _("Class")),
    )


def _every(report: Report) -> Iterator[tuple[str, Row]]:
    """Every row of the table, then what no row holds, then the total, as on the screen."""
    for row in report.rows:
        yield row.name, row
    if report.unassigned is not None:
        yield report.unassigned.name, report.unassigned
    yield _("Total"), report.total


def _lines(report: Report) -> Iterator[dict[str, Any]]:
    for name, row in _every(report):
        yield {
            "name": name,
            "by_line": row.by_line,
            "a": row.joined.get("A", 0),
            "b": row.joined.get("B", 0),
            "class": words.said(words.VERDICTS, row.verdict) if row.verdict else "",
            **{
                code: getattr(row, code)
                for code in ("cost", "credited", "low", "high", "roi", "orders", "people", "maturity")
            },
        }


def said(report: Report) -> tuple[tuple[str, str], ...]:
    """What was asked and what stands around the answer, in words."""
    totals = report.totals
    return (
        *said_around(report.query, report.envelope, words.said(words.DIMENSIONS, report.query.by)),
        (_("Credited A"), plain(totals.joined.get("A", 0), "fen")),
        (_("Credited B"), plain(totals.joined.get("B", 0), "fen")),
        (_("Unjoined"), plain(totals.unjoined, "fen")),
        (_("Postage and the rest"), plain(totals.rest, "fen")),
        (_("Paid less refunded"), plain(totals.whole, "fen")),
    )


def said_around(query: ReportQuery, envelope: Envelope, title: str) -> tuple[tuple[str, str], ...]:
    """The question and its envelope in words."""
    return (
        (_("Report"), title),
        (_("Period"), f"{query.period.start} – {query.period.last}"),
        (pgettext("filter", "Days"), words.said(words.AXES, query.axis)),
        (_("Model"), words.said(words.MODELS, query.model)),
        (_("Window, days"), envelope.window),
        (_("Grade"), words.said(words.GRADES, query.grade) if query.grade else "A + B"),
        (_("Filters"), ", ".join(f"{name} = {value}" for name, value in query.within) or "–"),
        *past.lines(past.LEDGER, query.as_of),
        (_("Address"), "?" + "&".join(f"{name}={value}" for name, value in query.parameters().items())),
        (_("Data to"), str(envelope.data_through or "–")),
        (_("Computed"), f"{envelope.computed_at:%Y-%m-%d %H:%M:%S} UTC" if envelope.computed_at else "–"),
        (_("Time zone, currency"), f"{envelope.time_zone}, {envelope.currency}"),
        (_("Rule, run"), f"{envelope.rule_version or '–'}, {envelope.run or '–'}"),
        (_("Definitions"), envelope.definition_version),
        (_("Coverage"), "–" if envelope.coverage is None else f"{envelope.coverage:.4f}"),
        (_("Interval"), envelope.interval),
        (_("Rows hidden for privacy"), str(envelope.suppressed_rows)),
    )


# -- the models side by side


def models_query(query: ReportQuery, given: Any) -> ReportQuery:
    """What the page of the models is asked: the largest disagreements first, by day of the order, where the
    models add up to the same."""
    if "sort" not in given:
        query = query.but(sort="-spread", page=query.page)
    if "axis" not in given:
        query = query.but(axis=Axis.ORDER, page=query.page)
    return query


def beside_of(merchant: Merchant, query: ReportQuery) -> Beside:
    """The models of all journeys for this question, as far as there are any."""
    if reason := journeys.unavailable(query):
        return Beside("unavailable", reason)
    question = journey_models.Question(
        by=query.by,
        first_day=query.period.start,
        last_day=query.period.last,
        spu_id=int(query.filters.get("spu", 0)),
        order=query.order,
        with_nulls=query.nulls,
    )
    return journeys.told(journey_models.ask(merchant, question))


def why_not(beside: Beside) -> str:
    """Why the three stand without figures, in a sentence; empty when they have some."""
    if beside.state == "unavailable":
        return words.said(UNAVAILABLE, beside.reason)
    if beside.state == "waiting":
        return _(
            "Markov, Shapley and leave-one-out are being worked out for this question; they will appear here."
        )
    if beside.state == "refused":
        least = {"least": samples.CONVERSIONS, "each": samples.PASSAGES}
        return words.said(REFUSED, beside.reason) % {**beside.counts, **least}
    return ""


def shares_of(row: Row, beside: Beside) -> dict[str, int | None]:
    """The eight shares of a row; one that a model does not know is unknown, not zero."""
    ready = beside.state == "ready"
    return {model: row.shares.get(model, 0 if ready or model in words.MODELS else None) for model in EVERY}


def print_models(asking: Asking) -> Printed:
    query, _problems = reports.read(asking.given, asking.today)
    query = models_query(query, asking.given)
    beside = beside_of(asking.merchant, query)
    report = results.report(
        asking.merchant, query, now=asking.now, page_size=None, models=True, beside=beside.shares or None
    )
    unit = report.envelope.currency
    rows: list[dict[str, Any]] = [
        {"name": row.name, **shares_of(row, beside), "why": takeaways.why_models_differ(row)}
        for row in report.rows
    ]
    if report.unassigned is not None:
        rows.append({"name": report.unassigned.name, **shares_of(report.unassigned, beside)})
    whole = {**report.total.shares, **(beside.totals if beside.state == "ready" else {})}
    rows.append({"name": _("Total"), **{model: whole.get(model) for model in EVERY}})
    return Printed(
        stem=stem_of(f"models-{query.by}", query.period),
        sheet=Sheet(
            Table(
                _("Models"),
                (
                    Head("name", words.said(words.DIMENSIONS, query.by)),
                    *(money(model, str(name), unit) for model, name in EVERY.items()),
                    Head("why", _("Why they differ")),
                ),
                tuple(rows),
            ),
            said=(*said(report), (_("Models of all journeys"), why_not(beside) or "–")),
            definitions=tuple(told().values()),
        ),
        query=query.parameters(),
        takeaway=takeaways.of_models(report),
        chart=journey_charts.of_models(report.rows, beside.state == "ready"),
        chart_title=_("Where the models disagree most, ¥"),
        period=query.period,
        notes=saved.told(asking.merchant, query.period),
        listed=("name", "first", "last", "linear"),
        rows=report.count,
    )
