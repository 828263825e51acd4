"""Templates to fill in: the columns of a kind as CSV and as a workbook with an explanation of each."""

from __future__ import annotations

import csv
import io
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from merchants.intake.cells import Choice
from merchants.intake.columns import Column
from merchants.intake.kinds import Kind

BYTE_ORDER_MARK = "\ufeff"  # so that spreadsheets read UTF-8


def template_csv(kind: Kind) -> bytes:
    """Header and examples; ids are short enough, or worded so, that a spreadsheet leaves them alone."""
    text = io.StringIO()
    text.write(BYTE_ORDER_MARK)
    table = csv.writer(text)
    names = [column.name for column in kind.columns]
    table.writerow(names)
    for example in kind.examples:
        table.writerow([_guarded(example.get(name, "")) for name in names])
    return text.getvalue().encode()


def template_xlsx(kind: Kind) -> bytes:
    """A first sheet to fill in, all of it formatted as text, and a second that explains its columns."""
    packed = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_numbers": False,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(packed, options) as book:
        as_text = book.add_format({"num_format": "@"})
        needed = book.add_format({"bold": True, "bottom": 1, "bg_color": "#DDEBDD"})
        other = book.add_format({"bold": True, "bottom": 1})
        sheet = book.add_worksheet(str(kind.label)[:31])
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(kind.columns):
            sheet.set_column(place, place, max(14, len(column.name) + 2), as_text)
            sheet.write_string(0, place, column.name, needed if column.required else other)
            for line, example in enumerate(kind.examples, 1):
                if example.get(column.name):
                    sheet.write_string(line, place, example[column.name], as_text)
        _explain(book, kind, other)
    return packed.getvalue()


def _explain(book: Any, kind: Kind, head: Any) -> None:
    sheet = book.add_worksheet(_("Columns"))
    sheet.set_column(0, 1, 22)
    sheet.set_column(2, 4, 40)
    titles = (_("Column"), _("Name"), _("Holds"), _("Meaning"), _("Also understood"))
    for place, title in enumerate(titles):
        sheet.write_string(0, place, str(title), head)
    for line, column in enumerate(kind.columns, 1):
        told = (column.name, column.label, holds(column), column.meaning, ", ".join(column.aliases))
        for place, text in enumerate(told):
            sheet.write_string(line, place, str(text))


def holds(column: Column) -> str:
    """What a cell of the column must hold, in words."""
    if isinstance(column.cell, Choice):
        text = ", ".join(column.cell.names)
    else:
        text = {
            "text": _("text"),
            "id": _("an id, as text"),
            "money": _("yuan, such as 1284.05"),
            "time": _("day and clock, such as 2026-03-01 13:05:00"),
            "day": _("a day, such as 2026-03-01"),
            "whole number": _("a whole number"),
            "yes or no": _("yes or no"),
            "rate": _("a rate in percent, such as 12.3%"),
            "share": _("a share in percent, such as 62.1%"),
            "index": _("a number, such as 112.5"),
            "window": _("days, such as 15 or 30"),
        }[column.cell.word]
    return _("%(text)s (needed)") % {"text": text} if column.required else text


def _guarded(text: str) -> str:
    """Long digits as a formula that gives text: a spreadsheet would round them."""
    return f'="{text}"' if text.isdigit() and len(text) > 11 else text
