"""Files as people and programs hand them in, and files made to hurt."""

import io
import json
import zipfile
from datetime import UTC, datetime

import duckdb
import pytest
from openpyxl.xml import DEFUSEDXML

from merchants.intake import workbook as workbooks
from merchants.intake.tables import Limits

from .files import check, repacked, sheet_of, workbook

AT = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
LINES = "订单号,金额,时间\n412345678901234567,389.00,2026-03-01 13:00:00\n𠮷-1,0.01,\n"
ROWS = [("412345678901234567", 38_900, AT), ("𠮷-1", 1, None)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_is_read_in_every_encoding_of_our_users(encoding):
    assert check(LINES.encode(encoding)) == (ROWS, [], None)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_in_the_header(delimiter):
    assert check(LINES.replace(",", delimiter).encode()) == (ROWS, [], None)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system(ending):
    assert check(LINES.replace("\n", ending).encode()) == (ROWS, [], None)


def test_marked_utf8_is_never_read_as_gb18030():
    """Its bytes decode there, too, into nonsense and without an error."""
    data = LINES.encode("utf-8-sig")
    assert data.decode("gb18030") != LINES
    assert check(data)[0] == ROWS


def test_the_encoding_is_decided_by_the_whole_file():
    plain = "id,amount\n" + "a,1\n" * 100_000
    data = plain.encode() + "最后,1\n".encode("gb18030")
    good, problems, refusal = check(data)
    assert (good[-1], problems, refusal) == (("最后", 100, None), [], None)


def test_broken_bytes_are_refused_with_their_line(tmp_path):
    from merchants.intake.delimited import encoding_of
    from merchants.intake.problems import FileRefused

    data = b"id,amount\na,1\nb\xff\xff,2\n"
    with pytest.raises(FileRefused) as refused:
        encoding_of(io.BytesIO(data))
    assert (refused.value.code, refused.value.params) == ("unknown_encoding", {"line": 3})


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", "empty_file"),
        (b"\n\n  \n", "empty_file"),
        (b"\xef\xbb\xbf\n", "empty_file"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "old_or_locked_excel"),
        (b"%PDF-1.7 ...", "no_table"),
        (b"\x1f\x8b\x08rest", "no_table"),
        (b"<html><table>", "web_page"),
        (b'[{"id": 1}]', "json_array"),
        (b"PK\x03\x04nonsense", "broken_workbook"),
        (b"PAR1nonsense", "broken_parquet"),
        (b"name,price\na,1\n", "columns_missing"),
        (b"id,id,amount\n1,2,3\n", "column_twice"),
        ("订单号,order number,金额\n1,2,3\n".encode(), "column_twice"),
        (b'id,amount\n"a,1\nb,2\n', "quote_not_closed"),
        (b'"id,amount\na,1\n', "quote_not_closed"),
        (b"id,amount," + b",".join(b"c%d" % n for n in range(300)) + b"\n", "too_many_columns"),
    ],
)
def test_what_is_no_table_of_ours_is_refused_as_a_whole(data, refusal):
    assert check(data)[2] == refusal


def test_a_header_without_rows_has_no_rows():
    assert check(b"id,amount\n") == ([], [], None)


def test_rows_beyond_the_limit_refuse_the_file():
    assert check(b"id,amount\n" + b"a,1\n" * 11, Limits(rows=10))[2] == "too_many_rows"


def test_every_problem_of_every_row_is_found():
    data = "id,amount,at\n,x,2026-03-01\na,1,\nb,1,2026-13-01 10:00:00\nc,13,\nd\ne,1,,9\nf,2,\n"
    good, problems, refusal = check(data.encode())
    assert good == [("a", 100, None), ("f", 200, None)]
    assert problems == [
        (2, "id", "missing"),
        (2, "amount", "not_money"),
        (2, "at", "time_needs_a_clock"),
        (4, "at", "not_a_time"),
        (5, "amount", "below_zero"),
        (6, "", "too_few_cells"),
        (7, "", "too_many_cells"),
    ]
    assert refusal is None


def test_line_numbers_are_those_of_the_file():
    data = b'id,amount,note\n\na,1,"two\nlines"\nb,x,\n'
    assert check(data) == ([("a", 100, None)], [(5, "amount", "not_money")], None)


def test_a_giant_cell_is_a_problem_of_its_row_only():
    for size in (200_000, 3_000_000):
        data = b"id,amount\na,1\n" + b"x" * size + b",2\nb,3\n"
        good, problems, refusal = check(data)
        assert good == [("a", 100, None), ("b", 300, None)]
        assert [line for line, _, _ in problems] == [3]
        assert refusal is None


def test_nul_and_control_characters_are_problems_of_their_cell():
    assert check(b"id,amount\na\x00b,1\nc\x1bd,2\n") == (
        [], [(2, "id", "invisible_character"), (3, "id", "invisible_character")], None,
    )  # fmt: skip


def test_a_workbook_is_read_with_its_numbers_texts_and_dates():
    data = workbook(
        ["订单号", "金额", "时间"],
        ["412345678901234567", 389, datetime(2026, 3, 1, 13)],
        [],
        ["𠮷-1", 0.01, None],
    )
    assert check(data) == (ROWS, [], None)


def test_a_long_number_in_a_workbook_is_refused_not_rounded():
    data = workbook(["id", "amount"], [412345678901234567, 1], [123456789012345, 1])
    assert check(data) == ([("123456789012345", 100, None)], [(2, "id", "digits_lost")], None)


def test_a_binary_fraction_is_the_amount_that_was_written():
    good, _, _ = check(workbook(["id", "amount"], ["a", 19.9], ["b", 0.1 + 0.2]))
    assert good == [("a", 1_990, None), ("b", 30, None)]


def test_formulas_are_refused_with_or_without_a_kept_result():
    data = workbook(["id", "amount"], ["a", "=F =1+1"], ["b", 2])
    assert check(data) == ([("b", 200, None)], [(2, "amount", "formula")], None)


def test_text_that_looks_like_a_formula_is_text():
    assert check(workbook(["id", "amount"], ["=1+1", 2]))[0] == [("=1+1", 200, None)]


def test_a_false_size_tag_does_not_hide_rows():
    data = workbook(["id", "amount"], *[[f"r{n}", n] for n in range(101, 150)])
    lied = sheet_of(data).replace(b'<dimension ref="A1:B50"', b'<dimension ref="A1:B2"')
    assert lied != sheet_of(data)
    good, _, _ = check(repacked(data, "xl/worksheets/sheet1.xml", lied))
    assert len(good) == 49


def test_a_bomb_is_weighed_before_it_is_opened(monkeypatch):
    monkeypatch.setattr(workbooks, "UNPACKED_LIMIT", 10 << 20)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(11 << 20))
    assert len(packed.getvalue()) < 20_000
    assert check(packed.getvalue())[2] == "workbook_too_large"


def test_a_bomb_of_many_parts_is_refused():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for n in range(2_001):
            archive.writestr(f"x{n}", b"")
    assert check(packed.getvalue())[2] == "workbook_too_large"


def test_billion_laughs_are_refused():
    """Fails if defusedxml goes: openpyxl alone would unfold the entities."""
    assert DEFUSEDXML
    data = workbook(["id", "amount"], ["a", 1])
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "' + b"&a;" * 10 + b'">]>'
    laughing = sheet_of(data).replace(b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>', bomb)
    assert laughing != sheet_of(data)
    assert check(repacked(data, "xl/worksheets/sheet1.xml", laughing))[2] == "broken_workbook"


def test_a_cut_workbook_is_refused_wherever_it_is_cut():
    data = workbook(["id", "amount"], *[[f"r{n}", n] for n in range(1, 200)])
    for end in (100, len(data) // 2, len(data) - 10):
        assert check(data[:end])[2] == "broken_workbook"


def test_a_far_cell_does_not_widen_every_row():
    data = workbook(["id", "amount"], ["a", 1])
    far = sheet_of(data).replace(b'<row r="2"', b'<row r="1048576"')
    far = far.replace(b"A2", b"A1048576").replace(b"B2", b"XFD1048576")
    good, problems, _ = check(repacked(data, "xl/worksheets/sheet1.xml", far))
    assert good == []
    assert problems == [(1048576, "amount", "missing")]


def test_ndjson_keeps_every_digit_and_tells_each_line():
    lines = [
        json.dumps({"订单号": 412345678901234567, "amount": 389.00, "at": "2026-03-01T13:00:00+08:00"}),
        '{"id": "𠮷-1", "amount": 0.01}',
        "",
        "{broken",
        '{"id": "a", "id": "b", "amount": 1}',
        '{"id": "a", "订单号": "b", "amount": 1}',
        '{"id": [1], "amount": NaN}',
        '{"id": {"deep": 1}, "amount": 1}',
        '{"a":' * 100_000,
        "[1]",
        '{"amount": 1}',
        '{"id": "x", "amount": "' + "9" * 2_000_000 + '"}',
        '{"id": "last", "amount": "2"}',
    ]
    good, problems, refusal = check("\n".join(lines).encode())
    assert good == [*ROWS, ("last", 200, None)]
    assert problems == [
        (4, "", "unreadable_json"),
        (5, "", "field_twice"),
        (6, "id", "field_twice"),
        (7, "", "unreadable_json"),
        (8, "id", "not_a_plain_value"),
        (9, "", "json_too_deep"),
        (10, "", "not_an_object"),
        (11, "id", "missing"),
        (12, "", "cell_too_large"),
    ]
    assert refusal is None


def test_a_file_may_hold_fields_we_do_not_know_a_program_may_not():
    line = b'{"id": "a", "amount": 1, "colour": "red"}'
    assert check(line)[1] == []
    assert check(line, strict=True)[1] == [(1, "colour", "unknown_field")]


@pytest.fixture
def parquet(tmp_path):
    def write(select: str) -> bytes:
        path = tmp_path / "x.parquet"
        duckdb.sql(select).write_parquet(str(path))
        return path.read_bytes()

    return write


def test_parquet_keeps_its_types(parquet):
    data = parquet(
        "SELECT * FROM (VALUES (412345678901234567::BIGINT, 389.00::DECIMAL(10,2),"
        " TIMESTAMP '2026-03-01 13:00:00'), (7, 0.01, NULL)) t(id, amount, \"at\")"
    )
    assert check(data) == ([ROWS[0], ("7", 1, None)], [], None)


def test_parquet_times_with_a_zone_are_instants(parquet):
    data = parquet("SELECT 'a' AS id, 1.0::DOUBLE AS amount, TIMESTAMPTZ '2026-03-01 13:00:00+08' AS at")
    assert check(data) == ([("a", 100, AT)], [], None)


def test_parquet_floats_that_lost_digits_are_refused(parquet):
    data = parquet("SELECT 412345678901234567::DOUBLE AS id, 1 AS amount")
    assert check(data)[1] == [(1, "id", "digits_lost")]


def test_parquet_lists_are_no_values(parquet):
    assert check(parquet("SELECT 'a' AS id, [1, 2] AS amount"))[1] == [(1, "amount", "not_money")]


def test_parquet_with_too_many_rows_is_refused_before_it_is_read(parquet):
    assert (
        check(parquet("SELECT 'a' AS id, 1 AS amount FROM range(1000)"), Limits(rows=10))[2]
        == "too_many_rows"
    )


def test_a_cut_parquet_file_is_refused(parquet):
    data = parquet("SELECT range::VARCHAR AS id, 1 AS amount FROM range(5000)")
    assert check(data[: len(data) // 2])[2] == "broken_parquet"
