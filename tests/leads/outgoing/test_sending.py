"""The outbox of replies: sent in order and once, tried again, given up with a reason, sent again by hand."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from leads.channels.calls import Answer, Call
from leads.models import Agent, Consultation, Message, Source
from leads.operations import replies, sending, sources
from merchants import tenancy
from merchants.models import AuditEvent, Merchant
from portal.demo.partners import xiaohongshu_desk
from tests.conftest import make_merchant
from tests.leads.channels import wire
from tests.leads.desks import BY, Desk

NOW = datetime.now(UTC).replace(microsecond=0)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
GIVEN = {"app_id": "a", "third_account_id": "third-1"}


@pytest.fixture
def desk(merchant: Merchant) -> Desk:
    return Desk(merchant)


@pytest.fixture
def lin(desk: Desk) -> Agent:
    return desk.agent("lin")


@pytest.fixture
def source(merchant: Merchant, red: xiaohongshu_desk.Desk, serve: Any) -> Source:
    given = {**GIVEN, "base": serve(red)}
    return sources.open_source(
        merchant, channel="xiaohongshu_im", name="Chats", key_hex=wire.KEY_HEX, given=given, by=BY
    )


def asks(desk: Desk, who: str = "u1") -> Consultation:
    return desk.say(who, at=NOW - MINUTE, conversation=f"brand:{who}")


def states() -> list[tuple[str, str]]:
    return list(Message.objects.filter(author="agent").order_by("pk").values_list("delivery", "error"))


def send_all(merchant: Merchant, now: datetime = NOW) -> int:
    count = 0
    while sending.send_one(merchant, now=now):
        count += 1
    return count


def test_replies_go_out_in_the_order_of_their_conversation(
    merchant: Merchant, desk: Desk, lin: Agent, source: Source, red: xiaohongshu_desk.Desk
) -> None:
    session = asks(desk)
    for text in ("一", "二", "三"):
        replies.reply(merchant, session, lin, text=text, by=BY, now=NOW)
    assert states() == [("queued", "")] * 3
    red.busy = 1
    assert send_all(merchant) == 1  # the others wait for the first
    assert send_all(merchant, NOW + MINUTE) == 3
    assert (list(red.sent.values()), states()) == (["一", "二", "三"], [("sent", "")] * 3)


def test_without_what_it_takes_replies_are_copied_by_hand(merchant: Merchant, desk: Desk, lin: Agent) -> None:
    sources.open_source(merchant, channel="xiaohongshu_im", name="Chats", key_hex=wire.KEY_HEX, by=BY)
    replies.reply(merchant, asks(desk), lin, text="您好", by=BY, now=NOW)
    assert (states(), send_all(merchant)) == ([("copied", "")], 0)


def test_of_two_accounts_the_one_that_brought_the_conversation_answers_it(
    merchant: Merchant, desk: Desk, lin: Agent, source: Source, red: xiaohongshu_desk.Desk
) -> None:
    sources.open_source(
        merchant, channel="xiaohongshu_im", name="Other", key_hex="ff" * 16, given=GIVEN, by=BY
    )
    session = asks(desk)
    assert sending.source_of(merchant, session.conversation) is None
    session.conversation.came_by = source
    session.conversation.save()
    replies.reply(merchant, session, lin, text="您好", by=BY, now=NOW)
    send_all(merchant)
    assert list(red.sent.values()) == ["您好"]


def test_a_worker_killed_after_the_call_sends_it_again_under_the_same_number(
    merchant: Merchant, desk: Desk, lin: Agent, source: Source, red: xiaohongshu_desk.Desk
) -> None:
    replies.reply(merchant, asks(desk), lin, text="您好", by=BY, now=NOW)
    seen: list[Call] = []

    def dies_after(call: Call) -> Answer:
        seen.append(call)
        sending.ask(call)
        raise SystemExit

    with pytest.raises(SystemExit):
        sending.send_one(merchant, now=NOW, by=dies_after)
    assert (states(), send_all(merchant, NOW + sending.HELD - SECOND)) == ([("queued", "")], 0)
    assert send_all(merchant, NOW + sending.HELD) == 1
    assert (len(seen), len(red.sent), states()) == (1, 1, [("sent", "")])


def test_a_platform_that_stays_away_is_given_up_and_the_clock_runs_on(
    merchant: Merchant, desk: Desk, lin: Agent, source: Source, red: xiaohongshu_desk.Desk
) -> None:
    session = asks(desk)
    replies.reply(merchant, session, lin, text="您好", by=BY, now=NOW)
    assert (session.state, session.first_human_reply_at) == ("answered", NOW)
    red.busy, moment, waits = 6, NOW, []
    for _ in range(sending.ATTEMPTS):
        assert send_all(merchant, moment) == 1
        row = Message.objects.get(author="agent")
        if row.next_at:
            waits.append((row.next_at - moment).total_seconds())
            moment = row.next_at
    assert waits == [15, 30, 60, 120, 240]
    assert states() == [("failed", "HTTP 503")]
    session = desk.fresh(session)
    assert (session.state, session.first_human_reply_at, session.result) == ("waiting", None, "")
    assert (session.service_seconds, session.waiting_since) == (None, NOW - MINUTE)


def test_a_refused_reply_says_why_and_is_sent_again_by_hand_as_an_answer_of_then(
    merchant: Merchant, desk: Desk, lin: Agent, source: Source, red: xiaohongshu_desk.Desk
) -> None:
    session = asks(desk)
    replies.reply(merchant, session, lin, text="您好", by=BY, now=NOW - 30 * SECOND)
    sources.give(merchant, source, given={"third_account_id": "wrong"}, by=BY)
    send_all(merchant, datetime.now(UTC))
    assert states() == [("failed", "三方账号未绑定")]
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(lin.user)
    page = reverse("leads:conversation", args=["glow", session.pk])
    shown = browser.get(page).content.decode()
    assert "三方账号未绑定" in shown
    assert "Send it again" in shown
    sources.give(merchant, source, given={"third_account_id": "third-1"}, by=BY)
    [row] = Message.objects.filter(author="agent")
    browser.post(reverse("leads:resend", args=["glow", session.pk]), {"message": row.pk})
    browser.post(reverse("leads:resend", args=["glow", session.pk]), {"message": row.pk})
    assert send_all(merchant, datetime.now(UTC)) == 1
    assert (list(red.sent), states()) == ([row.external_id.removeprefix("ours:")], [("sent", "")])
    assert desk.fresh(session).first_human_reply_at >= NOW
    assert AuditEvent.objects.filter(act="leads.message.again").count() == 1
    assert "Sent" in browser.get(page).content.decode()


def test_the_composer_says_whether_it_sends(
    merchant: Merchant, desk: Desk, lin: Agent, source: Source
) -> None:
    session = asks(desk)
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(lin.user)
    page = reverse("leads:conversation", args=["glow", session.pk])
    assert "Note as sent" not in browser.get(page).content.decode()
    sources.switch(merchant, source, active=False, by=BY)
    assert "Note as sent" in browser.get(page).content.decode()


@pytest.mark.xdist_group("reliability")
@pytest.mark.usefixtures("committed")
def test_four_workers_at_once_send_each_reply_once(red: xiaohongshu_desk.Desk, serve: Any) -> None:
    merchant = make_merchant("busy")
    desk = Desk(merchant)
    agent = desk.agent("lin", capacity=50)
    given = {**GIVEN, "base": serve(red)}
    sources.open_source(
        merchant, channel="xiaohongshu_im", name="Chats", key_hex=wire.KEY_HEX, given=given, by=BY
    )
    for number in range(12):
        with tenancy.acting_for(merchant):
            session = asks(desk, f"u{number}")
            replies.reply(merchant, session, agent, text=f"答{number}", by=BY, now=NOW)
    calls: list[str] = []

    def counts(call: Call) -> Answer:
        calls.append(call.url)
        return sending.ask(call)

    def work(_: int) -> None:
        try:
            while sending.send_one(merchant, now=NOW, by=counts):
                pass
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert (len(calls), sorted(red.sent.values())) == (12, sorted(f"答{number}" for number in range(12)))
