"""Ways to reach somebody are found in every spelling, kept sealed wherever they were written, and shown masked."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import example, given
from hypothesis import strategies as st

from leads import sealing
from leads.channels.words import phones
from leads.duplicates import masked, phone, without_numbers
from leads.duplicates.reached import is_number, taken_out
from leads.models import ContactDetail, Lead, LeadChange, Source
from leads.operations import contacts, replies
from merchants.models import Merchant, User
from tests.leads import arriving
from tests.leads.channels import wire
from tests.leads.desks import BY, Desk

NUMBERS = [
    # what was written in a field for a number, and the numbers in it
    ("微信同号 abc_123", []),
    ("13800138000 13900139000", ["13800138000", "13900139000"]),
    (13800138000.0, ["13800138000"]),
    ("+86 (0) 138 0013 8000", ["13800138000"]),
    ("138001380000", []),
    ("86013800138000", []),
    ("1-3-8-0-0-1-3-8-0-0-0", ["13800138000"]),
    ("138.0013.8000", ["13800138000"]),
    ("1️⃣3️⃣8️⃣00138000", ["13800138000"]),
    ("010-88888888转123", ["01088888888"]),
    ("010-88888888-123", ["01088888888"]),
    ("(021)6321 0000", ["02163210000"]),
    ("+86 21 6321 0000", ["02163210000"]),
    ("0571 8765 432", ["05718765432"]),
    ("63210000", ["63210000"]),
    ("63210000-123", []),
    ("+852 9123 4567", ["85291234567"]),
    ("00852-91234567", ["85291234567"]),
    ("+44 20 7183 8750", ["442071838750"]),
    ("预算 13000-150000", []),
]


@pytest.mark.parametrize(("written", "read"), NUMBERS)
def test_a_field_for_a_number_gives_the_numbers_in_it_and_nothing_glued(
    written: Any, read: list[str]
) -> None:
    assert phones(written) == read


@given(st.text(alphabet="0138 +-.()转86微信号a\u200b５", max_size=40))
@example("13800138000 13900139000")
@example("+86 (0) 13800138000")
def test_whatever_is_written_a_stored_phone_is_one_valid_number(written: str) -> None:
    told = phone(written)
    assert told == "" or is_number(told)
    assert phone(told) == told
    assert all(is_number(one) and phone(one) == one for one in phones(written))


MASKED = [
    ("电话１３８００１３８０００", "电话138****8000"),
    ("138.0013.8000 找我", "138****8000 找我"),
    ("138\u200b0013\u200b8000👩‍👧", "138****8000👩‍👧"),
    ("1 3 8 0 0 1 3 8 0 0 0", "138****8000"),
    ("打 021-6321 0000 转 8", "打 021****0000 转 8"),
    ("港澳 +852 9123 4567", "港澳 852****4567"),
    ("我的微信linwanxiao", "我的微信l***o"),
    ("加V abc_123 吧", "加V a***3 吧"),
    ("wx：Lin-wan88", "wx：L***8"),
    ("vx13800138000", "vx138****8000"),
    ("微信号 wx_good88，谢谢", "微信号 w***8，谢谢"),
    ("lin@example.com", "l***m"),
    ("wechat please, version v2", "wechat please, version v2"),
    ("预算 13000-150000，订单 202611250001234567", "预算 13000-150000，订单 202611250001234567"),
]


@pytest.mark.parametrize(("written", "shown"), MASKED)
def test_what_is_shown_of_a_message_reaches_nobody(written: str, shown: str) -> None:
    assert without_numbers(written) == shown


def test_a_short_number_is_not_shown_whole() -> None:
    assert (masked("phone", "6321000"), masked("phone", "63210000")) == ("6****00", "6****00")


@pytest.fixture
def page(merchant: Merchant) -> Source:
    return arriving.pages(merchant)


FORMS = [
    ("您的手机号", "13800138000", [("phone", "13800138000")], "138****8000"),
    ("联系方式", "138-0013-8000", [("phone", "13800138000")], "138****8000"),
    ("手机/微信", "13800138000", [("phone", "13800138000")], "138****8000"),
    ("手机/微信", "Lin_wan88", [("wechat", "lin_wan88")], "L***8"),
    ("电话", "微信同号 abc_123", [("wechat", "abc_123")], "微信同号 a***3"),
    ("备注", "下午打 13900139000，或者 vx：good_luck1", [("phone", "13900139000"), ("wechat", "good_luck1")],
     "下午打 139****9000，或者 vx：g***1"),
    ("留言", "邮箱 lin@example.com", [("email", "lin@example.com")], "邮箱 l***m"),
]  # fmt: skip


@pytest.mark.parametrize(("label", "written", "kept", "shown"), FORMS)
def test_a_contact_under_any_label_rests_sealed_is_found_and_is_shown_masked(
    page: Source, label: str, written: str, kept: list[tuple[str, str]], shown: str
) -> None:
    arriving.brought(page, wire.form(answers=[{"label": label, "value": written}]))
    lead = Lead.objects.get()
    assert lead.answers == [[label, shown]]
    assert lead.left_at is not None
    details = ContactDetail.objects.order_by("pk")
    assert [(one.kind, sealing.unseal(page.merchant, one.kind, one.sealed)) for one in details] == kept
    for kind, text in kept:
        assert contacts.find(page.merchant, kind=kind, text=text) == [lead.contact_id]


def test_neither_a_change_nor_a_page_nor_a_name_holds_a_number_in_the_clear(
    page: Source, owner: User
) -> None:
    first = [{"label": "姓名", "value": "李女士13800138000"}, {"label": "联系方式", "value": "13900139000"}]
    second = [{"label": "姓名", "value": "李女士"}, {"label": "联系方式", "value": "13700137000"}]
    arriving.brought(page, wire.form(answers=first), wire.form(answers=second, sent=1772331691500))
    lead = Lead.objects.get()
    [change] = LeadChange.objects.filter(lead=lead)
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(owner)
    shown = browser.get(reverse("leads:lead", args=[page.merchant.code, lead.pk])).content.decode()
    told = json.dumps([change.before, change.after, lead.answers, lead.contact.name]) + shown
    assert not [one for one in ("13800138000", "13900139000", "13700137000") if one in told]
    assert "137****7000" in shown
    assert ContactDetail.objects.count() == 3


def test_answers_from_before_contacts_were_taken_out_do_not_go_into_the_history(page: Source) -> None:
    arriving.brought(page, wire.form(answers=[{"label": "备注", "value": "急"}]))
    Lead.objects.update(answers=[["备注", "打 13800138000"]])  # as an earlier version kept it
    arriving.brought(
        page, wire.form(answers=[{"label": "备注", "value": "打 13800138000"}], sent=1772331691500)
    )
    assert LeadChange.objects.get().before["answers"] == [["备注", "打 138****8000"]]
    assert Lead.objects.get().answers == [["备注", "打 138****8000"]]
    assert ContactDetail.objects.get().masked == "138****8000"


def test_a_wrong_number_that_nobody_can_read_is_shown_masked(page: Source) -> None:
    arriving.brought(page, wire.form(answers=[{"label": "您的电话", "value": "138001380001"}]))
    assert Lead.objects.get().answers == [["您的电话", "138****0001"]]
    assert Lead.objects.get().left_at is None


def test_what_is_said_beside_a_number_stays_an_answer(page: Source) -> None:
    arriving.brought(page, wire.form(answers=[{"label": "电话", "value": "010-88888888转123"}]))
    assert Lead.objects.get().answers == [["电话", "转123"]]
    assert ContactDetail.objects.get().masked == "010****8888"


def test_what_an_agent_notes_is_a_number_or_nothing(merchant: Merchant) -> None:
    desk = Desk(merchant)
    session = desk.say("ann")
    now = datetime(2026, 11, 25, 5, tzinfo=UTC)
    assert not replies.take_contact(merchant, session, kind="phone", text="微信同号 abc_123", by=BY, now=now)
    assert replies.take_contact(merchant, session, kind="wechat", text="微信号 Abc_123", by=BY, now=now)
    assert contacts.find(merchant, kind="wechat", text="abc_123") == [session.contact_id]


def test_answers_without_a_contact_stay_as_they_are() -> None:
    told = [("意向课程", "口语,写作"), ("预算", "3000"), ("身高", "160 cm"), ("", "")]
    assert taken_out(told) == ([], told)
