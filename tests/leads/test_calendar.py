"""The calendar: places that hold under a crowd, acts with their history, reminders, and the page."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from leads.models import Agent, Appointment, AppointmentEvent, BookingRule, Lead, Message, Reminder, Visit
from leads.operations import appointments, reminders, replies, sources, stages, timers
from leads.queries import calendar
from merchants import tenancy
from merchants.models import AuditEvent, Merchant
from merchants.periods import Period, day_of
from tests.conftest import make_member, make_merchant
from tests.leads.channels import wire
from tests.leads.desks import BY, DAY, HOUR, MINUTE, NOON, Desk

TOMORROW = NOON + DAY


@pytest.fixture
def desk(merchant: Merchant) -> Desk:
    return Desk(merchant)


def lead(desk: Desk, who: str = "ann") -> Lead:
    return desk.lead_of(desk.say(who, nickname=who))


def booked(desk: Desk, who: str = "ann", at: datetime = TOMORROW, now: datetime = NOON) -> Appointment:
    return appointments.book(desk.merchant, lead(desk, who), store=desk.store, starts_at=at, by=BY, now=now)


def takes(desk: Desk, capacity: int, minutes: int = 60) -> None:
    reminders.set_rule(
        desk.merchant, desk.store, slot_minutes=minutes, capacity=capacity, remind_hours=[24, 2], by=BY
    )


def history(row: Appointment) -> list[tuple[str, str]]:
    return list(row.events.order_by("pk").values_list("kind", "reason"))


# -- places


@pytest.mark.xdist_group("reliability")
@pytest.mark.usefixtures("committed")
def test_the_last_places_go_to_as_many_as_there_are_however_many_ask_at_once() -> None:
    merchant = make_merchant("crowded")
    desk = Desk(merchant)
    takes(desk, 2)
    with tenancy.acting_for(merchant):
        people = [lead(desk, f"u{number}") for number in range(6)]

    def ask(one: Lead) -> str:
        try:
            appointments.book(merchant, one, store=desk.store, starts_at=TOMORROW, by=BY, now=NOON)
        except appointments.Refused as refused:
            return str(refused)
        finally:
            connections.close_all()
        return "booked"

    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(ask, people))
    assert sorted(told) == ["booked"] * 2 + ["full"] * 4
    with tenancy.acting_for(merchant):
        assert Appointment.objects.count() == AppointmentEvent.objects.count() == 2


@pytest.mark.xdist_group("reliability")
@pytest.mark.usefixtures("committed")
def test_one_lead_that_is_booked_twice_at_once_has_one_appointment() -> None:
    merchant = make_merchant("eager")
    desk = Desk(merchant)
    takes(desk, 9)
    with tenancy.acting_for(merchant):
        one = lead(desk)

    def ask(hours: int) -> str:
        try:
            starts_at = TOMORROW + hours * HOUR
            appointments.book(merchant, one, store=desk.store, starts_at=starts_at, by=BY, now=NOON)
        except appointments.Refused as refused:
            return str(refused)
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(ask, range(4)))
    assert sorted(told) == ["booked"] * 3 + ["done"]


def test_who_came_holds_the_place_until_it_is_over(desk: Desk, merchant: Merchant) -> None:
    row = booked(desk)
    appointments.redeem(merchant, code=row.code, nonce=uuid.uuid4(), by=BY, at=TOMORROW - MINUTE)
    with pytest.raises(appointments.Refused, match="full"):
        booked(desk, "ben", at=TOMORROW + 30 * MINUTE)
    assert booked(desk, "cleo", at=TOMORROW + HOUR).state == "booked"


# -- acts


def test_a_cancellation_has_a_reason_and_is_taken_back_for_ten_minutes(
    desk: Desk, merchant: Merchant
) -> None:
    row = booked(desk)
    with pytest.raises(appointments.Refused, match="no_reason"):
        appointments.cancel(merchant, row, reason=" ", by=BY, now=NOON)
    event = appointments.cancel(merchant, row, reason="孩子发烧", by=BY, now=NOON)
    with pytest.raises(appointments.Refused, match="ended"):
        appointments.cancel(merchant, row, reason="again", by=BY, now=NOON)
    with pytest.raises(appointments.Refused, match="too_late"):
        appointments.undo(merchant, event, by=BY, now=NOON + 10 * MINUTE + timedelta(seconds=1))
    assert appointments.undo(merchant, event, by=BY, now=NOON + 10 * MINUTE).state == "booked"
    with pytest.raises(appointments.Refused, match="ended"):
        appointments.undo(merchant, event, by=BY, now=NOON + 10 * MINUTE)
    assert history(row) == [("booked", ""), ("cancelled", "孩子发烧"), ("undone", "")]
    assert AuditEvent.objects.filter(act="leads.appointment.changed").count() == 2


def test_what_is_taken_back_needs_its_place_and_its_person_still(desk: Desk, merchant: Merchant) -> None:
    row = booked(desk)
    event = appointments.cancel(merchant, row, reason="r", by=BY, now=NOON)
    other = booked(desk, "ben")
    with pytest.raises(appointments.Refused, match="full"):
        appointments.undo(merchant, event, by=BY, now=NOON)
    appointments.cancel(merchant, other, reason="r", by=BY, now=NOON)
    appointments.book(merchant, row.lead, store=desk.store, starts_at=TOMORROW + DAY, by=BY, now=NOON)
    with pytest.raises(appointments.Refused, match="booked"):
        appointments.undo(merchant, event, by=BY, now=NOON)


def test_nobody_has_not_come_before_it_begins_and_may_come_after_all(desk: Desk, merchant: Merchant) -> None:
    row = booked(desk)
    with pytest.raises(appointments.Refused, match="not_begun"):
        appointments.missed(merchant, row, by=BY, now=TOMORROW - MINUTE)
    appointments.missed(merchant, row, by=BY, now=TOMORROW)
    with pytest.raises(appointments.Refused, match="no_evidence"):
        appointments.visit_by_hand(
            merchant, row.lead, appointment=row, evidence=" ", nonce=uuid.uuid4(), by=BY
        )
    nonce = uuid.uuid4()
    for _ in range(2):  # the same page sent twice
        visit = appointments.visit_by_hand(
            merchant, row.lead, appointment=row, evidence="签到表", nonce=nonce, by=BY, at=TOMORROW + HOUR
        )
    assert (visit.by_code, visit.appointment_id, visit.store) == (False, row.pk, desk.store)
    assert history(row) == [("booked", ""), ("no_show", ""), ("arrived", "")]
    row.lead.refresh_from_db()
    assert row.lead.stage.code == "visited"
    with pytest.raises(appointments.Refused, match="ended"):
        appointments.visit_by_hand(
            merchant, row.lead, appointment=row, evidence="again", nonce=uuid.uuid4(), by=BY
        )


# -- what is shown


def test_a_day_has_the_slots_of_its_hours_with_what_is_left(desk: Desk, merchant: Merchant) -> None:
    takes(desk, 2, minutes=120)
    booked(desk, "ann", at=TOMORROW.replace(hour=9))
    booked(desk, "ben", at=TOMORROW.replace(hour=10))
    moved = booked(desk, "cleo", at=TOMORROW.replace(hour=15))
    appointments.rebook(merchant, moved, starts_at=TOMORROW.replace(hour=23, minute=30), by=BY, now=NOON)
    [day] = calendar.days(merchant, desk.store, Period(day_of(TOMORROW), day_of(TOMORROW + DAY)))
    told = [
        (
            timezone.localtime(one.starts_at).strftime("%H:%M"),
            one.slot.left if one.slot else None,
            [row.lead.contact.name for row in one.rows],
        )
        for one in day.times
    ]
    assert told == [
        ("09:00", 0, ["ann", "ben"]),
        ("11:00", 1, []),
        ("13:00", 2, []),
        ("15:00", 2, []),
        ("17:00", 2, []),
        ("19:00", 2, []),
        ("21:00", 2, []),
        ("23:30", None, ["cleo"]),
    ]


def test_how_appointments_ended_is_counted_of_what_is_known(desk: Desk, merchant: Merchant) -> None:
    takes(desk, 9)
    came, missed, gone, moved, _silent = (booked(desk, who) for who in ("a", "b", "c", "d", "e"))
    appointments.redeem(merchant, code=came.code, nonce=uuid.uuid4(), by=BY, at=TOMORROW)
    appointments.missed(merchant, missed, by=BY, now=TOMORROW)
    appointments.cancel(merchant, gone, reason="r", by=BY, now=NOON)
    appointments.rebook(merchant, moved, starts_at=TOMORROW + 9 * DAY, by=BY, now=NOON)
    told = calendar.record(merchant, desk.store, now=TOMORROW + DAY)
    assert (told.missed.hits, told.missed.size) == (1, 2)
    assert told.missed.interval == pytest.approx((0.0945, 0.9055), abs=1e-4)  # Wilson, n = 2
    assert (told.moved.hits, told.moved.size, told.unknown, told.cancelled) == (1, 5, 1, 1)
    assert calendar.record(merchant, desk.store, now=TOMORROW - MINUTE).missed.value is None


# -- reminders


def test_the_assignee_is_told_once_and_nothing_is_sent(desk: Desk, merchant: Merchant) -> None:
    lin = desk.agent("lin")
    row = booked(desk, at=NOON + 30 * HOUR)
    Lead.objects.filter(pk=row.lead_id).update(agent=lin)
    said = Message.objects.count()
    for minutes in (0, 6 * 60 - 1, 6 * 60, 6 * 60 + 1, 28 * 60, 28 * 60 + 1):
        timers.tend(merchant, now=NOON + minutes * MINUTE)
    rows = Reminder.objects.order_by("due_at")
    assert [(one.hours, one.due_at) for one in rows] == [(24, NOON + 6 * HOUR), (2, NOON + 28 * HOUR)]
    assert Message.objects.count() == said
    mine = calendar.reminders(merchant, now=NOON + 28 * HOUR, agent_id=lin.pk)
    assert [one.hours for one in mine] == [24, 2]
    reminders.done(merchant, mine[0], by=BY)
    reminders.done(merchant, mine[0], by="user:2")
    assert [one.hours for one in calendar.reminders(merchant, now=NOON + 28 * HOUR)] == [2]
    assert AuditEvent.objects.filter(act="leads.appointment.reminded").count() == 1
    appointments.cancel(merchant, row, reason="r", by=BY, now=NOON + 29 * HOUR)
    assert calendar.reminders(merchant, now=NOON + 29 * HOUR) == []


def test_a_store_without_reminders_has_none(desk: Desk, merchant: Merchant) -> None:
    reminders.set_rule(merchant, desk.store, slot_minutes=60, capacity=1, remind_hours=[], by=BY)
    booked(desk, at=NOON + 30 * HOUR)
    assert reminders.fall_due(merchant, now=NOON + 29 * HOUR) == 0


# -- the page


@pytest.fixture
def browser(desk: Desk, client: Client) -> Client:
    client.force_login(desk.agent("lin").user)
    client.cookies["django_language"] = "en"
    return client


def shown(client: Client, query: str = "") -> str:
    answer = client.get(f"/m/glow/calendar/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def soon(hours: int = 30) -> datetime:
    """A full hour to come, within the hours of the desk."""
    return timezone.localtime(timezone.now() + hours * HOUR).replace(
        hour=14, minute=0, second=0, microsecond=0
    )


def text_of(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M")


def test_a_time_is_given_away_moved_and_cancelled_by_screen(
    desk: Desk, browser: Client, merchant: Merchant
) -> None:
    session = desk.say("ann", at=timezone.now() - HOUR, nickname="Ann")
    one, at, store = desk.lead_of(session), soon(), desk.store.pk
    page = shown(browser, f"?store={store}&day={at:%Y-%m-%d}&at={text_of(at)}&lead={one.pk}")
    assert f'<option value="{one.pk}" selected>' in page
    sent = {"store": store, "lead": one.pk, "starts_at": text_of(at), "view": "day"}
    answer = browser.post("/m/glow/calendar/book/", sent)
    row = Appointment.objects.get()
    assert answer["Location"] == (f"/m/glow/calendar/?store={store}&open={row.pk}&view=day&day={at:%Y-%m-%d}")
    page = browser.get(answer["Location"]).content.decode()
    assert row.code in page
    assert "full" in page
    later = at + DAY
    browser.post(f"/m/glow/calendar/{row.pk}/move/", {"starts_at": text_of(later)})
    new = Appointment.objects.get(state="booked")
    assert timezone.localtime(new.starts_at) == later
    browser.post(f"/m/glow/calendar/{new.pk}/cancel/", {"reason": "下雨"})
    page = shown(browser, f"?store={store}&open={new.pk}&day={later:%Y-%m-%d}")
    assert "下雨" in page
    event = new.events.latest("pk")
    browser.post(f"/m/glow/calendar/{new.pk}/undo/", {"event": event.pk})
    new.refresh_from_db()
    assert new.state == "booked"


def test_contacts_are_masked_and_a_refusal_says_why(desk: Desk, browser: Client, merchant: Merchant) -> None:
    session = desk.say("ann", at=timezone.now() - HOUR, nickname="Ann")
    replies.take_contact(merchant, session, kind="phone", text="13812345678", by=BY)
    at = soon()
    row = appointments.book(merchant, desk.lead_of(session), store=desk.store, starts_at=at, by=BY)
    page = shown(browser, f"?day={at:%Y-%m-%d}&open={row.pk}")
    assert "138****5678" in page
    assert "13812345678" not in page
    answer = browser.post(f"/m/glow/calendar/{row.pk}/missed/", follow=True)
    assert "It has not begun yet" in answer.content.decode()
    answer = browser.post(f"/m/glow/calendar/{row.pk}/move/", {"starts_at": "2020-01-01T10:00"}, follow=True)
    assert "That time is over." in answer.content.decode()
    assert "Which time?" in browser.post(f"/m/glow/calendar/{row.pk}/move/", follow=True).content.decode()


def test_who_came_without_the_code_is_marked_with_evidence(
    desk: Desk, browser: Client, merchant: Merchant
) -> None:
    now = timezone.now()
    one = desk.lead_of(desk.say("ann", at=now - 3 * HOUR))
    row = appointments.book(merchant, one, store=desk.store, starts_at=now - HOUR, by=BY, now=now - 2 * HOUR)
    page = shown(browser, f"?open={row.pk}")
    assert "Mark as visited" in page
    assert "It has begun and nobody came." in page
    browser.post(f"/m/glow/calendar/{row.pk}/came/", {"evidence": "前台签到", "nonce": str(uuid.uuid4())})
    assert Visit.objects.get().evidence == "前台签到"


def test_a_reminder_is_prepared_as_a_reply_and_not_sent(
    desk: Desk, browser: Client, merchant: Merchant
) -> None:
    given = {"app_id": "a", "third_account_id": "b"}
    sources.open_source(
        merchant, channel="xiaohongshu_im", name="Chats", key_hex=wire.KEY_HEX, given=given, by=BY
    )
    session = desk.say("ann", at=timezone.now() - HOUR, nickname="Ann", conversation="brand:ann")
    row = appointments.book(merchant, desk.lead_of(session), store=desk.store, starts_at=soon(), by=BY)
    page = shown(browser, f"?open={row.pk}")
    assert f"/m/glow/inbox/{session.pk}/?remind={row.pk}" in page
    page = browser.get(f"/m/glow/inbox/{session.pk}/?remind={row.pk}").content.decode()
    assert f"Hello Ann, a reminder of your appointment at Sea studio on {soon():%m-%d} 14:00." in page
    assert Message.objects.filter(author="agent").count() == 0
    other = desk.say("ben", at=timezone.now() - HOUR)
    assert "a reminder of" not in browser.get(f"/m/glow/inbox/{other.pk}/?remind={row.pk}").content.decode()


def test_the_inbox_says_whom_the_assignee_is_to_remind(
    desk: Desk, browser: Client, merchant: Merchant
) -> None:
    now = timezone.now()
    one = desk.lead_of(desk.say("ann", at=now - HOUR, nickname="Ann"))
    Lead.objects.filter(pk=one.pk).update(agent=Agent.objects.get(name="lin"))
    appointments.book(merchant, one, store=desk.store, starts_at=now + HOUR, by=BY, now=now - 30 * HOUR)
    before = browser.get("/m/glow/inbox/queue/").content.decode()
    seen = before.split("?seen=")[1].split("&")[0]
    assert "data-reminder" not in before
    reminders.fall_due(merchant, now=now)
    [due] = Reminder.objects.all()
    told = browser.get(f"/m/glow/inbox/queue/?seen={seen}").content.decode()
    assert f'id="reminder-{due.pk}" data-reminder' in told
    browser.post(f"/m/glow/calendar/reminders/{due.pk}/")
    assert "data-reminder" not in browser.get("/m/glow/inbox/queue/").content.decode()
    due.refresh_from_db()
    assert due.done_at is not None


def test_what_a_store_takes_is_set_by_who_runs_the_desk(
    desk: Desk, client: Client, browser: Client, merchant: Merchant
) -> None:
    sent = {"store": desk.store.pk, "slot_minutes": 90, "capacity": 3, "remind_hours": "48，2, 2"}
    assert browser.post("/m/glow/calendar/rule/", sent).status_code == 403
    client.force_login(make_member(merchant, role="owner"))
    assert client.post("/m/glow/calendar/rule/", sent).status_code == 302
    rule = BookingRule.objects.get()
    assert (rule.slot_minutes, rule.capacity, rule.remind_hours) == (90, 3, [48, 2])
    wrong = client.post("/m/glow/calendar/rule/", sent | {"remind_hours": "soon"})
    assert wrong.status_code == 422
    assert "Whole hours from 1 to 168." in wrong.content.decode()


@pytest.mark.parametrize(
    "query", ["?day=nonsense", "?store=999999", "?view=day&day=9999-12-31", "?at=x&lead=y"]
)
def test_an_odd_address_shows_today(desk: Desk, browser: Client, query: str) -> None:
    assert f"{day_of(timezone.now()):%Y-%m-%d}" in shown(browser, query)


def test_a_lead_that_has_ended_is_not_offered(desk: Desk, merchant: Merchant) -> None:
    one, other = lead(desk), lead(desk, "ben")
    stages.move(merchant, one, to="lost", reason="price", by=BY)
    booked(desk, "cleo")
    assert list(calendar.bookable(merchant)) == [other]
