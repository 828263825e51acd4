"""What a move of a lead needs, and which names, phones and times belong together."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from leads.duplicates import (
    Known,
    alike,
    is_mobile,
    masked,
    name,
    phone,
    suggestions,
    wechat,
    without_numbers,
)
from leads.pipeline import USUAL, Facts, Lacks, Type, lacks, may_undo

TODAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)
TYPES = {code: type_ for code, type_, _ in USUAL}


@pytest.mark.parametrize(
    ("to", "facts", "missing"),
    [
        ("new", Facts(), ()),
        ("assigned", Facts(), (Lacks.AGENT,)),
        ("assigned", Facts(has_agent=True), ()),
        ("replied", Facts(has_agent=True), (Lacks.REPLY,)),
        ("replied", Facts(was_answered=True), ()),
        ("qualified", Facts(), (Lacks.REACHABLE, Lacks.CATEGORY, Lacks.STORE)),
        ("qualified", Facts(is_reachable=True, has_category=True), (Lacks.STORE,)),
        ("qualified", Facts(is_reachable=True, has_category=True, has_store=True), ()),
        ("booked", Facts(), (Lacks.APPOINTMENT,)),
        ("visited", Facts(has_appointment=True), (Lacks.VISIT,)),
        ("won", Facts(has_visit=True), (Lacks.DEAL,)),
        ("won", Facts(has_deal=True), ()),
        ("nurture", Facts(), (Lacks.FUTURE_DATE,)),
        ("nurture", Facts(next_contact_on=TODAY), (Lacks.FUTURE_DATE,)),
        ("nurture", Facts(next_contact_on=TODAY + timedelta(days=1)), ()),
        ("lost", Facts(), (Lacks.REASON,)),
        ("lost", Facts(reason="price"), ()),
        ("invalid", Facts(), (Lacks.REASON,)),
        ("invalid", Facts(reason="duplicate"), (Lacks.DUPLICATE_OF,)),
        ("invalid", Facts(reason="duplicate", has_original=True), ()),
    ],
)
def test_a_stage_is_entered_with_what_it_needs(to: str, facts: Facts, missing: tuple[Lacks, ...]) -> None:
    assert lacks(to, TYPES[to], facts, today=TODAY) == missing


def test_a_stage_of_the_merchants_own_is_guarded_by_its_type() -> None:
    assert lacks("signed", Type.WON, Facts(), today=TODAY) == (Lacks.DEAL,)
    assert lacks("second-visit", Type.ONGOING, Facts(), today=TODAY) == ()


def test_a_move_can_be_taken_back_for_ten_minutes() -> None:
    assert may_undo(NOW, NOW + timedelta(minutes=10))
    assert not may_undo(NOW, NOW + timedelta(minutes=10, seconds=1))
    assert not may_undo(NOW, NOW - timedelta(seconds=1))


@pytest.mark.parametrize(
    "spelling",
    ["13812345678", "+86 138 1234 5678", "0086-138-1234-5678", "86 13812345678", "(138)1234-5678",
     "１３８１２３４５６７８", " 138.1234.5678 "],
)  # fmt: skip
def test_one_phone_in_every_spelling(spelling: str) -> None:
    assert phone(spelling) == "13812345678"
    assert is_mobile(phone(spelling))


def test_what_is_no_mobile_number_stays_as_its_digits() -> None:
    assert phone("021-6321 0000") == "02163210000"
    assert not is_mobile("02163210000")
    assert phone("没有") == ""


def test_names_and_ids_are_compared_without_decoration() -> None:
    assert wechat(" Lin_Wan ９") == "lin_wan9"
    assert name("林婉🌸 女士") == "林婉"
    assert name("先生") == "先生"
    assert name("林\u200b婉") == "林婉"
    assert alike("林婉女士", "林 婉")
    assert not alike("林", "林")
    assert not alike("林婉", "林晚晴")


def test_what_is_shown_tells_the_person_apart_and_no_more() -> None:
    assert masked("phone", "13812345678") == "138****5678"
    assert masked("wechat", "lin_wan9") == "l***9"
    assert masked("wechat", "ab") == "***"
    assert without_numbers("打我 138 1234 5678 或者 13912345678，订单 202611250001234567") == (
        "打我 138****5678 或者 139****5678，订单 202611250001234567"
    )


def known(contact: int, **fields: object) -> Known:
    defaults = {"keys": frozenset(), "name": "", "store": 1, "seen_at": NOW}
    return Known(contact=contact, **{**defaults, **fields})


def test_a_shared_phone_or_an_alike_name_nearby_suggests_and_nothing_else_does() -> None:
    new = known(9, keys=frozenset({"k"}), name="林婉")
    assert suggestions(
        new,
        [
            known(9, keys=frozenset({"k"})),
            known(1, keys=frozenset({"k", "z"}), store=2),
            known(2, name="林婉女士"),
            known(3, name="林婉", store=2),
            known(4, name="林婉", seen_at=NOW - timedelta(hours=49)),
            known(5, keys=frozenset({"z"})),
        ],
    ) == [(1, "detail"), (2, "name")]
    assert suggestions(known(9, name="林婉", store=None), [known(2, name="林婉", store=None)]) == []
