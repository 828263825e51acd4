"""Reports as files: the same rows, figures and order as on the screen.

Money is in yuan with two decimals, shares and ratios are plain numbers, unknown is an empty cell. The
workbook begins with a sheet that says what was asked, how fresh it is and what each figure means.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from measurement import words
from measurement.dictionary import definitions
from measurement.reports import Envelope, Report, ReportQuery, Row

BYTE_ORDER_MARK = "\ufeff"  # so that spreadsheets read UTF-8
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table; ``form`` is text, yuan, number, count or share."""

    head: str
    value: Callable[[Row], Any]
    form: str = "text"


def columns(report: Report) -> list[Column]:
    """The columns of the screen, in its order."""
    dimension = words.said(words.DIMENSIONS, report.query.by)
    unit = report.envelope.currency
    return [
        Column(dimension, lambda row: row.name),
        Column(_("Belongs to"), lambda row: row.by_line),
        Column(_("Cost (%(unit)s)") % {"unit": unit}, lambda row: row.cost, "yuan"),
        Column(_("Attributed return (%(unit)s)") % {"unit": unit}, lambda row: row.credited, "yuan"),
        Column(_("of it A (%(unit)s)") % {"unit": unit}, lambda row: row.joined.get("A", 0), "yuan"),
        Column(_("of it B (%(unit)s)") % {"unit": unit}, lambda row: row.joined.get("B", 0), "yuan"),
        Column(_("95 %% from (%(unit)s)") % {"unit": unit}, lambda row: row.low, "yuan"),
        Column(_("95 %% to (%(unit)s)") % {"unit": unit}, lambda row: row.high, "yuan"),
        Column(_("ROI (T+x)"), lambda row: row.roi, "number"),
        Column(_("Orders"), lambda row: row.orders, "count"),
        Column(_("People"), lambda row: row.people, "count"),
        Column(_("Maturity"), lambda row: row.maturity, "share"),
        Column(_("Class"), lambda row: words.said(words.VERDICTS, row.verdict) if row.verdict else ""),
    ]


def lines(report: Report) -> Iterator[Row]:
    """Every row of the table, then what no row holds, then the total, as on the screen."""
    yield from report.rows
    if report.unassigned is not None:
        yield report.unassigned
    yield Row(**{**_fields(report.total), "name": _("Total")})


def _fields(row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Row.__dataclass_fields__}


def csv_lines(report: Report) -> Iterator[str]:
    """The table as comma-separated text, one line after the other."""
    shown = columns(report)
    yield BYTE_ORDER_MARK + _csv_line([column.head for column in shown])
    for row in lines(report):
        yield _csv_line([_plain(column.value(row), column.form) for column in shown])


def _csv_line(cells: list[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()


def _plain(value: Any, form: str) -> str:
    """A cell as text; a name that a spreadsheet would compute is quoted with an apostrophe."""
    if value is None:
        return ""
    match form:
        case "yuan":
            return f"{Decimal(value) / 100:.2f}"
        case "number" | "share":
            return f"{value:.4f}"
        case "count":
            return str(value)
    text = str(value)
    return "'" + text if text.startswith(FORMULA_SIGNS) else text


Told = Sequence[tuple[date, date, str]]


def workbook(report: Report, notes: Told = ()) -> io.BufferedIOBase:
    """The workbook as an open temporary file at its start; the caller's answer closes it. ``notes`` are what
    people wrote on days of the period."""
    file: Any = tempfile.TemporaryFile()  # noqa: SIM115 - it outlives this function
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False})
    bold = book.add_format({"bold": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    _write_read_me(book.add_worksheet(_("Read me")), report, notes, bold, wrapped)
    _write_table(book, report, bold)
    book.close()
    file.seek(0)
    return file  # type: ignore[no-any-return]


def _write_read_me(sheet: Any, report: Report, notes: Told, bold: Any, wrapped: Any) -> None:
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 2, 70, wrapped)
    at = 0
    for label, value in read_me(report):
        sheet.write_string(at, 0, label, bold)
        sheet.write_string(at, 1, value)
        at += 1
    for first, last, text in notes:
        sheet.write_string(at, 0, _("Note on %(days)s") % {"days": spanned(first, last)}, bold)
        sheet.write_string(at, 1, text)
        at += 1
    at += 1
    for one in definitions(get_language() or "en").values():
        sheet.write_string(at, 0, one.name, bold)
        sheet.write_string(at, 1, one.words)
        sheet.write_string(at, 2, one.formula)
        at += 1


def spanned(first: date, last: date) -> str:
    """A day, or two days with a dash."""
    return str(first) if first == last else f"{first} – {last}"


def read_me(report: Report) -> list[tuple[str, str]]:
    """What was asked and what stands around the answer, in words."""
    totals = report.totals
    return [
        *around(report.query, report.envelope, str(words.said(words.DIMENSIONS, report.query.by))),
        (_("Credited A"), _plain(totals.joined.get("A", 0), "yuan")),
        (_("Credited B"), _plain(totals.joined.get("B", 0), "yuan")),
        (_("Unjoined"), _plain(totals.unjoined, "yuan")),
        (_("Postage and the rest"), _plain(totals.rest, "yuan")),
        (_("Paid less refunded"), _plain(totals.lines + totals.rest, "yuan")),
    ]


def around(query: ReportQuery, envelope: Envelope, title: str) -> tuple[tuple[str, str], ...]:
    """The question and its envelope in words, as label and value."""
    return (
        (_("Report"), title),
        (_("Period"), f"{query.period.start} – {query.period.last}"),
        (pgettext("filter", "Days"), words.said(words.AXES, query.axis)),
        (_("Model"), words.said(words.MODELS, query.model)),
        (_("Window, days"), envelope.window),
        (_("Grade"), words.said(words.GRADES, query.grade) if query.grade else "A + B"),
        (_("Filters"), ", ".join(f"{name} = {value}" for name, value in query.within) or "–"),
        (_("As of"), str(query.as_of or "–")),
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


def _write_table(book: Any, report: Report, bold: Any) -> None:
    sheet = book.add_worksheet(words.said(words.DIMENSIONS, report.query.by)[:31])
    formats = {
        "yuan": book.add_format({"num_format": "#,##0.00"}),
        "number": book.add_format({"num_format": "0.00"}),
        "count": book.add_format({"num_format": "#,##0"}),
        "share": book.add_format({"num_format": "0.0%"}),
    }
    shown = columns(report)
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, len(shown) - 1, 16)
    for place, column in enumerate(shown):
        sheet.write_string(0, place, column.head, bold)
    for at, row in enumerate(lines(report), start=1):
        for place, column in enumerate(shown):
            _write_cell(sheet, at, place, column.value(row), column.form, formats)


def _write_cell(sheet: Any, at: int, place: int, value: Any, form: str, formats: dict[str, Any]) -> None:
    if value is None:
        return
    if form == "text":
        sheet.write_string(at, place, str(value))
    else:
        number = Decimal(value) / 100 if form == "yuan" else value
        sheet.write_number(at, place, float(number), formats[form])
