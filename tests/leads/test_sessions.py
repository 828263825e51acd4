"""A consultation and its clock: begun by a person, stopped by a human, told the same in any order."""

from __future__ import annotations

from itertools import permutations

import pytest

from leads import sealing
from leads.models import Consultation, Lead, Message
from leads.operations import replies, sessions, setup, timers
from merchants.models import Event, Merchant
from tests.leads.desks import BY, DAY, HOUR, MINUTE, NOON, SECOND, Desk


@pytest.fixture
def desk(merchant: Merchant) -> Desk:
    return Desk(merchant)


def test_a_first_message_opens_a_consultation_with_a_clock(desk: Desk) -> None:
    session = desk.say("ann", origin={"note_id": "n1"})
    assert session.state == "waiting"
    assert session.due_at == NOON + 3 * MINUTE
    assert (session.number, session.ingest_lag_seconds) == (1, 1)
    assert (session.schedule.version, session.policy.version) == (1, 1)
    lead = desk.lead_of(session)
    assert (lead.stage.code, lead.note_id, lead.left_at) == ("new", "n1", None)
    told = Event.objects.get(kind=sessions.OPENED).payload
    assert told == {
        "consultation": session.pk,
        "source": "xiaohongshu_im",
        "platform_user": "ann",
        "opened_at": "2026-11-25T04:00:00+00:00",
        "skill": "",
        "origin": {"note_id": "n1"},
        "statement": 0,
    }


def test_the_same_message_again_changes_nothing(desk: Desk) -> None:
    first = desk.say("ann", message_id="m-1")
    before = Consultation.objects.values().get()
    again = desk.say("ann", message_id="m-1")
    assert again.pk == first.pk
    assert Consultation.objects.values().get() == before
    assert (Message.objects.count(), Lead.objects.count(), Event.objects.count()) == (1, 1, 1)


def test_words_rest_sealed(desk: Desk, merchant: Merchant) -> None:
    desk.say("ann", "我的电话 13812345678")
    row = Message.objects.get()
    assert b"13812345678" not in bytes(row.sealed)
    assert sealing.unseal(merchant, "message", row.sealed) == "我的电话 13812345678"


def test_bots_and_automatic_replies_stop_no_clock(desk: Desk) -> None:
    desk.say("ann")
    session = desk.say("ann", author="auto", at=NOON + 2 * SECOND)
    session = desk.say("ann", author="bot", at=NOON + 5 * SECOND)
    session = desk.fresh(session)
    assert session.state == "waiting"
    assert session.first_human_reply_at is None
    assert session.first_auto_reply_at == NOON + 2 * SECOND
    assert session.waiting_since == NOON


def test_the_first_human_reply_stops_it_and_both_durations_are_kept(desk: Desk, merchant: Merchant) -> None:
    lin = desk.agent("lin")
    session = desk.say("ann")
    replies.reply(merchant, session, lin, text="您好", by=BY, now=NOON + 100 * SECOND)
    assert session.state == "answered"
    assert (session.calendar_seconds, session.service_seconds, session.result) == (100, 100, "met")
    assert (session.first_human, session.breached_at) == (lin, None)
    assert desk.lead_of(session).stage.code == "replied"
    replies.reply(merchant, session, lin, text="还在吗", by=BY, now=NOON + 500 * SECOND)
    assert session.calendar_seconds == 100


def test_a_late_reply_is_late_and_the_breach_is_whose_consultation_it_was(
    desk: Desk, merchant: Merchant
) -> None:
    lin, mo = desk.agent("lin", presence="off"), desk.agent("mo", presence="off")
    session = desk.say("ann")
    Consultation.objects.filter(pk=session.pk).update(agent=lin)
    assert timers.mark_breaches(merchant, now=NOON + 4 * MINUTE) == 1
    assert timers.mark_breaches(merchant, now=NOON + 5 * MINUTE) == 0
    replies.reply(merchant, session, mo, text="抱歉", by=BY, now=NOON + 6 * MINUTE)
    assert (session.result, session.breached_by, session.first_human) == ("late", lin, mo)
    assert session.breached_at == NOON + 3 * MINUTE


def test_whatever_the_order_of_arrival_the_clock_tells_the_same(desk: Desk) -> None:
    said = [("user", 0), ("auto", 1), ("user", 20), ("agent", 90), ("user", 200)]
    told = set()
    for number, order in enumerate(permutations(said)):
        if order[0][0] != "user":
            continue
        for author, seconds in order:
            session = desk.say(f"p{number}", author=author, at=NOON + seconds * SECOND)
        row = desk.fresh(session)
        told.add(
            (
                row.opened_at, row.due_at, row.first_auto_reply_at, row.first_human_reply_at,
                row.calendar_seconds, row.result, row.waiting_since, row.state, row.number,
            )
        )  # fmt: skip
    assert told == {
        (
            NOON, NOON + 180 * SECOND, NOON + SECOND, NOON + 90 * SECOND,
            90, "met", NOON + 200 * SECOND, "answered", 1,
        )
    }  # fmt: skip


def test_a_reopened_conversation_starts_a_new_clock_for_the_same_lead(desk: Desk, merchant: Merchant) -> None:
    lin = desk.agent("lin")
    first = desk.say("ann")
    replies.reply(merchant, first, lin, text="您好", by=BY, now=NOON + MINUTE)
    replies.close(merchant, first, by=BY, now=NOON + HOUR)
    second = desk.say("ann", at=NOON + 2 * HOUR)
    assert (second.number, second.due_at) == (2, NOON + 2 * HOUR + 3 * MINUTE)
    assert desk.fresh(first).calendar_seconds == 60
    assert Lead.objects.count() == 1


def test_idle_hours_end_a_session_by_the_clock_or_by_the_next_message(desk: Desk, merchant: Merchant) -> None:
    lin = desk.agent("lin")
    for who in ("ann", "ben"):
        replies.reply(merchant, desk.say(who), lin, text="您好", by=BY, now=NOON + MINUTE)
    assert desk.say("ben", at=NOON + 2 * DAY).number == 2
    assert timers.close_idle(merchant, now=NOON + DAY) == 0
    assert timers.close_idle(merchant, now=NOON + DAY + MINUTE) == 1
    closed = Consultation.objects.filter(state="closed").order_by("pk").values_list("closed_at", flat=True)
    assert set(closed) == {NOON + DAY + MINUTE}


def test_new_hours_and_policies_hold_for_later_clocks_only(desk: Desk, merchant: Merchant) -> None:
    before = desk.say("ann")
    setup.set_policy(merchant, reply_seconds=60, by=BY)
    setup.set_hours(merchant, weekdays={"2": [["09:00", "12:00"], ["13:30", "18:00"]]}, by=BY)
    after = desk.say("ben")
    desk.say("ann", at=NOON + MINUTE)
    assert desk.fresh(before).due_at == NOON + 3 * MINUTE
    assert after.due_at == NOON + 91 * MINUTE
    assert (after.schedule.version, after.policy.version) == (2, 2)


def test_a_reply_written_before_the_latest_change_is_refused(desk: Desk, merchant: Merchant) -> None:
    lin = desk.agent("lin")
    session = desk.say("ann")
    seen = session.conversation.revision
    session.conversation.refresh_from_db()
    with pytest.raises(replies.Refused, match="stale"):
        replies.reply(merchant, session, lin, text="您好", by=BY, seen_revision=seen, now=NOON + SECOND)
    now_seen = session.conversation.revision
    sent = replies.reply(
        merchant, session, lin, text="您好", by=BY, seen_revision=now_seen, now=NOON + SECOND
    )
    assert sent.delivery == "copied"


def test_one_colleague_at_a_time_writes(desk: Desk, merchant: Merchant) -> None:
    lin, mo = desk.agent("lin"), desk.agent("mo")
    session = desk.say("ann")
    assert replies.is_writing(merchant, session, lin, now=NOON)
    assert not replies.is_writing(merchant, session, mo, now=NOON + 29 * SECOND)
    assert replies.is_writing(merchant, session, mo, now=NOON + 30 * SECOND)
