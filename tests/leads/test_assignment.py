"""Who answers, with real agents: routed, taken, taken back, handed over; and all at once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from leads.models import Agent, Consultation, Decision
from leads.operations import assignment, replies
from merchants import tenancy
from merchants.models import AuditEvent, Merchant
from tests.conftest import make_merchant
from tests.leads.desks import BY, HOUR, MINUTE, NOON, SECOND, Desk


@pytest.fixture
def desk(merchant: Merchant) -> Desk:
    return Desk(merchant)


def decisions(session: Consultation) -> list[tuple[str, str, str]]:
    rows = Decision.objects.filter(session=session).order_by("pk").select_related("agent")
    return [(row.kind, row.agent.name if row.agent else "", row.why) for row in rows]


def test_the_rule_gives_it_to_the_lightest_and_keeps_why(desk: Desk, merchant: Merchant) -> None:
    desk.agent("lin")
    assert assignment.assign(merchant, desk.say("ann").pk, now=NOON)
    desk.agent("mo")
    session = desk.say("ben")
    assert assignment.assign_waiting(merchant, now=NOON) == 1
    assert decisions(session) == [("routed", "mo", "lightest")]
    row = Decision.objects.get(session=session)
    assert [(one["load"], one["fails"]) for one in row.candidates] == [(1, ""), (0, "")]
    assert desk.lead_of(session).stage.code == "assigned"
    assert desk.lead_of(session).agent.name == "mo"


def test_nobody_is_kept_with_the_reasons_once(desk: Desk, merchant: Merchant) -> None:
    desk.agent("lin", presence="away")
    mo = desk.agent("mo", capacity=0)
    session = desk.say("ann")
    for _ in range(3):
        assert assignment.assign_waiting(merchant, now=NOON) == 0
    assert decisions(session) == [("nobody", "", "")]
    assert [one["fails"] for one in Decision.objects.get().candidates] == ["presence", "capacity"]
    Agent.objects.filter(pk=mo.pk).update(capacity=1)
    assert assignment.assign_waiting(merchant, now=NOON) == 1


def test_shifts_are_hours_of_the_merchants_zone(desk: Desk, merchant: Merchant) -> None:
    desk.agent("lin", shifts={"2": [["13:00", "18:00"]]})
    session = desk.say("ann")
    assert not assignment.assign(merchant, session.pk, now=NOON + HOUR - SECOND)
    assert assignment.assign(merchant, session.pk, now=NOON + HOUR)


def test_a_silent_agent_loses_it_to_another_and_does_not_get_it_back(desk: Desk, merchant: Merchant) -> None:
    desk.agent("lin")
    session = desk.say("ann")
    assignment.assign(merchant, session.pk, now=NOON)
    assert assignment.return_silent(merchant, now=NOON + 59 * SECOND) == 0
    assert assignment.return_silent(merchant, now=NOON + MINUTE) == 1
    assert desk.fresh(session).agent is None
    desk.agent("mo")
    assert assignment.assign(merchant, session.pk, now=NOON + MINUTE)
    assert decisions(session) == [
        ("routed", "lin", "only"),
        ("returned", "lin", ""),
        ("nobody", "", ""),
        ("routed", "mo", "only"),
    ]


def test_who_is_writing_keeps_it(desk: Desk, merchant: Merchant) -> None:
    lin = desk.agent("lin")
    session = desk.say("ann")
    assignment.assign(merchant, session.pk, now=NOON)
    assert replies.is_writing(merchant, session, lin, now=NOON + 50 * SECOND)
    assert assignment.return_silent(merchant, now=NOON + 70 * SECOND) == 0
    assert assignment.return_silent(merchant, now=NOON + 80 * SECOND) == 1


def test_taking_by_hand_is_refused_when_taken_or_full(desk: Desk, merchant: Merchant) -> None:
    lin, mo = desk.agent("lin", capacity=1), desk.agent("mo")
    ann, ben = desk.say("ann"), desk.say("ben")
    assignment.take(merchant, ann, lin, by=BY, now=NOON)
    assignment.take(merchant, ann, lin, by=BY, now=NOON)
    with pytest.raises(assignment.Refused, match="taken"):
        assignment.take(merchant, ann, mo, by=BY, now=NOON)
    with pytest.raises(assignment.Refused, match="full"):
        assignment.take(merchant, ben, lin, by=BY, now=NOON)
    assert decisions(ann) == [("taken", "lin", "")]


def test_who_leaves_hands_everything_over_in_one_act(desk: Desk, merchant: Merchant) -> None:
    lin, mo = desk.agent("lin"), desk.agent("mo", presence="off")
    sessions = [desk.say(who) for who in ("ann", "ben")]
    assignment.assign_waiting(merchant, now=NOON)
    assert assignment.leave(merchant, lin, to=mo, by=BY, now=NOON + SECOND) == 2
    assert {desk.fresh(session).agent for session in sessions} == {mo}
    assert {desk.lead_of(session).agent for session in sessions} == {mo}
    told = AuditEvent.objects.get(act="leads.agent.left")
    assert told.data == {"to": mo.pk, "consultations": 2, "leads": 2}
    assert assignment.leave(merchant, mo, by=BY, now=NOON + MINUTE) == 2
    assert {desk.fresh(session).agent for session in sessions} == {None}


@pytest.mark.usefixtures("committed")
@pytest.mark.xdist_group("committed")
def test_two_hundred_at_once_reach_eight_agents_none_twice_none_lost_nobody_over_capacity() -> None:
    desk = Desk(make_merchant("rush"))
    merchant = desk.merchant
    with tenancy.acting_for(merchant):
        agents = [desk.agent(f"agent {number}", capacity=20 + number) for number in range(8)]
        sessions = [desk.say(f"p{number}", at=NOON + number * SECOND).pk for number in range(200)]
    room = sum(agent.capacity for agent in agents)
    assert room == 188

    def work(number: int) -> int:
        try:
            return assignment.assign_waiting(merchant, now=NOON + HOUR)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        given = sum(pool.map(work, range(8)))
    with tenancy.acting_for(merchant):
        rows = Consultation.objects.filter(pk__in=sessions)
        assert rows.count() == 200
        loads = Counter(rows.exclude(agent=None).values_list("agent_id", flat=True))
        assert given == sum(loads.values()) == room
        assert {agent.pk: loads[agent.pk] for agent in agents} == {
            agent.pk: agent.capacity for agent in agents
        }
        routed = Decision.objects.filter(kind="routed").values_list("session_id", flat=True)
        assert len(routed) == len(set(routed)) == room
        left = rows.filter(agent=None).order_by("due_at").values_list("pk", flat=True)
        assert set(left) <= set(sessions)
        Agent.objects.update(capacity=100)
    assert assignment.assign_waiting(merchant, now=NOON + HOUR) == 12
