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
from measurement.operations import privacy_budget
from measurement.printed.printed import Asking, Figure, Printed, defined, head, stem_of, told
from measurement.process import questions
from measurement.process.questions import MAIN, Question, Row, State
from measurement.queries import process, process_layers, saved
from measurement.queries.process import PAGE, Answer
from measurement.queries.process_layers import Entered
from measurement.words import past
from measurement.words import process as named


def print_process(asking: Asking) -> Printed:
    question, _problems = questions.read(asking.given, asking.today)
    answer = answered(asking, question, page_size=None)
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


def answered(asking: Asking, question: Question, *, page_size: int | None = PAGE) -> Answer:
    """The answer. Where people of our own layers are asked for, it is one of the day's questions about people;
    when those are spent, nobody is counted and the rest stands."""
    entered = _entered(asking, question)
    return process.report(asking.merchant, question, now=asking.now, page_size=page_size, entered=entered)


def _entered(asking: Asking, question: Question) -> Entered:
    if not question.layered:
        return Entered()
    if question.as_of:
        return Entered(State.PAST)
    rule = process_layers.rule_of(asking.merchant)
    if rule is None:
        return Entered(State.NO_RULE)
    told = {
        "process": question.by,
        "first": question.period.start,
        "last": question.period.last,
        "before": question.before.start if question.before else None,
        "within": question.within,
        "v": rule.pk,
    }
    if not privacy_budget.may_ask(asking.merchant, user_id=asking.user_id, question=told):
        return Entered(State.BUDGET_SPENT, rule.version)
    return process_layers.entered(asking.merchant, question, rule)


def layers_said(answer: Answer) -> str:
    """Whose layers the columns of our own new people speak of; empty where there are none."""
    if not answer.question.layered:
        return ""
    return named.layers(answer.question.by, answer.entered.state, answer.entered.version, answer.named)


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
        *(((_("Our layers"), layers_said(answer)),) if question.layered else ()),
        (_("Period"), f"{question.period.start} – {question.period.last}"),
        *past.lines("process", question.as_of),
        (_("Filters"), ", ".join(f"{name} = {value}" for name, value in question.within) or "–"),
        (_("Address"), "?" + urlencode(question.parameters())),
        (_("Reports to"), str(fresh.reported_through or "–")),
        (_("Touchpoints to"), str(fresh.touched_through or "–")),
        (_("Engagement"), f"{named.engagement(answer.definition)} ({named.whose(answer.definition)})"),
        (pgettext("of a note", "Hit"), named.hit(answer.definition)),
        (_("Time zone, currency"), f"{answer.time_zone}, {answer.currency}"),
        (_("Definitions"), answer.definition_version),
    )
