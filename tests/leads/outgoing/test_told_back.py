"""A message of ours that the platform pushes back is one message, whichever of the two comes first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from leads.channels.calls import Answer, Call
from leads.channels.facts import MessageFact, Told
from leads.models import Agent, Consultation, Message, Source
from leads.operations import facts, replies, sending, sources
from leads.queries import inbox
from merchants.models import Merchant
from portal.demo.partners import xiaohongshu_desk
from tests.leads.channels import wire
from tests.leads.desks import BY, Desk

NOW = datetime.now(UTC).replace(microsecond=0)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture
def desk(merchant: Merchant) -> Desk:
    return Desk(merchant)


@pytest.fixture
def lin(desk: Desk) -> Agent:
    return desk.agent("lin")


@pytest.fixture
def source(merchant: Merchant) -> Source:
    """One without what sending takes: replies are copied."""
    return sources.open_source(merchant, channel="xiaohongshu_im", name="Chats", key_hex=wire.KEY_HEX, by=BY)


@pytest.fixture
def sender(merchant: Merchant, source: Source, red: xiaohongshu_desk.Desk, serve: Any) -> Source:
    given = {"app_id": "a", "third_account_id": "third-1", "base": serve(red)}
    sources.give(merchant, source, given=given, by=BY)
    return source


def asks(desk: Desk) -> Consultation:
    return desk.say("u1", at=NOW - MINUTE, conversation="brand:u1")


def pushed(
    merchant: Merchant, source: Source, number: str, text: str, at: datetime = NOW, kind: str = "TEXT"
) -> None:
    """The platform tells us of a message that went to the person."""
    fact = MessageFact(number, "agent", "u1", "brand", None, kind, text, at)
    facts.take(merchant, source, Told(messages=(fact,)), received_at=at + SECOND, pushed=True)


def ours() -> list[tuple[str, str, str]]:
    rows = Message.objects.filter(author="agent").order_by("pk")
    return [(row.delivery, row.pushed_as, row.agent.name if row.agent else "") for row in rows]


def test_told_back_after_it_was_sent(
    merchant: Merchant, desk: Desk, lin: Agent, sender: Source, red: xiaohongshu_desk.Desk
) -> None:
    session = asks(desk)
    replies.reply(merchant, session, lin, text="您好", by=BY, now=NOW)
    assert sending.send_one(merchant, now=NOW)
    for _ in range(2):  # the platform repeats its pushes
        pushed(merchant, sender, "p-1", "您好", NOW + 2 * SECOND)
    assert ours() == [("sent", "p-1", "lin")]
    assert [line.words for line in inbox.lines(merchant, session)] == ["hello", "您好"]


def test_told_back_before_the_answer_to_the_sending_it_is_not_sent_again(
    merchant: Merchant, desk: Desk, lin: Agent, sender: Source, red: xiaohongshu_desk.Desk
) -> None:
    replies.reply(merchant, asks(desk), lin, text="您好", by=BY, now=NOW)

    def hears_it_first(call: Call) -> Answer:
        sending.ask(call)
        pushed(merchant, sender, "p-1", "您好", NOW + SECOND)
        return Answer(503, b"upstream")  # so that it would be tried again

    assert sending.send_one(merchant, now=NOW, by=hears_it_first)
    assert ours() == [("sent", "p-1", "lin")]
    assert not sending.send_one(merchant, now=NOW + MINUTE)
    assert list(red.sent.values()) == ["您好"]


def test_told_back_while_it_still_waits_it_was_sent(
    merchant: Merchant, desk: Desk, lin: Agent, sender: Source
) -> None:
    """A worker died after the call; the push is the proof that it arrived."""
    session = asks(desk)
    replies.reply(merchant, session, lin, text="您好", by=BY, now=NOW)
    pushed(merchant, sender, "p-1", "您好")
    assert ours() == [("sent", "p-1", "lin")]
    assert not sending.send_one(merchant, now=NOW + MINUTE)
    assert desk.fresh(session).first_human_reply_at == NOW


def test_the_number_that_we_sent_is_known_again_whatever_the_words(
    merchant: Merchant, desk: Desk, lin: Agent, sender: Source
) -> None:
    row = replies.reply(merchant, asks(desk), lin, text="您好", by=BY, now=NOW)
    number = row.external_id.removeprefix("ours:")
    pushed(merchant, sender, number, "您好（已审核）")
    assert ours() == [("sent", number, "lin")]


def test_alike_messages_are_matched_one_to_one_and_others_not_at_all(
    merchant: Merchant, desk: Desk, lin: Agent, sender: Source
) -> None:
    session = asks(desk)
    for second in range(2):
        replies.reply(merchant, session, lin, text="好的", by=BY, now=NOW + second * SECOND)
    for number in ("p-1", "p-2", "p-3"):
        pushed(merchant, sender, number, "好的", NOW + 3 * SECOND)
    pushed(merchant, sender, "p-4", "明天见", NOW + 4 * SECOND)
    assert ours() == [
        ("sent", "p-1", "lin"),
        ("sent", "p-2", "lin"),
        ("received", "", ""),
        ("received", "", ""),
    ]


@pytest.mark.parametrize(("minutes", "many"), [(0, 1), (15, 1), (16, 2), (-1, 1), (-2, 2)])
def test_only_what_was_said_about_then_is_the_same(
    merchant: Merchant, desk: Desk, lin: Agent, sender: Source, minutes: int, many: int
) -> None:
    replies.reply(merchant, asks(desk), lin, text="您好", by=BY, now=NOW - 20 * MINUTE)
    pushed(merchant, sender, "p-1", "您好", NOW - 20 * MINUTE + minutes * MINUTE)
    assert len(ours()) == many


def test_copied_by_hand_and_told_back_afterwards(
    merchant: Merchant, desk: Desk, lin: Agent, source: Source
) -> None:
    replies.reply(merchant, asks(desk), lin, text="您好", by=BY, now=NOW)
    pushed(merchant, source, "p-1", "您好", NOW + 30 * SECOND)
    assert ours() == [("copied", "p-1", "lin")]


def test_written_in_the_platforms_tool_and_noted_afterwards(
    merchant: Merchant, desk: Desk, lin: Agent, source: Source
) -> None:
    session = asks(desk)
    pushed(merchant, source, "p-1", "您好")
    assert ours() == [("received", "", "")]
    replies.reply(merchant, desk.fresh(session), lin, text="您好 ", by=BY, now=NOW + 20 * SECOND)
    pushed(merchant, source, "p-1", "您好")
    assert ours() == [("copied", "", "lin")]
    fresh = desk.fresh(session)
    assert (fresh.first_human_reply_at, fresh.first_human) == (NOW, lin)


@pytest.mark.parametrize("first", ["noted", "pushed"])
def test_a_card_that_was_sent_in_the_platforms_tool_appears_once(
    merchant: Merchant, desk: Desk, lin: Agent, source: Source, client: Client, first: str
) -> None:
    session = asks(desk)
    client.force_login(lin.user)
    client.cookies["django_language"] = "en"
    acts = {
        "noted": lambda: client.post(f"/m/glow/inbox/{session.pk}/card/", {"kind": "CARD_LEAD"}),
        "pushed": lambda: pushed(merchant, source, "p-1", "", datetime.now(UTC), kind="BUSINESS_CARD"),
    }
    acts.pop(first)()
    acts.popitem()[1]()
    [row] = Message.objects.filter(author="agent")
    assert (row.kind, row.agent, row.delivery) == ("CARD_LEAD", lin, "copied")
    told = client.get(f"/m/glow/inbox/{session.pk}/").content.decode()
    assert told.count("Lead card, sent in the platform&#x27;s tool") == 1
    assert "Cards are sent in the platform's own tool" in told
    assert desk.fresh(session).state == "answered"
