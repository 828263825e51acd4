"""The Alliance page as a file: the rows, figures and order of the screen."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import xlsxwriter
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from measurement import words
from measurement.dictionary import alliance as dictionary
from measurement.exports import BYTE_ORDER_MARK, FORMULA_SIGNS
from measurement.queries.alliance import AlliancePage
from measurement.reported.chain import RATES, Sums
from measurement.words import alliance as names

Cell = str | int | Decimal | None


def heads(page: AlliancePage) -> list[str]:
    assert page.view is not None
    return [
        words.said(names.LEVELS, page.view.level),
        *(str(label) for label in names.STEPS.values()),
        _("New customers"),
        _("Reported GMV"),
        _("of it new customers"),
        _("Deposits"),
        _("Cost in the report"),
        _("Entry rate"),
        _("Collect rate"),
        _("Cart rate"),
        _("Deal rate"),
        _("Cost of a visitor"),
        _("Cost of a buyer"),
        _("Cost of a new customer"),
        _("Credited by us"),
    ]


def table(page: AlliancePage) -> Iterator[list[Cell]]:
    """The rows of the screen, then the total of all; money in yuan, rates as plain numbers, unknown empty."""
    for row in page.rows:
        yield _line(row.name, row.sums, row.credited)
    yield _line(_("Total"), page.total, page.credited)


def _line(name: str, sums: Sums, credited: int | None) -> list[Cell]:
    rates = [sums.rate(rate) for rate in list(RATES)[:4]]
    costs = [sums.rate(f"cost_of_{step}") for step in ("shop_entry_uv", "order_uv", "new_customers")]
    return [
        name,
        *(sums.total(step) for step in names.STEPS),
        sums.total("new_customers"),
        *(_yuan(sums.total(metric)) for metric in ("gmv_fen", "new_gmv_fen", "deposit_fen", "cost_fen")),
        *(None if rate is None else rate.quantize(Decimal("0.0001")) for rate in rates),
        *(_yuan(cost) for cost in costs),
        _yuan(credited),
    ]


def gap_lines(page: AlliancePage) -> list[tuple[str, Cell, str]]:
    """The way from the reported figure to ours."""
    if page.gap is None:
        return []
    parts = [
        (words.said(names.PARTS, name), _yuan(-fen), words.said(names.WHY, name))
        for name, fen in page.gap.parts
    ]
    return [
        (_("Reported GMV"), _yuan(page.gap.reported), ""),
        *parts,
        (_("Credited by us"), _yuan(page.gap.credited), ""),
    ]


def read_me(page: AlliancePage, period: str, model: str) -> list[tuple[str, str]]:
    view = page.view
    assert view is not None
    return [
        (_("Report"), _("Alliance, platform-reported beside ours; never added together")),
        (_("Programme"), words.said(names.PROGRAMMES, view.programme)),
        (_("Level"), words.said(names.LEVELS, view.level)),
        (_("Window, days"), str(view.window_days)),
        (_("Time axis"), words.said(names.AXES, view.axis)),
        (_("De-duplication"), words.said(names.CLICKS, view.clicks)),
        (_("Period"), period),
        (_("Model"), model),
        (_("Stated by the platform"), f"{page.told_at:%Y-%m-%d %H:%M} UTC" if page.told_at else "–"),
        (_("Days whose window had not passed"), str(sum(not day.complete for day in page.days))),
        (_("Orders behind our figure"), str(page.orders)),
        (_("Unit"), _("Money in yuan; rates as fractions of 1; an empty cell is unknown.")),
    ]


def csv_lines(page: AlliancePage) -> Iterator[str]:
    yield BYTE_ORDER_MARK + _csv(heads(page))
    for line in table(page):
        yield _csv(line)
    for label, fen, _why in gap_lines(page):
        yield _csv([label, *([None] * (len(heads(page)) - 2)), fen])


def workbook(page: AlliancePage, period: str, model: str) -> io.BufferedIOBase:
    """The workbook as an open temporary file at its start; the caller's answer closes it."""
    file: Any = tempfile.TemporaryFile()  # noqa: SIM115 - it outlives this function
    book = xlsxwriter.Workbook(file, {"strings_to_formulas": False})
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet(_("Read me"))
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 2, 70)
    language = get_language() or "en"
    told = [*read_me(page, period, model), ("", "")]
    told += [(metric.name(language), metric.words(language)) for metric in dictionary.METRICS]
    for at, (label, text) in enumerate(told):
        sheet.write_string(at, 0, label, bold)
        sheet.write_string(at, 1, text)
    rows: list[list[Any]] = [list(heads(page)), *table(page)]
    _write(book.add_worksheet(_("Report")), rows, bold)
    if page.gap is not None:
        lines: list[list[Any]] = [[_("Part"), _("Yuan"), _("Why")], *(list(line) for line in gap_lines(page))]
        _write(book.add_worksheet(_("Gap")), lines, bold)
    book.close()
    file.seek(0)
    return file  # type: ignore[no-any-return]


def _write(sheet: Any, lines: list[list[Any]], bold: Any) -> None:
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 36)
    for at, line in enumerate(lines):
        for place, value in enumerate(line):
            if isinstance(value, str):
                sheet.write_string(at, place, value, bold if at == 0 else None)
            elif value is not None:
                sheet.write_number(at, place, float(value))


def _csv(cells: list[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([_plain(cell) for cell in cells])
    return text.getvalue()


def _plain(cell: Any) -> str:
    if cell is None:
        return ""
    text = str(cell)
    return "'" + text if isinstance(cell, str) and text.startswith(FORMULA_SIGNS) else text


def _yuan(fen: int | Decimal | None) -> Decimal | None:
    return None if fen is None else (Decimal(fen) / 100).quantize(Decimal("0.01"))
