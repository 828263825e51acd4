"""Performance as a file: the columns of the screen, all rows."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from measurement import takeaways_process
from measurement.charts import process as charts
from measurement.dictionary import BY_CODE
from measurement.exports import Head, Sheet, Table, Told
from measurement.printed.printed import Asking, Figure, Printed, defined, head, stem_of, told
from measurement.process import questions
from measurement.process.questions import MAIN, Question, Row
from measurement.queries import process, saved
from measurement.queries.process import Answer
from measurement.words import process as named


def print_process(asking: Asking) -> Printed:
    question, _problems = questions.read(asking.given, asking.today)
    answer = process.report(asking.merchant, question, now=asking.now, page_size=None)
    notes = saved.told(asking.merchant, question.period)
    code = drawn_code(question)
    return Printed(
        stem=stem_of(f"{question.show}-{question.by}", question.period),
        sheet=_sheet(answer),
        query=question.parameters(),
        takeaway=takeaways_process.of_process(answer),
        chart=drawn(answer, notes),
        chart_title=told()[code].name,
        period=question.period,
        notes=notes,
        figures=tuple(
            Figure(told()[one].name, answer.total.figures[one], BY_CODE[one].unit)
            for one in question.columns[:4]
        ),
        listed=("name", *question.columns[:3]),
        rows=answer.count,
    )


def drawn_code(question: Question) -> str:
    """The figure of the chart: the one sorted by when it is on the screen, else the group's main one."""
    code = question.order.lstrip("-")
    return code if code in question.columns and question.by != Row.DAY else MAIN[question.show]


def drawn(answer: Answer, notes: Told) -> dict[str, Any] | None:
    code = drawn_code(answer.question)
    return charts.of_process(
        answer,
        code,
        told()[code].name,
        in_yuan=BY_CODE[code].unit == "fen",
        former=_("Period before"),
        notes=notes,
    )


def _sheet(answer: Answer) -> Sheet:
    question = answer.question
    rows: list[dict[str, Any]] = [
        {"name": line.name, "by_line": line.by_line, **line.figures} for line in answer.lines
    ]
    if answer.unassigned:
        rows.append({"name": str(named.UNASSIGNED[question.by]), **answer.unassigned.figures})
    rows.append({"name": _("Total"), **answer.total.figures})
    heads = (
        Head("name", str(named.ROWS[question.by])),
        Head("by_line", _("Belongs to")),
        *(head(code, answer.currency) for code in question.columns),
    )
    return Sheet(
        Table(str(named.GROUPS[question.show]), heads, tuple(rows)),
        said=_said(answer),
        definitions=defined(question.columns),
    )


def _said(answer: Answer) -> tuple[tuple[str, str], ...]:
    question, fresh = answer.question, answer.freshness
    return (
        (_("Report"), f"{named.GROUPS[question.show]} · {named.ROWS[question.by]}"),
        (_("Source"), str(named.SOURCES[question.show])),
        (_("Period"), f"{question.period.start} – {question.period.last}"),
        (_("Filters"), ", ".join(f"{name} = {value}" for name, value in question.within) or "–"),
        (_("Address"), "?" + urlencode(question.parameters())),
        (_("Reports to"), str(fresh.reported_through or "–")),
        (_("Touchpoints to"), str(fresh.touched_through or "–")),
        (_("Engagement"), f"{named.engagement(answer.definition)} ({named.whose(answer.definition)})"),
        (pgettext("of a note", "Hit"), named.hit(answer.definition)),
        (_("Time zone, currency"), f"{answer.time_zone}, {answer.currency}"),
        (_("Definitions"), answer.definition_version),
    )
