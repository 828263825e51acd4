"""The rules of each kind, from cells to the row a writer takes."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from measurement.alliance.facts import OrderStatus
from measurement.choices import SpendKind, Task
from measurement.columns.identities import identity_shape
from measurement.columns.orders import order_shape
from measurement.columns.spend import spend_shape
from measurement.columns.surroundings import Surroundings
from measurement.columns.touchpoints import touch_shape
from merchants import exports
from merchants.identity import device_mark, person_key
from merchants.intake import kinds, reader
from merchants.intake.tables import Row
from merchants.intake.validate import Bad, Validator

AROUND = Surroundings(b"pepper", frozenset({"essence"}), datetime(2026, 3, 10, tzinfo=UTC), {"jd": "glow-jd"})
SHAPES = {"touchpoints": touch_shape, "orders": order_shape, "spend": spend_shape}


def read(kind: str, *cells: dict, around: Surroundings = AROUND) -> list:
    """The rows, or (column, code) of the first problem of those refused."""
    validator = Validator(kinds.get(kind), SHAPES[kind](around))
    found = []
    for index, one in enumerate(cells):
        checked = validator.check_row(Row(index, one))
        found.append(
            (checked.problems[0].column, checked.problems[0].code)
            if isinstance(checked, Bad)
            else checked.row
        )
    return found


TOUCH = {
    "person": "138 0013 8000", "person_kind": "手机号", "kind": "阅读", "occurred_at": "2026-03-01 20:15:00",
    "note_id": "n1",
}  # fmt: skip


def test_a_touch_names_its_person_only_by_a_keyed_hash():
    [row] = read("touchpoints", TOUCH)
    assert row.person_key == person_key(b"pepper", "phone", "", "13800138000")
    assert row.occurred_at == datetime(2026, 3, 1, 12, 15, tzinfo=UTC)
    assert "138" not in repr(replace(row, occurred_at=None))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"person": "1380013800"}, ("person", "not_a_phone")),
        ({"person": ""}, ("person", "missing")),
        ({"person_kind": "member"}, ("person_namespace", "namespace_missing")),
        ({"person_kind": "soul"}, ("person_kind", "not_a_choice")),
        ({"kind": "declared"}, ("kind", "not_a_choice")),
        ({"note_id": ""}, ("", "nothing_seen")),
        ({"dwell_seconds": "-1"}, ("dwell_seconds", "out_of_range")),
        ({"dwell_seconds": "42000000"}, ("dwell_seconds", "out_of_range")),
        ({"dwell_seconds": "1.5"}, ("dwell_seconds", "not_whole")),
        ({"spu": "nobody"}, ("spu", "unknown_spu")),
        ({"occurred_at": "2026-03-12 10:00:00"}, ("occurred_at", "time_in_future")),
    ],
)
def test_a_touch_that_cannot_be_is_refused(change, problem):
    assert read("touchpoints", TOUCH | change) == [problem]


def test_seconds_and_device_of_a_touch_are_unknown_unless_told_and_the_device_is_only_a_mark():
    told = {"dwell_seconds": "0", "device": "8F2D-A"}
    row, silent = read("touchpoints", TOUCH | told, TOUCH)
    assert (row.dwell_seconds, row.device) == (0, device_mark(b"pepper", "8F2D-A"))
    assert -(2**63) <= row.device < 2**63
    assert row.device != device_mark(b"other", "8F2D-A")  # another merchant's devices are others
    assert "8F2D" not in repr(row)
    assert (silent.dwell_seconds, silent.device) == (None, None)


def test_a_touch_that_is_older_than_touches_are_kept_is_refused():
    since = datetime(2026, 2, 28, 16, tzinfo=UTC)  # the first of March in Shanghai
    around = replace(AROUND, touches_since=since)
    [kept] = read("touchpoints", TOUCH | {"occurred_at": "2026-03-01 00:00:00"}, around=around)
    assert kept.occurred_at == since
    assert read("touchpoints", TOUCH | {"occurred_at": "2026-02-28 23:59:59"}, around=around) == [
        ("occurred_at", "kept_no_longer")
    ]


def test_a_hashed_phone_meets_its_clear_twin():
    import hashlib

    hashed = hashlib.sha256(b"13800138000").hexdigest().upper()
    clear, other = read("touchpoints", TOUCH, TOUCH | {"person": hashed})
    assert clear.person_key == other.person_key


ORDER = {
    "order_id": "412345678901234567", "platform": "京东", "paid_at": "2026-03-01 21:02:10", "sku_id": "s1",
    "paid_amount": "389.00",
}  # fmt: skip


def test_an_order_without_line_numbers_counts_its_skus_over_neighbouring_rows():
    rows = read("orders", ORDER, ORDER, ORDER | {"sku_id": "s2"}, ORDER | {"order_id": "7"}, ORDER)
    assert [one.row.line_id for one in rows] == [
        "412345678901234567:s1:0",
        "412345678901234567:s1:1",
        "412345678901234567:s2:0",
        "7:s1:0",
        "412345678901234567:s1:0",
    ]


def test_an_order_belongs_to_the_only_shop_of_its_platform():
    one, other = read("orders", ORDER, ORDER | {"shop": "second"})
    assert (one.shop, other.shop) == ("glow-jd", "second")


@pytest.mark.parametrize(
    ("change", "status", "refunded"),
    [
        ({}, OrderStatus.PAID, None),
        ({"refunded_amount": "0"}, OrderStatus.PAID, 0),
        ({"paid_at": ""}, OrderStatus.UNPAID, None),
        ({"status": "交易关闭"}, OrderStatus.CANCELLED, None),
        ({"status": "交易关闭", "refunded_amount": "389"}, OrderStatus.REFUNDED, 38_900),
        ({"status": "交易关闭", "refunded_amount": "5"}, OrderStatus.REFUNDED_PARTIALLY, 500),
        ({"status": "交易成功"}, OrderStatus.PAID, None),
    ],
)
def test_the_status_of_a_line(change, status, refunded):
    [one] = read("orders", ORDER | change)
    assert (one.row.status, one.row.refunded_fen) == (status, refunded)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"refunded_amount": "389.01"}, ("refunded_amount", "refund_above_payment")),
        ({"status": "paid", "paid_at": ""}, ("paid_at", "paid_without_time")),
        ({"person": "x"}, ("person_kind", "person_kind_missing")),
        ({"channel_code": "p1"}, ("channel_code_kind", "code_kind_missing")),
        ({"order_id": "4.12346E+17"}, ("order_id", "digits_lost")),
        ({"paid_amount": ""}, ("paid_amount", "missing")),
    ],
)
def test_an_order_that_cannot_be_is_refused(change, problem):
    assert read("orders", ORDER | change) == [problem]


def test_an_order_keeps_every_join_it_has():
    [one] = read(
        "orders",
        ORDER
        | {
            "person": "u1", "person_kind": "buyer", "person_namespace": "jd", "coupon": "C",
            "asked": "小红书",
            "channel_code": "p1", "channel_code_kind": "pid",
        },
    )  # fmt: skip
    key = person_key(b"pepper", "buyer", "jd", "u1").hex
    assert one.row.joins == (
        ("buyer", "jd", f"person:{key}"),
        ("pid", "jd", "p1"),
        ("coupon", "jd", "C"),
        ("asked", "jd", "小红书"),
    )


COST = {"day": "2026-03-01", "amount": "100", "campaign_name": "春季修护"}


def test_cost_of_ads_stands_at_the_finest_level_it_names():
    rows = read(
        "spend",
        COST,
        COST | {"keyword": "精华"},
        COST | {"level": "账户"},
        {"day": "2026-03-01", "amount": "1"},
    )
    assert [row.level for row in rows] == ["campaign", "keyword", "account", "account"]
    assert rows[0].campaign_id == "春季修护"


def test_fees_are_no_views_of_each_other():
    rows = read(
        "spend", COST | {"kind": "稿费", "note_id": "n1"}, COST | {"kind": "稿费", "blogger_id": "b1"}
    )
    assert [(row.kind, row.level) for row in rows] == [(SpendKind.NOTE_FEE, "note")] * 2


def test_two_equal_costs_need_their_own_numbers():
    rows = read(
        "spend", COST, COST | {"amount": "7"}, COST | {"source_id": "A-1"}, COST | {"source_id": "A-1"}
    )
    assert [row if isinstance(row, tuple) else row.fen for row in rows] == [
        10_000, ("amount", "cost_twice"), 10_000, ("amount", "cost_twice"),
    ]  # fmt: skip


def test_only_a_rebate_is_below_zero():
    assert read("spend", COST | {"amount": "-1"}, COST | {"kind": "返点"}) == [
        ("amount", "charge_below_zero"),
        ("amount", "rebate_above_zero"),
    ]
    [row] = read("spend", COST | {"kind": "rebate", "amount": "-1", "task": "任务内"})
    assert (row.fen, row.task) == (-100, Task.IN_TASK)


def test_a_natural_key_does_not_confuse_ids_that_hold_its_separator():
    rows = read(
        "spend",
        {"day": "2026-03-01", "amount": "1", "note_id": "a|b"},
        {"day": "2026-03-01", "amount": "1", "note_id": "a", "live_id": "b"},
    )
    assert rows[0].natural_key != rows[1].natural_key


@pytest.mark.parametrize("form", [exports.template_csv, exports.template_xlsx])
@pytest.mark.parametrize("kind", ["touchpoints", "orders", "spend", "identities"])
def test_every_template_is_taken_as_it_is(kind, form):
    chosen = kinds.get(kind)
    shape = (SHAPES | {"identities": identity_shape})[kind](replace(AROUND, spus=frozenset({"essence-30ml"})))
    table = reader.read(io.BytesIO(form(chosen)))
    checked = list(Validator(chosen, shape, strict=True).check(table))
    assert [one for one in checked if isinstance(one, Bad)] == []
    assert len(checked) == len(chosen.examples)


def test_a_template_keeps_long_numbers_through_a_spreadsheet():
    [_, first, _] = exports.template_csv(kinds.get("orders")).decode("utf-8-sig").splitlines()
    assert first.startswith('"=""2026030112345678901""",')
