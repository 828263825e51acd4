"""Who answers: routed by the rule, taken by hand, taken back from who is silent, handed over by who leaves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, Sum

from leads import routing
from leads.clock import hours
from leads.models import Agent, Consultation, Decision, Lead
from leads.operations import presence, signals, stages
from leads.routing import Candidate, Verdict, Wanted
from merchants import audit, tenancy
from merchants.models import Merchant
from merchants.onboarding.requirements import Capability
from merchants.periods import day_of
from merchants.queries import onboarding

ROUTER = "system:router"
LIVE_FOR = timedelta(
    minutes=30
)  # an answered consultation takes capacity for this long after its last message
State, Kind = Consultation.State, Decision.Kind


class Refused(ValueError):
    """The code of why: taken, full, left, closed."""


def assign_waiting(merchant: Merchant, *, now: datetime | None = None) -> int:
    """Gives away what nobody has, most urgent first; how many. Safe to run in many workers at once."""
    moment = now or datetime.now(UTC)
    with tenancy.acting_for(merchant):
        rows = Consultation.objects.for_merchant(merchant).filter(agent=None, state=State.WAITING)
        ids = list(rows.exclude(opened_at=None).order_by("due_at", "pk").values_list("pk", flat=True))
    return sum(assign(merchant, pk, now=moment) for pk in ids)


def assign(merchant: Merchant, session_id: int, *, now: datetime | None = None) -> bool:
    """Gives one waiting consultation to whom the rule names. One that another worker holds is left to it; the
    agents are locked while loads are counted, so that nobody gets more than fits."""
    moment = now or datetime.now(UTC)
    with tenancy.acting_for(merchant):
        if is_held(merchant, moment):
            return False
        session = (
            Consultation.objects.for_merchant(merchant)
            .select_for_update(skip_locked=True, of=("self",))
            .filter(pk=session_id, agent=None, state=State.WAITING)
            .first()
        )
        if session is None:
            return False
        agents = list(
            Agent.objects.for_merchant(merchant).select_for_update().filter(left_at=None).order_by("pk")
        )
        verdict = routing.route(_wanted(merchant, session), candidates(merchant, agents, now=moment))
        if verdict.agent is None:
            _nobody(merchant, session, verdict)
            return False
        agent = next(one for one in agents if one.pk == verdict.agent)
        _give(merchant, session, agent, Kind.ROUTED, moment, by=ROUTER, why=str(verdict.why), verdict=verdict)
    return True


def is_held(merchant: Merchant, now: datetime) -> bool:
    """Whether a licence that backs it has run out: what comes in is kept and seen, people may take it, and nothing
    is given away by itself."""
    waits = onboarding.restricted(merchant, day_of(now, ZoneInfo(merchant.time_zone)))
    return not waits.keys().isdisjoint({Capability.ASSIGN_LEADS, Capability.RECEIVE_LEADS})


def take(
    merchant: Merchant, session: Consultation, agent: Agent, *, by: str, now: datetime | None = None
) -> None:
    """An agent takes one that nobody has. Raises :class:`Refused` when somebody was quicker, or when the
    agent has all that fits."""
    moment = now or datetime.now(UTC)
    with tenancy.acting_for(merchant):
        row = Consultation.objects.for_merchant(merchant).select_for_update(of=("self",)).get(pk=session.pk)
        mine = Agent.objects.for_merchant(merchant).select_for_update().get(pk=agent.pk)
        if row.agent_id == mine.pk:
            return
        if row.agent_id is not None:
            raise Refused("taken")
        if row.state == State.CLOSED or mine.left_at is not None:
            raise Refused("closed" if row.state == State.CLOSED else "left")
        if load_of(merchant, mine, now=moment) + row.weight > mine.capacity:
            raise Refused("full")
        _give(merchant, row, mine, Kind.TAKEN, moment, by=by)


def hand_over(
    merchant: Merchant, session: Consultation, to: Agent, *, by: str, now: datetime | None = None
) -> None:
    """Gives a consultation to a colleague, whatever the colleague's load: people decide so."""
    moment = now or datetime.now(UTC)
    with tenancy.acting_for(merchant):
        row = Consultation.objects.for_merchant(merchant).select_for_update(of=("self",)).get(pk=session.pk)
        mine = Agent.objects.for_merchant(merchant).select_for_update().get(pk=to.pk)
        if row.state == State.CLOSED or mine.left_at is not None:
            raise Refused("closed" if row.state == State.CLOSED else "left")
        if row.agent_id == mine.pk:
            return
        _give(merchant, row, mine, Kind.HANDED, moment, by=by)
        audit.record(merchant, "leads.consultation.handed", by=by, on=row, to=mine.pk)


def return_silent(merchant: Merchant, *, now: datetime | None = None) -> int:
    """Takes consultations back from agents who did not answer in time and gives them to others; how many."""
    moment = now or datetime.now(UTC)
    with tenancy.acting_for(merchant):
        due = (
            Consultation.objects.for_merchant(merchant)
            .select_for_update(skip_locked=True, of=("self",))
            .filter(state=State.WAITING, return_at__lte=moment)
            .exclude(agent=None)
            .select_related("conversation")
        )
        rows = list(due.order_by("pk"))
        for row in rows:
            Decision.objects.create(
                merchant=merchant,
                session=row,
                kind=Kind.RETURNED,
                agent_id=row.agent_id,
                decided_at=moment,
                decided_by=ROUTER,
            )
            row.agent = row.assigned_at = row.return_at = None
            row.save(update_fields=["agent", "assigned_at", "return_at"])
            signals.touched(row.conversation)
    for row in rows:
        assign(merchant, row.pk, now=moment)
    return len(rows)


def leave(
    merchant: Merchant, agent: Agent, *, by: str, to: Agent | None = None, now: datetime | None = None
) -> int:
    """An agent leaves: open consultations and leads go to ``to``, else back to the queue, in one act. How
    many consultations."""
    moment = now or datetime.now(UTC)
    with tenancy.acting_for(merchant):
        Agent.objects.for_merchant(merchant).filter(pk=agent.pk).update(
            left_at=moment, presence=Agent.Presence.OFF
        )
        open_ones = (
            Consultation.objects.for_merchant(merchant).filter(agent=agent).exclude(state=State.CLOSED)
        )
        rows = list(open_ones.select_for_update(of=("self",)).select_related("conversation").order_by("pk"))
        for row in rows:
            Decision.objects.create(
                merchant=merchant,
                session=row,
                kind=Kind.HANDED,
                agent=to,
                why="leaves",
                decided_at=moment,
                decided_by=by,
            )
            row.agent, row.return_at = to, None
            row.assigned_at = moment if to else None
            row.save(update_fields=["agent", "assigned_at", "return_at"])
            signals.touched(row.conversation)
        leads = Lead.objects.for_merchant(merchant).filter(agent=agent, ended_at=None).update(agent=to)
        audit.record(
            merchant,
            "leads.agent.left",
            by=by,
            on=agent,
            to=to.pk if to else None,
            consultations=len(rows),
            leads=leads,
        )
    assign_waiting(merchant, now=moment)
    return len(rows)


def candidates(merchant: Merchant, agents: list[Agent], *, now: datetime) -> list[Candidate]:
    """The agents as things stand: two queries, however many they are."""
    loads = dict(_live(merchant, now).values("agent_id").order_by().values_list("agent_id", Sum("weight")))
    return [
        Candidate(
            agent=agent.pk,
            on_shift=on_shift(agent, merchant, now),
            online=presence.is_here(agent, now),
            load=loads.get(agent.pk, 0),
            capacity=agent.capacity,
            stores=frozenset(agent.stores),
            skills=frozenset(agent.skills),
            last_assigned_at=agent.last_assigned_at,
        )
        for agent in agents
    ]


def on_shift(agent: Agent, merchant: Merchant, now: datetime) -> bool:
    if not agent.shifts:
        return True
    shifts = hours.read(agent.shifts, zone=merchant.time_zone)
    return any(shifts.between(now, now + timedelta(seconds=1)))


def load_of(merchant: Merchant, agent: Agent, *, now: datetime) -> int:
    return int(_live(merchant, now).filter(agent=agent).aggregate(units=Sum("weight"))["units"] or 0)


def _live(merchant: Merchant, now: datetime) -> Any:
    """Consultations that take an agent's capacity: somebody waits, or wrote a moment ago."""
    rows = Consultation.objects.for_merchant(merchant).exclude(state=State.CLOSED).exclude(agent=None)
    return rows.filter(
        Q(state=State.WAITING) | Q(waiting_since__isnull=False) | Q(last_message_at__gt=now - LIVE_FOR)
    )


def _wanted(merchant: Merchant, session: Consultation) -> Wanted:
    before = Consultation.objects.for_merchant(merchant).filter(contact_id=session.contact_id)
    previous = (
        before.exclude(pk=session.pk).exclude(agent=None).order_by("-pk").values_list("agent_id", flat=True)
    )
    silent = session.decisions.filter(kind=Kind.RETURNED).values_list("agent_id", flat=True)
    return Wanted(
        store=session.store_id,
        skill=session.conversation.skill,
        weight=session.weight,
        previous=previous.first(),
        excluded=frozenset(agent for agent in silent if agent is not None),
    )


def _give(
    merchant: Merchant,
    session: Consultation,
    agent: Agent,
    kind: Decision.Kind,
    moment: datetime,
    *,
    by: str,
    why: str = "",
    verdict: Verdict | None = None,
) -> None:
    session.agent, session.assigned_at = agent, moment
    session.return_at = moment + _patience(session) if session.state == State.WAITING else None
    session.save(update_fields=["agent", "assigned_at", "return_at"])
    agent.last_assigned_at = moment
    agent.save(update_fields=["last_assigned_at"])
    Decision.objects.create(
        merchant=merchant,
        session=session,
        kind=kind,
        agent=agent,
        why=why,
        candidates=_told(verdict),
        decided_at=moment,
        decided_by=by,
    )
    stages.assigned(merchant, session)
    signals.touched(session.conversation)


def _patience(session: Consultation) -> timedelta:
    """How long a silent agent keeps one: of the time for a form the same part as of the time for a reply."""
    policy = session.policy
    if policy is None:
        return timedelta(seconds=60)
    if session.kind == Consultation.Kind.FORM:
        return timedelta(seconds=policy.return_seconds * policy.lead_seconds // policy.reply_seconds)
    return timedelta(seconds=policy.return_seconds)


def _nobody(merchant: Merchant, session: Consultation, verdict: Verdict) -> None:
    """Kept when it says something new: the queue is looked at every few seconds."""
    last = session.decisions.order_by("-pk").first()
    told = _told(verdict)
    if last is None or last.kind != Kind.NOBODY or last.candidates != told:
        Decision.objects.create(
            merchant=merchant, session=session, kind=Kind.NOBODY, candidates=told, decided_by=ROUTER
        )


def _told(verdict: Verdict | None) -> list[dict[str, Any]]:
    return [
        {
            "agent": one.candidate.agent,
            "fails": str(one.fails or ""),
            "load": one.candidate.load,
            "capacity": one.candidate.capacity,
        }
        for one in (verdict.judged if verdict else ())
    ]
