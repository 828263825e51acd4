"""A lead that was left without a chat reaches an agent: the same queue and rule, a clock of its own, every attempt."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from leads.columns import Around, lead_shape
from leads.models import Agent, Consultation, ContactAttempt, Conversation, Decision, Lead
from leads.operations import arrivals, assignment, handed_in, reaching, setup, stages, timers
from leads.operations.arrivals import Stated
from leads.queries import board, inbox
from leads.queries.funnel import sessions
from merchants.models import Merchant
from merchants.periods import DAY as ONE_DAY
from merchants.periods import Period
from tests.leads.desks import BY, DAY, HOUR, MINUTE, NOON, SECOND, Desk


@pytest.fixture
def desk(merchant: Merchant) -> Desk:
    return Desk(merchant)


def left(desk: Desk, key: str = "10001", **fields: Any) -> Lead:
    told = {
        "source": "xiaohongshu_form", "external_id": key, "submitted_at": NOON, "stated_at": NOON, "name": "林婉",
        "details": (("phone", "13812345678"),), "answers": (("预算", "5000"), ("电话", "13812345678")),
    }  # fmt: skip
    now = fields.pop("now", NOON + SECOND)
    lead, made = arrivals.take_lead(desk.merchant, Stated(**(told | fields)), now=now)
    assert made
    return lead


def waiting(lead: Lead) -> Consultation:
    lead.refresh_from_db()
    assert lead.session is not None
    return lead.session


def test_a_form_waits_is_due_and_given_away_by_the_rule(desk: Desk, merchant: Merchant) -> None:
    lead = left(desk)
    session = waiting(lead)
    assert (session.kind, session.state, session.opened_at) == ("form", "waiting", NOON)
    assert (session.due_at, session.ingest_lag_seconds) == (NOON + 30 * MINUTE, 1)
    lin = desk.agent("lin")
    assert assignment.assign_waiting(merchant, now=NOON + SECOND) == 1
    session.refresh_from_db()
    lead.refresh_from_db()
    assert (session.agent, lead.agent, lead.stage.code) == (lin, lin, "assigned")
    assert session.return_at == NOON + SECOND + 10 * MINUTE
    assert list(Decision.objects.values_list("kind", "why")) == [("routed", "only")]


def test_a_silent_agent_loses_a_form_after_the_same_part_of_its_time(desk: Desk, merchant: Merchant) -> None:
    lin = desk.agent("lin")
    lead = left(desk)
    assignment.assign_waiting(merchant, now=NOON)
    mo = desk.agent("mo")
    timers.tend(merchant, now=NOON + 10 * MINUTE - SECOND)
    assert waiting(lead).agent == lin
    timers.tend(merchant, now=NOON + 10 * MINUTE)
    assert waiting(lead).agent == mo
    assert lead.agent == mo
    timers.tend(merchant, now=NOON + 31 * MINUTE)
    assert waiting(lead).breached_at == NOON + 30 * MINUTE


def test_forms_take_capacity_like_chats(desk: Desk, merchant: Merchant) -> None:
    desk.agent("lin", capacity=2)
    desk.say("ann")
    left(desk, "1")
    left(desk, "2")
    assert assignment.assign_waiting(merchant, now=NOON + SECOND) == 2
    assert Consultation.objects.filter(agent=None).count() == 1


def test_a_form_at_night_is_due_after_the_next_opening(desk: Desk) -> None:
    night = NOON.replace(hour=23, minute=30)
    session = waiting(left(desk, submitted_at=night, now=night))
    assert session.due_at == NOON.replace(hour=9, minute=30) + DAY


def test_the_first_attempt_stops_the_clock_and_who_is_reached_waits_no_longer(
    desk: Desk, merchant: Merchant
) -> None:
    lin = desk.agent("lin")
    lead = left(desk)
    assignment.assign_waiting(merchant, now=NOON)
    reaching.tried(merchant, lead, lin, how="unreached", by=BY, now=NOON + 5 * MINUTE)
    session = waiting(lead)
    assert (session.state, session.result, session.service_seconds) == ("answered", "met", 300)
    assert (session.first_human, session.return_at, lead.stage.code) == (lin, None, "assigned")
    reaching.tried(merchant, lead, lin, how="phone", by=BY, now=NOON + HOUR)
    session = waiting(lead)
    assert (session.state, session.closed_at, session.service_seconds) == ("closed", NOON + HOUR, 300)
    assert lead.stage.code == "replied"
    assert list(ContactAttempt.objects.order_by("pk").values_list("how", "agent")) == [
        ("unreached", lin.pk),
        ("phone", lin.pk),
    ]


def test_nobody_was_reached_so_the_lead_is_not_answered(desk: Desk, merchant: Merchant) -> None:
    lin = desk.agent("lin")
    lead = left(desk)
    reaching.tried(merchant, lead, lin, how="unreached", by=BY, now=NOON + MINUTE)
    with pytest.raises(stages.Refused, match="reply"):
        stages.move(merchant, lead, to="replied", by=BY, now=NOON + HOUR)


def test_one_who_is_quicker_takes_it(desk: Desk, merchant: Merchant) -> None:
    lin, mo = desk.agent("lin"), desk.agent("mo")
    lead = left(desk)
    reaching.claim(merchant, lead, lin, by=BY, now=NOON)
    assert (waiting(lead).agent, lead.agent) == (lin, lin)
    with pytest.raises(assignment.Refused, match="taken"):
        reaching.claim(merchant, lead, mo, by=BY, now=NOON)


def test_an_old_lead_waits_for_nobody_and_can_be_taken(desk: Desk, merchant: Merchant) -> None:
    lead = left(desk, submitted_at=NOON - DAY - SECOND, now=NOON)
    assert lead.session is None
    assert not Conversation.objects.exists()
    lin = desk.agent("lin")
    reaching.claim(merchant, lead, lin, by=BY, now=NOON)
    lead.refresh_from_db()
    assert (lead.agent, lead.stage.code) == (lin, "assigned")


def test_a_file_of_old_leads_starts_no_clocks_and_its_fresh_ones_do(desk: Desk, merchant: Merchant) -> None:
    now = timezone.now()
    shape = lead_shape(Around(frozenset(), now))
    clock = {"old": now - 3 * DAY, "new": now - MINUTE}
    rows = [
        shape({"lead_id": f"{age}-{n}", "submitted_at": at, "phone": f"1380013800{n}"})
        for age, at in clock.items()
        for n in range(3)
    ]
    assert handed_in.put(merchant, rows, by=BY).added == 6
    told = Consultation.objects.values_list("leads__external_id", flat=True)
    assert sorted(told) == ["new-0", "new-1", "new-2"]


def test_the_same_form_again_starts_no_second_clock(desk: Desk, merchant: Merchant) -> None:
    lead = left(desk)
    again = Stated(source=lead.source, external_id="10001", submitted_at=NOON, stated_at=NOON + MINUTE)
    arrivals.take_lead(merchant, again, now=NOON + MINUTE)
    assert Consultation.objects.count() == 1


def test_who_writes_after_all_waits_as_a_chat(desk: Desk, merchant: Merchant) -> None:
    lead = left(desk, source="xiaohongshu_im", platform_user="ann")
    form = waiting(lead)
    chat = desk.say("ann", at=NOON + MINUTE)
    lead.refresh_from_db()
    form.refresh_from_db()
    assert (lead.session, form.state, form.result) == (chat, "closed", "cancelled")


def test_a_lead_that_ends_or_moves_on_by_hand_waits_no_longer(desk: Desk, merchant: Merchant) -> None:
    lin = desk.agent("lin")
    spam, good = left(desk, "1"), left(desk, "2")
    assignment.assign_waiting(merchant, now=NOON)
    stages.move(merchant, spam, to="invalid", reason="spam", by=BY, now=NOON + MINUTE)
    assert (waiting(spam).state, waiting(spam).result) == ("closed", "cancelled")
    stages.move(merchant, good, to="qualified", by=BY, now=NOON + MINUTE)
    session = waiting(good)
    assert (session.state, session.result, session.first_human) == ("closed", "met", lin)


def test_forms_are_none_of_the_chats_that_reply_times_are_of(desk: Desk, merchant: Merchant) -> None:
    chat = desk.say("ann")
    left(desk)
    found = sessions(merchant, Period(NOON.date(), NOON.date() + ONE_DAY))
    assert [one.consultation_id for one in found] == [chat.pk]


def test_the_queue_shows_what_a_form_says_without_numbers(desk: Desk, merchant: Merchant) -> None:
    lead = left(desk)
    (row,) = inbox.queue(merchant)
    assert (row.lead, row.words) == (lead.pk, "5000 · 138****5678")


def test_targets_of_forms_are_the_merchants_own(desk: Desk, merchant: Merchant) -> None:
    setup.set_policy(merchant, reply_seconds=180, lead_seconds=600, lead_hours=1, by=BY)
    assert waiting(left(desk, "1")).due_at == NOON + 10 * MINUTE
    assert left(desk, "2", now=NOON + HOUR + SECOND).session is None


# -- pages


@pytest.fixture
def lin(desk: Desk) -> Agent:
    return desk.agent("lin", presence="away")


@pytest.fixture
def browser(lin: Agent, client: Client) -> Client:
    client.force_login(lin.user)
    client.cookies["django_language"] = "en"
    return client


def fresh(desk: Desk) -> Lead:
    now = timezone.now()
    return left(desk, submitted_at=now - MINUTE, stated_at=now, now=now)


def test_an_agent_finds_a_form_in_the_inbox_takes_it_and_notes_the_call(
    desk: Desk, browser: Client, lin: Agent
) -> None:
    lead = fresh(desk)
    told = browser.get("/m/glow/inbox/").content.decode()
    assert f'href="/m/glow/leads/{lead.pk}/"' in told
    assert "138****5678" in told
    session = waiting(lead)
    answer = browser.get(f"/m/glow/inbox/{session.pk}/")
    assert answer["Location"] == f"/m/glow/leads/{lead.pk}/"
    assert "I take this lead" in browser.get(answer["Location"]).content.decode()
    browser.post(f"/m/glow/leads/{lead.pk}/take/")
    told = browser.get(f"/m/glow/leads/{lead.pk}/").content.decode()
    assert "I take this lead" not in told
    assert "Taken by the agent: lin" in told
    browser.post(f"/m/glow/leads/{lead.pk}/tried/", {"how": "phone"})
    assert waiting(lead).first_human == lin
    assert "Reached by phone" in browser.get(f"/m/glow/leads/{lead.pk}/").content.decode()


def test_why_nobody_names_who_could_and_what_would_help(
    desk: Desk, browser: Client, merchant: Merchant
) -> None:
    desk.agent("mo", capacity=0)
    lead = fresh(desk)
    assignment.assign_waiting(merchant)
    told = browser.get(f"/m/glow/leads/{lead.pk}/").content.decode()
    assert "Why did nobody get this?" in told
    assert "lin: not online" in told
    assert "Quickest: ask lin to come online." in told


def test_what_the_source_told_later_stands_on_the_lead_with_what_it_replaced(
    desk: Desk, browser: Client
) -> None:
    lead = left(desk, origin={"note_id": "n1"})
    later = Stated(
        source=lead.source, external_id="10001", submitted_at=NOON, stated_at=NOON + HOUR, name="林婉",
        details=(("wechat", "lin_wan9"),), answers=(("预算", "改打 13912345678"),), origin={"note_id": "n2"},
    )  # fmt: skip
    arrivals.take_lead(desk.merchant, later)
    told = [(one.name, one.before, one.after) for one in board.changes(lead)]
    assert told == [
        ("预算", "5000", "改打 139****5678"),
        ("电话", "138****5678", None),
        ("details", None, "wechat"),
        ("note_id", "n1", "n2"),
    ]
    page = browser.get(f"/m/glow/leads/{lead.pk}/").content.decode()
    assert "What the source told later" in page
    assert "13912345678" not in page.split("What the source told later")[1]
