"""What a check keeps: figures, first problems, and rejected rows that can be handed in again."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from merchants.intake import reader
from merchants.intake.cells import Id, without_mark
from merchants.intake.kinds import Kind, register
from merchants.intake.problems import Problem
from merchants.intake.report import IntakeReport, RejectedRows, harmless
from merchants.intake.validate import Bad, Validator

from .files import KIND, check, shape


def rejected(data: bytes) -> bytes:
    table = reader.read(io.BytesIO(data))
    rows = RejectedRows(table.headers, KIND, lambda problem: f"fix {problem.code}")
    bad = [one for one in Validator(KIND, shape).check(table) if isinstance(one, Bad)]
    return rows.head() + b"".join(rows.line(one) for one in bad)


def test_rejected_rows_come_back_as_they_were_with_what_is_wrong():
    data = rejected("订单号,金额,备注\na,1,fine\n412345678901234567,x,=HYPERLINK(1)\n".encode())
    assert data.decode("utf-8-sig").splitlines() == [
        "订单号,金额,备注,_problem",
        "'412345678901234567,x,'=HYPERLINK(1),3: amount: fix not_money",
    ]


def test_corrected_rejected_rows_are_taken_as_they_are():
    data = (
        rejected(b"id,amount\n412345678901234567,x\n=1+1,-\n")
        .replace(b",x,", b",5,")
        .replace(b",'-,", b",6,")
    )
    assert check(data) == ([("412345678901234567", 500, None), ("=1+1", 600, None)], [], None)


def test_rejected_rows_of_ndjson_become_columns():
    data = rejected('{"手机号": "13800138000", "id": "a", "amount": "x"}\n'.encode())
    assert data.decode("utf-8-sig").splitlines() == [
        "id,amount,at,person,_problem",
        "a,x,,13800138000,1: amount: fix not_money",
    ]


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cc",)), max_size=40))
def test_what_was_made_harmless_reads_as_it_was(text):
    assert without_mark(harmless(text.strip())) == without_mark(text.strip()) or text.strip()[:1] in {
        "'",
        "=",
    }
    line = io.StringIO()
    csv.writer(line).writerow([harmless(text)])
    assert next(csv.reader(io.StringIO(line.getvalue()), strict=True)) == [harmless(text)]


@given(st.sampled_from(["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r"]), st.text(max_size=10))
def test_no_formula_stays_alive(sign, rest):
    written = harmless(sign + rest)
    assert written.startswith("'") or written.replace(".", "", 1).lstrip("-").isdigit()


@given(st.from_regex(r"[0-9]{1,19}", fullmatch=True))
def test_order_numbers_survive_a_spreadsheet(number):
    written = harmless(number)
    assert Id().read(written) == number
    assert written.startswith("'") or len(number) <= 15


def test_persons_are_masked_in_problems_and_previews():
    table = reader.read(io.BytesIO(b"id,amount,person\na,1,13800138000\nb,1,bad\x00\n"))
    report = IntakeReport(columns=KIND.columns)
    for checked in Validator(KIND, shape).check(table):
        report.count(checked)
    assert (report.read, report.good, report.rejected) == (2, 1, 1)
    assert report.shown_rows()["rows"] == [["a", "1.00", "•••"]]
    assert report.problems == [Problem(3, "person", "•••", "invisible_character", {})]


def test_headers_that_mean_nothing_are_listed():
    table = reader.read(io.BytesIO(b"id,amount,colour,_problem\na,1,red,x\n"))
    validator = Validator(KIND, shape)
    list(validator.check(table))
    assert validator.unused == ["colour"]


def test_a_kind_twice_and_a_strange_example_are_mistakes(monkeypatch):
    import pytest

    from merchants.intake import kinds

    monkeypatch.setattr(kinds, "_KINDS", {})
    register(KIND)
    with pytest.raises(ValueError, match="twice"):
        register(KIND)
    with pytest.raises(ValueError, match="colour"):
        register(Kind("other", "", KIND.columns, ({"colour": "red"},), KIND.prepare, KIND.write))
    with pytest.raises(KeyError):
        kinds.get("nothing")
