"""The platform's house rules: warned of before sending, exactly at the limit, and never a block."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from leads.house_rules import Limits, Sent, warnings
from leads.models import Consultation
from leads.operations import replies
from leads.queries import strangers
from merchants.models import Merchant
from tests.leads.desks import BY, DAY, HOUR, MINUTE, NOON, Desk

LIMITS = Limits(before_an_answer=3, strangers_a_day=20)


@pytest.fixture
def desk(merchant: Merchant) -> Desk:
    return Desk(merchant)


@pytest.mark.parametrize(
    ("text", "sent", "told"),
    [
        ("您好", Sent(0, 0, True), ()),
        ("您好", Sent(2, 19, True), ()),
        ("您好", Sent(3, 19, True), ("unanswered",)),
        ("您好", Sent(0, 20, True), ("strangers",)),
        ("您好", Sent(0, 20, False), ()),
        ("加微信 lin_9", Sent(3, 20, True), ("contact_in_text", "unanswered", "strangers")),
    ],
)
def test_the_first_one_beyond_a_limit_is_warned_of(text: str, sent: Sent, told: tuple[str, ...]) -> None:
    assert warnings(text, sent, LIMITS) == told


def written_to(desk: Desk, who: str, account: str = "brand", **fields: object) -> Consultation:
    """A message of ours to somebody who has not written."""
    return desk.say(who, "您好", author="agent", conversation=f"{account}:{who}", **fields)


def test_strangers_are_counted_by_account_and_day_each_once(merchant: Merchant, desk: Desk) -> None:
    written_to(desk, "ann")
    written_to(desk, "ann", at=NOON + MINUTE)
    written_to(desk, "ben", at=NOON - 12 * HOUR)  # midnight in Shanghai: the day's first moment
    written_to(desk, "cleo", at=NOON - 12 * HOUR - MINUTE)  # yesterday
    written_to(desk, "dora", account="another")
    desk.say("emil", "在吗", conversation="brand:emil")
    written_to(desk, "emil", at=NOON + MINUTE)  # has written before
    fay = written_to(desk, "fay")
    desk.say(
        "fay", "你好", conversation="brand:fay", at=NOON + MINUTE
    )  # answers: was a stranger nevertheless
    late = NOON + 2 * HOUR

    def told(session: Consultation) -> tuple[int, bool]:
        found = strangers.sent(merchant, session.conversation, now=late)
        return found.strangers, found.is_new

    assert told(written_to(desk, "cleo", at=NOON - DAY)) == (
        3,
        True,
    )  # ann, ben, fay; cleo would be new today
    assert told(fay) == (2, False)
    assert told(written_to(desk, "ann", at=NOON + 2 * MINUTE)) == (2, False)
    assert told(desk.say("emil", conversation="brand:emil", at=NOON + HOUR)) == (3, False)


def test_the_composer_warns_of_the_twenty_first_stranger_and_sends_nevertheless(
    merchant: Merchant, desk: Desk, client: Client
) -> None:
    lin = desk.agent("lin")
    client.force_login(lin.user)
    client.cookies["django_language"] = "en"
    now = timezone.now()
    for number in range(19):
        written_to(desk, f"u{number}", at=now)
    next_one = written_to(desk, "next", at=now - 2 * DAY)
    at = f"/m/glow/inbox/{next_one.pk}/"
    assert client.post(f"{at}writing/", {"text": "您好"}).content.strip() == b""
    written_to(desk, "u19", at=now)
    told = client.post(f"{at}writing/", {"text": "您好"}).content.decode()
    assert "has written to 20 people today who had not written to it" in told
    assert "more than about 20 a day" in told
    assert "has written to 20 people" in client.get(at).content.decode()
    assert client.post(f"{at}reply/", {"text": "您好"}).status_code == 302
    assert client.post(f"{at}writing/", {"text": "您好"}).content.strip() == b""  # this one is counted now


def test_three_messages_without_an_answer_are_enough(merchant: Merchant, desk: Desk, client: Client) -> None:
    lin = desk.agent("lin")
    client.force_login(lin.user)
    client.cookies["django_language"] = "en"
    session = desk.say("ann", at=timezone.now() - MINUTE)
    at = f"/m/glow/inbox/{session.pk}/writing/"
    for text in ("一", "二"):
        replies.reply(merchant, session, lin, text=text, by=BY)
    assert client.post(at, {"text": "三"}).content.strip() == b""
    replies.reply(merchant, session, lin, text="三", by=BY)
    assert "3 messages without an answer" in client.post(at, {"text": "四"}).content.decode()
    desk.say("ann", "好的", at=timezone.now() + timedelta(seconds=1))
    assert client.post(at, {"text": "四"}).content.strip() == b""
