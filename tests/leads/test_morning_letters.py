"""An agent hears each morning of what waits, if anything does, without a name or a word of a customer."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from leads import letters as composed
from leads.models import Agent, Lead, Letter
from leads.operations import appointments, assignment, letters, reminders, replies
from leads.queries import shift
from leads.queries.shift import Standing
from merchants.models import AuditEvent, Membership, Merchant
from tests.leads.desks import BY, DAY, HOUR, MINUTE, NOON, SECOND, Desk

MORNING = (NOON + DAY).replace(hour=8)  # of the day after
NOTHING = Standing(0, None)


@pytest.fixture
def desk(merchant: Merchant) -> Desk:
    return Desk(merchant)


@pytest.fixture
def lin(desk: Desk) -> Agent:
    agent = desk.agent("lin")
    agent.user.email, agent.user.language = "lin@example.com", "en"
    agent.user.save()
    return agent


def asks(desk: Desk, who: str, agent: Agent) -> None:
    """Somebody asks, and is the agent's to answer."""
    assignment.hand_over(desk.merchant, desk.say(who), agent, by=BY, now=NOON)


def follows(desk: Desk, who: str, agent: Agent) -> Lead:
    """A lead of the agent whose question was answered."""
    session = desk.say(who)
    replies.reply(desk.merchant, session, agent, text="hi", by=BY, now=NOON + MINUTE)
    Lead.objects.filter(pk=desk.lead_of(session).pk).update(agent=agent)
    return desk.lead_of(session)


def books(desk: Desk, who: str, agent: Agent, *, hours: int) -> None:
    lead = follows(desk, who, agent)
    starts_at = NOON + hours * HOUR
    appointments.book(desk.merchant, lead, store=desk.store, starts_at=starts_at, by=BY, now=NOON)


def test_a_morning_counts_what_is_this_agents_and_nobody_elses(desk: Desk, lin: Agent) -> None:
    mo = desk.agent("mo")
    asks(desk, "ann", lin)
    asks(desk, "ben", mo)
    books(desk, "dan", lin, hours=3)  # over, and nobody has said what became of it
    books(desk, "eva", lin, hours=22)  # at ten today
    books(desk, "fay", lin, hours=24)
    books(desk, "gus", lin, hours=44)  # tomorrow
    books(desk, "hal", mo, hours=23)
    found = shift.morning(desk.merchant, lin, now=MORNING)
    assert found.day.isoformat() == "2026-11-26"
    assert found.waiting == Standing(1, NOON)
    assert found.appointments == Standing(2, NOON + 22 * HOUR)
    assert (found.reminders, found.unsaid, found.still) == (0, 1, NOTHING)
    of_mo = shift.morning(desk.merchant, mo, now=MORNING)
    assert (of_mo.waiting.count, of_mo.appointments, of_mo.unsaid) == (1, Standing(1, NOON + 23 * HOUR), 0)


def test_a_lead_stands_still_after_a_week_unless_it_is_booked_waits_or_has_ended(
    desk: Desk, lin: Agent
) -> None:
    lead = follows(desk, "ann", lin)
    later = NOON + 8 * DAY
    books(desk, "ben", lin, hours=24 * 9)
    follows(desk, "cleo", lin)
    desk.say("cleo", at=later - HOUR)  # waits again
    Lead.objects.filter(pk=follows(desk, "dan", lin).pk).update(ended_at=NOON)
    assert shift.morning(desk.merchant, lin, now=lead.staged_at + shift.STILL - SECOND).still == NOTHING
    assert shift.morning(desk.merchant, lin, now=later).still == Standing(1, lead.staged_at)


def test_people_to_remind_today_are_counted_until_it_is_done(desk: Desk, lin: Agent) -> None:
    reminders.set_rule(desk.merchant, desk.store, slot_minutes=60, capacity=9, remind_hours=[24], by=BY)
    books(desk, "ann", lin, hours=40)
    books(desk, "ben", lin, hours=41)
    reminders.fall_due(desk.merchant, now=NOON + 17 * HOUR)
    assert shift.morning(desk.merchant, lin, now=MORNING).reminders == 2
    reminders.done(desk.merchant, desk.lead_of(desk.say("ann")).appointments.get().reminders.get(), by=BY)
    assert shift.morning(desk.merchant, lin, now=MORNING).reminders == 1


def test_a_letter_is_written_from_its_hour_on_once_a_day_and_only_if_something_waits(
    desk: Desk, lin: Agent
) -> None:
    assert letters.write_due(desk.merchant, now=MORNING) == 0
    asks(desk, "ann", lin)
    assert letters.write_due(desk.merchant, now=MORNING - SECOND) == 0
    assert letters.write_due(desk.merchant, now=MORNING) == 1
    assert letters.write_due(desk.merchant, now=MORNING + HOUR) == 0
    assert set(Letter.objects.values_list("kind", "about")) == {("agent", "2026-11-26")}
    assert letters.write_due(desk.merchant, now=MORNING + DAY) == 1


def test_the_letter_says_what_waits_in_lines_and_names_nobody(desk: Desk, lin: Agent) -> None:
    asks(desk, "cleopatra", lin)
    books(desk, "benedict", lin, hours=22)
    letters.write_due(desk.merchant, now=MORNING)
    assert composed.post_one(desk.merchant, now=MORNING)
    assert not composed.post_one(desk.merchant, now=MORNING + HOUR)
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["lin@example.com"], "What waits for you at Glow")
    assert "1 consultation waits for your first reply, since 2026-11-25 12:00." in sent.body
    assert "1 appointment today, at 2026-11-26 10:00." in sent.body
    assert "stood still" not in sent.body
    assert "/m/glow/inbox/" in sent.body
    assert not {name for name in ("cleopatra", "benedict", "hello") if name in sent.body}


def test_the_letter_is_in_the_language_of_its_reader(desk: Desk, lin: Agent) -> None:
    asks(desk, "ann", lin)
    lin.user.language = "zh-hans"
    lin.user.save()
    letters.write_due(desk.merchant, now=MORNING)
    composed.post_one(desk.merchant, now=MORNING)
    assert "有 1 条咨询等你首次回复" in mail.outbox[0].body


@pytest.mark.parametrize("ended", ["answered", "switched off", "left", "no member", "a day later"])
def test_what_waits_no_more_when_it_goes_out_is_not_sent(desk: Desk, lin: Agent, ended: str) -> None:
    asks(desk, "ann", lin)
    letters.write_due(desk.merchant, now=MORNING)
    if ended == "answered":
        replies.reply(desk.merchant, desk.say("ann"), lin, text="hi", by=BY, now=MORNING)
    elif ended == "no member":
        Membership.objects.filter(user=lin.user).delete()
    elif ended != "a day later":
        told = {"switched off": {"morning_letter": False}, "left": {"left_at": MORNING}}[ended]
        Agent.objects.filter(pk=lin.pk).update(**told)
    assert composed.post_one(desk.merchant, now=MORNING + (DAY if ended == "a day later" else SECOND))
    assert (mail.outbox, Letter.objects.get().state) == ([], "failed")


def test_an_agent_switches_it_off_in_the_inbox_and_on_again(desk: Desk, lin: Agent) -> None:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(lin.user)
    address = reverse("leads:morning-letter", args=["glow"])
    asks(desk, "ann", lin)
    assert browser.post(address).status_code == 302
    assert letters.write_due(desk.merchant, now=MORNING) == 0
    page = browser.get("/m/glow/inbox/").content.decode()
    assert 'name="wanted" value="1">' in page
    browser.post(address, {"wanted": "1"})
    assert letters.write_due(desk.merchant, now=MORNING) == 1
    assert AuditEvent.objects.filter(act="leads.agent.set", data__has_key="morning_letter").count() == 2
