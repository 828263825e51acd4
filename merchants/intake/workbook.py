"""XLSX: the first sheet that holds anything, row by row, never whole in memory.

The archive is weighed before it is opened, entity bombs are refused by ``defusedxml``, and the sheet's own
word about its size is not believed (a false one would silently lose rows).
"""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, BinaryIO

import openpyxl
from openpyxl.xml import DEFUSEDXML

from merchants.intake.cells import EXACT_DIGITS, Formula, Rounded
from merchants.intake.problems import FileRefused
from merchants.intake.tables import Limits, Row, Table, exact, header_texts, is_empty

UNPACKED_LIMIT = 768 << 20  # bytes of all parts together; they are streamed
TEXTS_LIMIT = 128 << 20  # bytes of the shared texts, which stay in memory
PARTS_LIMIT = 2_000


def read(file: BinaryIO, limits: Limits) -> Table:
    """The table of a workbook. Raises ``FileRefused`` for bombs, broken or empty workbooks."""
    weigh(file)
    book = _open(file)
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        sheet.reset_dimensions()
        for line, cells in _lines(sheet.iter_rows(max_col=limits.columns + 1), 1):
            if not is_empty(cells):
                headers = header_texts(cells)
                if len(headers) > limits.columns:
                    raise FileRefused("too_many_columns", limit=limits.columns)
                return Table("xlsx", "", headers, _rows(sheet, line + 1, len(headers)))
    raise FileRefused("empty_file")


def weigh(file: BinaryIO) -> None:
    """Refuses an archive that would unpack to more than we read. What a part declares is also the most that
    is ever read of it, so the sums hold."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise FileRefused("broken_workbook") from None
    texts = sum(part.file_size for part in parts if "sharedstrings" in part.filename.lower())
    whole = sum(part.file_size for part in parts)
    if whole > UNPACKED_LIMIT or texts > TEXTS_LIMIT or len(parts) > PARTS_LIMIT:
        raise FileRefused("workbook_too_large", limit=UNPACKED_LIMIT >> 20)


def _open(file: BinaryIO) -> Any:
    if not DEFUSEDXML:
        raise RuntimeError("openpyxl must read XML through defusedxml.")
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
    except Exception:  # a hostile or broken archive fails in many ways; all mean the same to a person
        raise FileRefused("broken_workbook") from None


def _rows(sheet: Any, first: int, width: int) -> Iterator[Row]:
    for line, cells in _lines(sheet.iter_rows(min_row=first, max_col=width), first):
        if not is_empty(cells):
            yield Row(line, cells + [None] * (width - len(cells)))


def _lines(rows: Iterator[Any], first: int) -> Iterator[tuple[int, list[object]]]:
    line = first
    while True:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                cells = next(rows)
        except StopIteration:
            return
        except Exception:  # as in _open: bad XML may stand anywhere in the sheet
            raise FileRefused("broken_workbook") from None
        yield line, [_value(cell) for cell in cells]
        line += 1


def _value(cell: Any) -> object:
    value = cell.value
    if value is None or isinstance(value, str | bool):
        if cell.data_type in {"f", "e"}:
            return Formula(str(value)[:80])
        return value
    if isinstance(value, int):
        return value if abs(value) < 10**EXACT_DIGITS else Rounded(str(value))
    if isinstance(value, float):
        return exact(value)
    if isinstance(value, timedelta) or cell.data_type == "f":
        return Formula(str(value)[:80])
    return value
