"""What sources push runs the clock: who wrote, in which session, under which hours, in whatever order it came."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from leads.models import Consultation, Lead, Message, Source
from leads.operations import replies, setup
from leads.queries import funnel
from merchants.models import Merchant, RawDelivery, User
from merchants.periods import Period
from tests.leads import arriving
from tests.leads.arriving import HOUR, MINUTE, NOON, SECOND

OPENED = datetime(2026, 3, 1, 4, tzinfo=UTC)


@pytest.fixture
def chats(merchant: Merchant) -> Source:
    return arriving.chats(merchant, automatic="2，4")


def test_a_machine_of_the_account_stops_no_clock_and_a_human_does(chats: Source) -> None:
    arriving.said(chats, "u1", at=NOON)
    arriving.said(chats, "u1", at=NOON + SECOND, by=4)
    session = Consultation.objects.get()
    assert (session.state, session.first_human_reply_at) == ("waiting", None)
    assert session.first_auto_reply_at == OPENED + timedelta(seconds=1)
    arriving.said(chats, "u1", at=NOON + 90 * SECOND, by=3)
    session.refresh_from_db()
    assert (session.state, session.calendar_seconds, session.result) == ("answered", 90, "met")
    assert list(Message.objects.order_by("sent_at").values_list("author", flat=True)) == [
        "user", "auto", "agent",
    ]  # fmt: skip


def test_which_numbers_are_a_machines_is_typed_on_the_page_of_the_source(
    merchant: Merchant, owner: User
) -> None:
    source = arriving.chats(merchant)
    arriving.said(source, "ann", at=NOON)
    arriving.said(source, "ann", at=NOON + SECOND, by=2)
    assert Message.objects.get(author="agent").conversation.external_id == "brand:ann"
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(owner)
    page = reverse("lead_sources:give", args=[merchant.code, source.pk])
    assert browser.post(page, {"automatic": "two"}).status_code == 422
    assert browser.post(page, {"automatic": "2, 4"}).status_code == 302
    arriving.said(source, "ben", at=NOON)
    arriving.said(source, "ben", at=NOON + SECOND, by=2)
    assert Consultation.objects.get(conversation__external_id="brand:ben").state == "waiting"


@pytest.mark.parametrize(
    ("author", "state", "kept"),
    [("bot", "waiting", "bot"), ("auto", "waiting", "auto"), ("agent", "answered", "agent")],
)
def test_our_own_address_says_who_wrote(merchant: Merchant, author: str, state: str, kept: str) -> None:
    source = arriving.own(merchant)
    asked: dict[str, Any] = {
        "id": "m1",
        "user_id": "u1",
        "text": "在吗",
        "sent_at": "2026-03-01T12:00:00+08:00",
    }
    told = asked | {"id": "m2", "author": author, "text": "您好", "sent_at": "2026-03-01T12:00:30+08:00"}
    arriving.brought(source, {"type": "message", "data": asked}, {"type": "message", "data": told})
    assert Consultation.objects.get().state == state
    assert Message.objects.get(external_id="m2").author == kept


def test_an_author_that_is_none_of_ours_is_refused_with_its_reason(merchant: Merchant) -> None:
    source = arriving.own(merchant)
    told = {"id": "m1", "user_id": "u1", "text": "您好", "author": "assistant"}
    assert arriving.push(source, {"type": "message", "data": told}) == 400
    assert RawDelivery.objects.get().error == "unknown_author"


def test_two_sessions_are_told_the_same_in_any_order_of_arrival(chats: Source) -> None:
    later = NOON + 48 * HOUR
    messages = [(NOON, 1), (NOON + 90 * SECOND, 3), (later, 1), (later + MINUTE, 3)]
    told: dict[Any, list[int]] = {}
    for number, order in enumerate(permutations(messages)):
        who = f"u{number}"
        for at, by in order:
            arriving.said(chats, who, at=at, by=by)
        rows = Consultation.objects.filter(conversation__external_id=f"brand:{who}").order_by("number")
        lead = Lead.objects.get(conversation__external_id=f"brand:{who}")
        found = tuple(
            (
                row.number, row.opened_at, row.due_at, row.last_message_at, row.closed_at, row.state,
                row.calendar_seconds, row.service_seconds, row.result, row.waiting_since, row.messages.count(),
            )
            for row in rows
        )  # fmt: skip
        told.setdefault((found, lead.began_at, lead.session.number), []).append(number)
    days = timedelta(hours=48)
    first = (
        1, OPENED, OPENED + timedelta(minutes=3), OPENED + timedelta(seconds=90),
        OPENED + timedelta(days=1, seconds=90), "closed", 90, 90, "met", None, 2,
    )  # fmt: skip
    second = (
        2, OPENED + days, OPENED + days + timedelta(minutes=3), OPENED + days + timedelta(minutes=1),
        None, "answered", 60, 60, "met", None, 2,
    )  # fmt: skip
    assert list(told) == [((first, second), OPENED, 1)]


def test_an_earlier_session_that_nobody_answered_ends_as_such_and_waits_for_nobody(chats: Source) -> None:
    for at in (NOON + 48 * HOUR, NOON):
        arriving.said(chats, "u1", at=at)
    first, second = Consultation.objects.order_by("number")
    assert (first.state, first.result, first.waiting_since) == ("closed", "cancelled", None)
    assert (second.state, second.result, second.waiting_since) == ("waiting", "", OPENED + timedelta(days=2))
    assert second.due_at == OPENED + timedelta(days=2, minutes=3)


def test_what_was_written_before_somebody_closed_the_session_belongs_to_it(
    chats: Source, merchant: Merchant
) -> None:
    arriving.said(chats, "u1", at=NOON)
    replies.close(merchant, Consultation.objects.get(), by="user:1", now=OPENED + timedelta(hours=1))
    arriving.said(chats, "u1", at=NOON + 2 * HOUR)
    arriving.said(chats, "u1", at=NOON + 30 * MINUTE)
    arriving.said(chats, "u1", at=NOON + 90 * MINUTE)
    first, second = Consultation.objects.order_by("number")
    assert (first.messages.count(), first.opened_at) == (2, OPENED)
    assert (second.messages.count(), second.opened_at) == (2, OPENED + timedelta(minutes=90))


def test_a_reply_counts_also_where_hours_never_open(chats: Source, merchant: Merchant) -> None:
    setup.set_hours(merchant, weekdays={}, by="user:1")
    arriving.said(chats, "u1", at=NOON)
    arriving.said(chats, "u1", at=NOON + 90 * SECOND, by=3)
    session = Consultation.objects.get()
    assert (session.state, session.due_at, session.waiting_since) == ("answered", None, None)
    assert session.first_human_reply_at == OPENED + timedelta(seconds=90)
    assert (session.calendar_seconds, session.service_seconds, session.result) == (90, None, "")
    assert Lead.objects.get().stage.code == "replied"
    day = datetime(2026, 3, 1).date()
    told = funnel.speed(funnel.sessions(merchant, Period(day, day + timedelta(days=1))))
    assert (told.sessions, told.answered, told.p50) == (1, 1, None)
    replies.close(merchant, session, by="user:1", now=OPENED + timedelta(hours=1))
    assert session.result == ""
