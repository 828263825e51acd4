"""Long tables as files, row by row: CSV with a byte-order mark, and workbooks.

Both go as a stream into whatever takes bytes (a sealed file): memory holds one row, and no clear text lies on
a disk on the way. That is why the workbook is written here: the usual writers keep it in memory or in temporary
files. It is the least that ISO/IEC 29500 asks for, all cells are inline texts, so that nothing is computed, rounded or
linked; the parts follow each other in a ZIP that is never rewound.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from merchants.exports import BYTE_ORDER_MARK
from merchants.forward import Forward, Sink
from merchants.intake.cells import visible
from merchants.intake.report import harmless

FORMS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Media types by the ending of the file."""
LONGEST_CELL = 32_767  # signs; a spreadsheet takes no more, and nobody misses the end of such a message
ROWS_OF_A_SHEET = 1_048_576

Cells = Sequence[str]
Said = Iterable[tuple[str, str]]


def write_csv(into: Sink, heads: Cells, rows: Iterable[Cells]) -> None:
    """Header and rows; a cell that a spreadsheet would compute or round begins with an apostrophe."""
    into.write(BYTE_ORDER_MARK.encode())
    into.write(_line(heads))
    for row in rows:
        into.write(_line([harmless(visible(cell)) for cell in row]))


def write_xlsx(
    into: Sink, title: str, heads: Cells, rows: Iterable[Cells], read_me: tuple[str, Said]
) -> None:
    """A first sheet that explains (its title; labels with values), then the rows, on further sheets where one
    does not hold them. Cells are texts as they are."""
    names: list[str] = []
    with zipfile.ZipFile(Forward(into), "w", zipfile.ZIP_DEFLATED) as book:
        _sheet(book, names, read_me[0], [list(pair) for pair in read_me[1]], widths=(28, 90))
        waiting = iter(rows)
        more = True
        while more:
            more = _sheet(book, names, title, waiting, heads=heads, widths=(20,) * len(heads))
        for name, text in _around(names):
            book.writestr(name, text)


def _line(cells: Cells) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode("utf-8", "replace")


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKED = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2">'
    '<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2">'
    '<xf numFmtId="49" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="49" fontId="1" xfId="0" applyNumberFormat="1" applyFont="1"/>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # a reader would take it for a sign written as a number


def _sheet(
    book: zipfile.ZipFile,
    names: list[str],
    title: str,
    rows: Iterable[Cells],
    *,
    widths: Sequence[int],
    heads: Cells = (),
) -> bool:
    """One more sheet; True when rows are left that it did not hold."""
    names.append(_name(title, names))
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{w}" customWidth="1"/>' for n, w in enumerate(widths, 1)
    )
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' if heads else ""
    with book.open(f"xl/worksheets/sheet{len(names)}.xml", "w", force_zip64=True) as part:
        _put(
            part,
            f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">{pane}</sheetView>',
        )
        _put(part, f"</sheetViews><cols>{columns}</cols><sheetData>")
        at = 0
        if heads:
            _put(part, _row(heads, bold=True))
            at = 1
        full = False
        for row in rows:
            _put(part, _row(row))
            at += 1
            if at == ROWS_OF_A_SHEET:
                full = True
                break
        _put(part, "</sheetData></worksheet>")
    return full


def _put(part: IO[bytes], text: str) -> None:
    part.write(text.encode())


def _row(cells: Cells, *, bold: bool = False) -> str:
    style = ' s="1"' if bold else ""
    return f"<row>{''.join(_cell(cell, style) for cell in cells)}</row>"


def _cell(text: str, style: str) -> str:
    if not text:
        return f"<c{style}/>"
    lines = visible(text[:LONGEST_CELL]).replace("\r\n", "\n").replace("\r", "\n")
    clear = escape(_ESCAPED.sub("_x005F_", lines))
    return f'<c t="inlineStr"{style}><is><t xml:space="preserve">{clear}</t></is></c>'


def _name(title: str, taken: list[str]) -> str:
    """As spreadsheets allow it: 31 characters, none of them a sign of an address, none twice."""
    plain = "".join(sign for sign in title if sign not in "[]:*?/\\'")[:26]
    return plain if plain not in taken else f"{plain} {len(taken)}"


def _around(names: list[str]) -> list[tuple[str, str]]:
    """The parts that say what the sheets are."""
    numbers = range(1, len(names) + 1)
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>'
        for n, name in zip(numbers, names, strict=True)
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for n in numbers
    )
    return [
        ("xl/styles.xml", _STYLES),
        (
            "xl/workbook.xml",
            (
                f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><bookViews><workbookView activeTab="1"/>'
                f"</bookViews><sheets>{sheets}</sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            (
                f'{_HEAD}<Relationships xmlns="{_PACKED}/relationships">{links}<Relationship Id="rId0"'
                f' Type="{_LINKS}/styles" Target="styles.xml"/></Relationships>'
            ),
        ),
        (
            "_rels/.rels",
            (
                f'{_HEAD}<Relationships xmlns="{_PACKED}/relationships"><Relationship Id="rId1"'
                f' Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
            ),
        ),
        (
            "[Content_Types].xml",
            (
                f'{_HEAD}<Types xmlns="{_PACKED}/content-types"><Default Extension="rels"'
                ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
                f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
                f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{types}</Types>'
            ),
        ),
    ]
