"""Long tables as files: what a person typed stays what it is, in CSV and in a workbook."""

from __future__ import annotations

import csv
import io
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchants import table_files
from merchants.intake import reader
from merchants.intake.cells import visible
from merchants.table_files import write_csv, write_xlsx

HEADS = ["Name", "Words"]
ODD = [
    ["=1+1", "+8613812345678"],
    ["@SUM(A1)", "-2"],
    ["\t=cmd", "\r=cmd"],
    ["00123", "12345678901234567890"],
    ["安\n妮 🌱", 'a <b> & "c" _x0041_'],
    ["", "line\x00end"],
]


def book(rows: list[list[str]]) -> openpyxl.Workbook:
    packed = io.BytesIO()
    write_xlsx(packed, "Leads", HEADS, rows, ("Read me", [("What", "=leads")]))
    return openpyxl.load_workbook(packed)


def cells(sheet: object) -> list[list[str]]:
    return [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]  # type: ignore[attr-defined]


def test_a_csv_has_a_mark_and_no_cell_of_it_is_computed_or_rounded() -> None:
    text = io.BytesIO()
    write_csv(text, HEADS, ODD)
    assert text.getvalue().startswith(b"\xef\xbb\xbfName,Words\r\n")
    rows = list(csv.reader(io.StringIO(text.getvalue().decode("utf-8-sig"), newline="")))
    assert rows == [
        HEADS,
        ["'=1+1", "'+8613812345678"],
        ["'@SUM(A1)", "-2"],
        ["'\t=cmd", "'\r=cmd"],
        ["'00123", "'12345678901234567890"],
        ["安\n妮 🌱", 'a <b> & "c" _x0041_'],
        ["", "line\N{REPLACEMENT CHARACTER}end"],
    ]


def test_a_workbook_explains_itself_first_and_holds_texts_only() -> None:
    made = book(ODD)
    assert made.sheetnames == ["Read me", "Leads"]
    assert cells(made["Read me"]) == [["What", "=leads"]]
    assert cells(made["Leads"]) == [
        HEADS,
        *ODD[:2],
        ["\t=cmd", "\n=cmd"],
        ODD[3],
        ["安\n妮 🌱", 'a <b> & "c" _x005F_x0041_'],  # a spreadsheet shows _x0041_ by it, and no A
        ["", "line\N{REPLACEMENT CHARACTER}end"],
    ]
    assert {cell.data_type for row in made["Leads"].iter_rows() for cell in row if cell.value} == {"s"}


def test_a_sheet_that_is_full_is_followed_by_another_with_the_same_head(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(table_files, "ROWS_OF_A_SHEET", 3)
    made = book([[str(n), ""] for n in range(5)])
    assert made.sheetnames == ["Read me", "Leads", "Leads 2", "Leads 3"]
    told = [[row[0] for row in cells(made[name])] for name in made.sheetnames[1:]]
    assert told == [["Name", "0", "1"], ["Name", "2", "3"], ["Name", "4"]]


def test_a_cell_is_cut_where_a_spreadsheet_would_refuse_it() -> None:
    assert [len(row[1]) for row in cells(book([["a", "x" * 40_000]])["Leads"])] == [5, 32_767]


def test_both_are_written_one_way_without_going_back() -> None:
    """Into something that only takes bytes, as a sealed file does."""

    class OneWay:
        def __init__(self) -> None:
            self.told = bytearray()

        def write(self, clear: bytes) -> None:
            self.told += clear

    sink = OneWay()
    write_xlsx(sink, "Leads", HEADS, iter(ODD), ("Read me", iter([("a", "b")])))
    with zipfile.ZipFile(io.BytesIO(sink.told)) as packed:
        assert packed.testzip() is None
    table = reader.read(io.BytesIO(sink.told))  # and what comes out can be handed in again
    assert table.headers == ("a", "b")


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), max_size=5))
def test_every_text_comes_back_from_a_workbook_as_far_as_it_can_be_shown(rows: list[tuple[str, str]]) -> None:
    told = cells(book([list(row) for row in rows])["Leads"])[1:]
    one_kind = str.maketrans({"\r": "\n"})
    assert told == [[visible(cell).replace("\r\n", "\n").translate(one_kind) for cell in row] for row in rows]
