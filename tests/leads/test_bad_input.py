"""Whatever is pushed: the right answer, a reason that people can read, nothing lost and nothing doubled."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads import sealing
from leads.models import Contact, ContactDetail, Lead, Message, Source
from leads.operations import contacts, deliveries, sources
from merchants.models import Merchant, RawDelivery, User
from tests.leads.channels import wire


@pytest.fixture
def page(merchant: Merchant) -> Source:
    """A landing page of the platform."""
    return sources.open_source(
        merchant, channel="xiaohongshu_form", name="Page", tokens=(wire.TOKEN,), by="user:1"
    )


@pytest.fixture
def chats(merchant: Merchant) -> Source:
    """Private messages of an account."""
    return sources.open_source(
        merchant, channel="xiaohongshu_im", name="Chats", key_hex=wire.KEY_HEX, by="user:1"
    )


def pushed(source: Source, body: Any, *, below: str = "", token: str = wire.TOKEN, **headers: str) -> int:
    """The status that a push is answered with."""
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    answer = Client().post(
        f"/in/{source.address}/{below}",
        data=raw,
        content_type=headers.pop("content_type", "application/json"),
        headers=wire.red(raw, token) | headers,
    )
    return answer.status_code


def read(merchant: Merchant) -> None:
    """What workers do with everything that waits."""
    waiting = RawDelivery.objects.filter(state=RawDelivery.State.RECEIVED).order_by("pk")
    for pk in list(waiting.values_list("pk", flat=True)):
        deliveries.take(merchant, pk)


def listed(source: Source, owner: User, language: str = "en") -> list[tuple[str, str]]:
    """State and reason of each delivery as the source's page lists them, oldest first."""
    browser = Client(headers={"accept-language": language})
    browser.force_login(owner)
    answer = browser.get(reverse("lead_sources:source", args=[source.merchant.code, source.pk]))
    assert answer.status_code == 200
    told = answer.content.decode()
    rows = [(str(one["state"]), one["why"]) for one in reversed(answer.context["pushes"])]
    assert all(state in told and why in told for state, why in rows)
    return rows


@dataclass(frozen=True)
class Case:
    """What is pushed to a page, how it is answered and listed, and how many leads it is."""

    body: Any
    status: int
    listed: tuple[tuple[str, str], ...] = ()
    leads: int = 0
    token: str = wire.TOKEN
    content_type: str = "application/json"


NOT_JSON = (("Refused", "The body is no JSON object."),)
NO_DATA = (("Refused", "The body lacks what this source always sends."),)
TAKEN = (("Applied", ""),)
CUT = json.dumps(wire.form()).encode()[:-7]
CASES = {
    "a wrong signature": Case(wire.form(), 401, token="guess"),
    "a wrong content type": Case(wire.form(), 200, TAKEN, 1, content_type="text/html"),
    "a form that claims to be a file": Case(wire.form(), 200, TAKEN, 1, content_type="multipart/form-data"),
    "five megabytes": Case(
        wire.form(keyword="x" * 5_000_000), 413, (("Refused", "The body is larger than 1 MB."),)
    ),
    "JSON that was cut off": Case(CUT, 400, NOT_JSON),
    "rubbish": Case(b"\x00\xff\xfe rubbish", 400, NOT_JSON),
    "another object": Case({"hello": "world"}, 400, NO_DATA),
    "a list": Case([1, 2], 400, NOT_JSON),
    "an unknown page": Case(wire.form(landing_page_id=999_999_999_999), 200, TAKEN, 1),
    "no page at all": Case(wire.form(landing_page_id=None), 200, TAKEN, 1),
    "a time in the future": Case(
        wire.form(submitted_time="2100-01-01 00:00:00"),
        200,
        (("Applied", "A time lies in the future; the time of arrival stands instead."),),
        1,
    ),
    "a test of the console": Case(
        wire.form("test"), 200, (("Applied", "A test of the console; nobody became a customer."),)
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_each_is_answered_listed_with_its_reason_and_becomes_what_it_is(
    page: Source, owner: User, name: str
) -> None:
    case = CASES[name]
    for _ in range(2):  # the platform pushes again
        assert pushed(page, case.body, token=case.token, content_type=case.content_type) == case.status
    read(page.merchant)
    assert listed(page, owner) == list(case.listed * 2)
    assert Lead.objects.count() == Contact.objects.count() == case.leads
    page.refresh_from_db()
    assert page.wrong_signatures == (2 if case.status == 401 else 0)


def test_a_reason_is_told_in_the_readers_language(page: Source, owner: User) -> None:
    pushed(page, b"{")
    pushed(page, wire.form(submitted_time="2100-01-01 00:00:00"))
    read(page.merchant)
    assert listed(page, owner, "zh-hans") == [
        ("已退回", "请求体不是 JSON 对象。"),
        ("已写入", "时间在未来；改用到达时间。"),
    ]


def test_wrong_signatures_are_counted_on_the_page_and_of_what_they_say_nothing_is_kept(
    page: Source, owner: User
) -> None:
    for _ in range(3):
        assert pushed(page, wire.form(keyword="secret words"), token="guess") == 401
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(owner)
    told = browser.get(reverse("lead_sources:source", args=["glow", page.pk])).content.decode()
    assert "Wrong signatures: 3" in told
    assert RawDelivery.objects.count() == 0


def test_a_lead_of_an_unknown_page_keeps_what_page_that_was(page: Source) -> None:
    pushed(page, wire.form(landing_page_id=999_999_999_999, url="https://page.example/9"))
    read(page.merchant)
    origin = Lead.objects.get().origin
    assert (origin["landing_page_id"], origin["page_url"]) == ("999999999999", "https://page.example/9")


SPELLINGS = [
    "13800138000", "+86 138-0013-8000", "0086 13800138000", "(86)138 0013 8000", "１３８００１３８０００",
    "138\u200b0013\u200b8000", "+8613800138000", "138.0013.8000", "86-138-0013-8000", "\u202d13800138000\u202c",
]  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_phone_of_any_spelling_is_one_number_that_is_found(page: Source, spelling: str) -> None:
    pushed(page, wire.form(answers=[{"label": "电话", "value": spelling}]))
    read(page.merchant)
    detail = ContactDetail.objects.get()
    assert (detail.kind, detail.masked) == ("phone", "138****8000")
    assert contacts.find(page.merchant, kind="phone", text="13800138000") == [detail.contact_id]


def test_one_person_in_all_spellings_is_one_lead_with_one_number(page: Source) -> None:
    for place, spelling in enumerate(SPELLINGS):
        told = [{"label": "姓名", "value": "甲"}, {"label": "电话", "value": spelling}]
        pushed(page, wire.form(answers=told, sent=1772331631500 + place * 30_000))
    read(page.merchant)
    assert (Lead.objects.count(), Contact.objects.count(), ContactDetail.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize(
    ("nickname", "kept"),
    [
        ("👩‍👩‍👧‍👦🏳️‍🌈", "👩‍👩‍👧‍👦🏳️‍🌈"),
        ("小\u200b鱼\u2060", "小\u200b鱼\u2060"),
        ("\u200b\u200d\ufeff", ""),
        ("\u202eenil", "\u202eenil"),
        ("长" * 300, "长" * 80),
        (None, ""),
        (["a"], ""),
        (7, "7"),
    ],
    ids=["emoji", "zero width", "nothing to see", "right to left", "long", "none", "a list", "a number"],
)
def test_odd_names_of_people_who_write(chats: Source, nickname: Any, kept: str) -> None:
    told = wire.message("m1", "在吗", user_info=[{"user_id": "u1", "nickname": nickname}])
    assert pushed(chats, told, below="api/open/im/send") == 200
    read(chats.merchant)
    assert Contact.objects.get().name == kept
    assert Lead.objects.count() == 1


def test_a_message_from_the_future_counts_as_now_and_says_so(chats: Source, owner: User) -> None:
    ahead = int((datetime.now(UTC) + timedelta(days=3)).timestamp() * 1000)
    pushed(chats, wire.message("m1", timestamp=ahead), below="api/open/im/send")
    read(chats.merchant)
    message = Message.objects.get()
    assert message.sent_at == message.received_at
    assert listed(chats, owner) == [
        ("Applied", "A time lies in the future; the time of arrival stands instead.")
    ]


def test_messages_out_of_order_open_one_session_that_begins_with_the_earliest(chats: Source) -> None:
    times = [1772334000000 + n * 60_000 for n in range(4)]
    for place in (2, 0, 3, 1, 2):
        told = wire.message(f"m{place}", f"{place}", timestamp=times[place])
        assert pushed(chats, told, below="api/open/im/send") == 200
        read(chats.merchant)
    found = Message.objects.order_by("sent_at")
    assert [sealing.unseal(chats.merchant, "message", one.sealed) for one in found] == ["0", "1", "2", "3"]
    [session] = {one.session for one in found}
    assert int(session.opened_at.timestamp() * 1000) == times[0]


odd_times = st.one_of(
    st.integers(-(10**20), 10**20), st.floats(), st.text(max_size=25), st.none(), st.booleans(),
    st.dates().map(lambda day: f"{day} 00:00:00"), st.lists(st.integers(), max_size=2),
)  # fmt: skip


@given(sent=odd_times, submitted=odd_times)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_where_a_time_should_be_the_lead_is_kept(
    page: Source, sent: Any, submitted: Any
) -> None:
    leads_id = f"L{RawDelivery.objects.count()}"
    body = wire.form(leads_id, sent=sent, submitted_time=submitted)
    if pushed(page, json.dumps(body).encode()) == 400:  # NaN and infinity are no JSON
        assert RawDelivery.objects.latest("pk").error == "not_json"
        return
    read(page.merchant)
    row = RawDelivery.objects.latest("pk")
    assert row.state == RawDelivery.State.APPLIED
    lead = Lead.objects.get(external_id=leads_id)
    assert lead.began_at <= row.received_at + timedelta(minutes=5)
