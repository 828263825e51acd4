"""`manage.py ingest`: all problems first, then all rows or none."""

import io

import pytest
from django.core.management import CommandError, call_command

from measurement.models import Order, Spend

GOOD = "日期,金额,计划名称\n2026-03-01,1284.05,春季修护\n2026-03-02,3.00,春季修护\n"
BAD = GOOD + "2026-02-30,1e5,春季修护\n,1,春季修护\n"


@pytest.fixture
def ingest(merchant, tmp_path):
    def run(text: str, kind: str = "spend", code: str = "glow", **options) -> tuple[str, str]:
        file = tmp_path / "file.csv"
        file.write_text(text, encoding="gb18030")
        out, err = io.StringIO(), io.StringIO()
        try:
            call_command("ingest", kind, str(file), merchant=code, stdout=out, stderr=err, **options)
        except CommandError as error:
            err.write(str(error))
        return out.getvalue(), err.getvalue()

    return run


def test_a_good_file_is_written_and_its_receipt_printed(ingest):
    out, err = ingest(GOOD)
    assert out == "spend for glow: 2 received, 2 added, 0 replaced, 0 repeated\n"
    assert err == ""
    assert ingest(GOOD)[0] == "spend for glow: 2 received, 0 added, 0 replaced, 2 repeated\n"
    assert Spend.objects.filter(replaced_at=None).count() == 2


def test_with_a_problem_nothing_is_written_and_all_are_told(ingest):
    out, err = ingest(BAD)
    assert out == ""
    assert "line 4, column day, value '2026-02-30'" in err
    assert "line 4, column amount, value '1e5'" in err
    assert "line 5, column day" in err
    assert err.endswith("2 of 4 rows were refused; nothing was written.")
    assert not Spend.objects.exists()


def test_the_good_rows_are_let_in_on_request(ingest):
    out, _ = ingest(BAD, accept_good=True)
    assert out == "spend for glow: 2 received, 2 added, 0 replaced, 0 repeated\n"


def test_an_unreadable_file_and_an_unknown_merchant_are_said(ingest):
    assert "These columns are missing: day, amount." in ingest("name,price\na,1\n")[1]
    assert "no merchant with the code 'nobody'" in ingest(GOOD, code="nobody")[1]
    assert "no row to take in" in ingest("day,amount\n")[1]


def test_orders_of_several_portions_are_taken_in_once(ingest):
    lines = "".join(f"{n},store,2026-03-01 10:00:00,1.00,0\n" for n in range(2_500))
    head = "order_id,platform,paid_at,paid_amount,refunded_amount\n"
    assert ingest(head + lines, "orders")[0] == (
        "orders for glow: 2,500 received, 0 repeated, 2,500 orders, 2,500 lines\n"
    )
    assert Order.objects.count() == 2_500
