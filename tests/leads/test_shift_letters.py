"""Who leads the shift hears each morning, once, of the day before: what came, what was late, what still waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from leads import letters as composed
from leads.models import Agent, Letter
from leads.operations import alarms, appointments, letters, replies, setup, timers
from leads.queries import shift
from leads.queries.shift import ShiftDay, Standing
from merchants.models import Merchant, Store
from tests.leads.desks import BY, DAY, HOUR, MINUTE, NOON, SECOND, Desk

MORNING = (NOON + DAY).replace(hour=8)  # of the day after


@pytest.fixture
def desk(merchant: Merchant) -> Desk:
    return Desk(merchant)


def leader(desk: Desk, name: str = "lin", **fields: Any) -> Agent:
    """Who leads the shift and wants no letter of an agent's own work."""
    agent = desk.agent(name, leads_shift=True, **fields)
    agent.user.email = f"{name}@example.com"
    agent.user.language = "en"
    agent.user.save()
    setup.set_morning_letter(desk.merchant, agent, wanted=False, by=BY)
    return agent


def a_day(desk: Desk, agent: Agent) -> None:
    """One answered in time, one late, one that still waits; two people who did not come, or may have."""
    for who, minutes in (("ann", 2), ("ben", 4)):
        replies.reply(desk.merchant, desk.say(who), agent, text="hi", by=BY, now=NOON + minutes * MINUTE)
    desk.say("cleo", at=NOON + HOUR)
    timers.mark_breaches(desk.merchant, now=NOON + 2 * HOUR)
    for hours, who in ((3, "ann"), (5, "ben")):
        row = appointments.book(
            desk.merchant,
            desk.lead_of(desk.say(who, at=NOON + 5 * MINUTE)),
            store=desk.store,
            starts_at=NOON + hours * HOUR,
            by=BY,
            now=NOON,
        )
        if who == "ann":
            appointments.missed(desk.merchant, row, by=BY, now=NOON + 4 * HOUR)


def test_a_day_is_what_began_was_late_waits_and_did_not_come(desk: Desk) -> None:
    a_day(desk, leader(desk))
    found = shift.day(desk.merchant, NOON.date())
    assert (found.speed.sessions, found.speed.answered, found.late) == (3, 2, 2)
    assert (found.speed.in_time.hits, found.speed.in_time.size) == (1, 3)
    assert (found.speed.in_platform_hours.hits, found.speed.in_platform_hours.size) == (1, 3)
    assert found.waiting == Standing(1, NOON + HOUR)
    assert found.unclaimed == Standing(1, desk.lead_of(desk.say("cleo", at=NOON + HOUR)).began_at)
    assert (found.no_shows, found.unsaid) == (1, 1)


def test_an_empty_day_has_no_share_and_nothing_waits(desk: Desk) -> None:
    found = shift.day(desk.merchant, NOON.date())
    assert found == ShiftDay(
        NOON.date(), found.speed, 0, Standing(0, None), Standing(0, None), no_shows=0, unsaid=0
    )
    assert found.speed.in_time.value is None


def test_who_leads_one_store_hears_of_it_and_of_what_has_no_store(desk: Desk, merchant: Merchant) -> None:
    other = Store.objects.create(merchant=merchant, code="hill", name="Hill")
    desk.say("ann", store=desk.store)
    desk.say("ben", store=other)
    desk.say("cleo")
    counts = [
        shift.day(merchant, NOON.date(), stores=stores).speed.sessions for stores in ([], [desk.store.pk])
    ]
    assert counts == [3, 2]


def test_the_letter_is_written_from_its_hour_on_once_a_day_for_each_who_leads(desk: Desk) -> None:
    leader(desk)
    leader(desk, "mo")
    desk.agent("ned")
    assert letters.write_due(desk.merchant, now=MORNING - SECOND) == 0
    assert letters.write_due(desk.merchant, now=MORNING) == 2
    assert letters.write_due(desk.merchant, now=MORNING) == 0
    assert letters.write_due(desk.merchant, now=MORNING + 15 * HOUR) == 0
    assert set(Letter.objects.values_list("kind", "about")) == {("shift", "2026-11-25")}
    assert letters.write_due(desk.merchant, now=MORNING + DAY) == 2


def test_the_hour_is_by_the_merchants_clock_and_can_be_set(desk: Desk) -> None:
    leader(desk)
    alarms.set_oversight(
        desk.merchant, reveals_an_hour=1, reveals_a_day=1, rows_a_day=1, letter_hour=6, by=BY
    )
    Merchant.objects.update(time_zone="Asia/Urumqi")  # two hours behind Shanghai
    desk.merchant.refresh_from_db()
    assert letters.write_due(desk.merchant, now=MORNING - SECOND) == 0
    assert letters.write_due(desk.merchant, now=MORNING) == 1


def test_who_has_no_address_or_has_left_is_written_nothing(desk: Desk) -> None:
    desk.agent("lin", leads_shift=True)
    gone = leader(desk, "mo")
    Agent.objects.filter(pk=gone.pk).update(left_at=NOON)
    assert letters.write_due(desk.merchant, now=MORNING) == 0


def test_the_letter_says_the_day_and_is_sent_once(desk: Desk) -> None:
    a_day(desk, leader(desk))
    letters.write_due(desk.merchant, now=MORNING)
    assert composed.post_one(desk.merchant, now=MORNING)
    assert not composed.post_one(desk.merchant, now=MORNING + HOUR)
    (sent,) = mail.outbox
    assert sent.to == ["lin@example.com"]
    assert sent.subject == "The desk of Glow on 2026-11-25"
    assert "Consultations begun: 3 (answered: 2)" in sent.body
    assert "Within 3 minutes, 09:00 to 23:00: 33.3% (1 of 3)" in sent.body
    assert "Late: 2" in sent.body
    assert "1 consultation waits for its first reply, since 2026-11-25 13:00." in sent.body
    assert "1 lead belongs to nobody" in sent.body
    assert "1 appointment that nobody came to." in sent.body
    assert "cleo" not in sent.body
    assert sent.extra_headers["Message-ID"].startswith(f"<desk-{Letter.objects.get().pk}-0@")


def test_a_quiet_day_says_so(desk: Desk) -> None:
    leader(desk)
    letters.write_due(desk.merchant, now=MORNING)
    composed.post_one(desk.merchant, now=MORNING)
    assert "Nothing waits, no lead is without an agent, and nobody stayed away." in mail.outbox[0].body
    assert "Within 3 minutes, 09:00 to 23:00: – (0 of 0)" in mail.outbox[0].body


def test_who_leads_no_more_when_it_goes_out_gets_no_letter(desk: Desk) -> None:
    agent = leader(desk)
    letters.write_due(desk.merchant, now=MORNING)
    Agent.objects.filter(pk=agent.pk).update(leads_shift=False)
    assert composed.post_one(desk.merchant, now=MORNING)
    assert mail.outbox == []
    assert Letter.objects.get().state == "failed"


def test_a_letter_that_no_server_takes_waits_longer_each_time_and_then_stays(
    desk: Desk, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens
    leader(desk)
    letters.write_due(desk.merchant, now=MORNING)
    at, waits = MORNING, []
    while composed.post_one(desk.merchant, now=at):
        row = Letter.objects.get()
        if row.state == "failed":
            break
        waits.append(row.next_at - at)
        at = row.next_at
    assert (row.attempts, row.error) == (letters.ATTEMPTS, "ConnectionRefusedError")
    assert waits == sorted(waits)
    assert waits[-1] <= timedelta(hours=1)


def test_a_worker_that_is_lost_while_it_sends_holds_the_letter_for_a_while_only(desk: Desk) -> None:
    leader(desk)
    letters.write_due(desk.merchant, now=MORNING)
    held = letters.claim(desk.merchant, now=MORNING)
    assert held is not None
    assert letters.claim(desk.merchant, now=MORNING + MINUTE) is None
    again = letters.claim(desk.merchant, now=MORNING + letters.HELD)
    assert again is not None
    assert (again.pk, again.attempts) == (held.pk, 2)
