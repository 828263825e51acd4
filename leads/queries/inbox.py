"""The queue and one conversation, each in a constant number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    IntegerField,
    Max,
    Prefetch,
    Q,
    Sum,
    Value,
    When,
)

from leads import duplicates, sealing
from leads.models import (
    Agent,
    Appointment,
    Consultation,
    Decision,
    InternalNote,
    Lead,
    Message,
    Reminder,
)
from leads.queries import asked
from leads.queries.asked import Asked
from merchants.models import Merchant

MOST = 60  # rows of the queue
HISTORY = 200  # messages of a conversation
WARNED: Any = ExpressionWrapper(
    F("policy__warn_seconds") * Value(timedelta(seconds=1)), output_field=DurationField()
)  # so long before its due time a consultation is urgent


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row of the queue. ``words`` is the person's latest message, or what a form says, with phone numbers
    masked; ``lead`` is the number of the lead that a form is; ``nobody``: the rule found nobody for it."""

    session: Consultation
    words: str
    lead: int | None = None
    nobody: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a conversation; ``note`` is internal. ``delivery`` is a state of a message of ours, ``why``
    the code or the source's words of why it was not taken, ``next_at`` when it is tried again."""

    at: datetime
    author: str
    name: str
    words: str
    delivery: str = ""
    why: str = ""
    next_at: datetime | None = None
    message: int = 0
    note: bool = False
    kind: str = "TEXT"
    blanked_at: datetime | None = None
    session: int = 0


@dataclass(frozen=True, slots=True)
class Pulse:
    """``tag`` changes whenever the queue may look otherwise, also because time went on; ``waiting`` is how many
    wait for a first reply, also those that the queue has no room for."""

    tag: str
    waiting: int


def queue(merchant: Merchant, *, mine: Agent | None = None) -> list[Waiting]:
    """Open consultations: who waits for a first reply by due time (at night that is the same for many: then by
    how long), who waits for another, then the rest."""
    rows = (
        asked.consultations(merchant, Asked(open=True, agent=mine.pk if mine else None))
        .select_related("conversation", "contact", "store", "agent", "policy")
        .annotate(
            turn=Case(
                When(state="waiting", then=Value(0)),
                When(waiting_since__isnull=False, then=Value(1)),
                default=Value(2),
                output_field=IntegerField(),
            ),
            due=Case(When(state="waiting", then="due_at")),
        )
        .order_by("turn", "due", "waiting_since", "-last_message_at", "pk")
    )
    shown = list(rows[:MOST])
    latest = (
        Message.objects.for_merchant(merchant)
        .filter(session__in=[row.pk for row in shown], author="user")
        .values("session_id")
        .annotate(last=Max("pk"))
        .values_list("last", flat=True)
    )
    said = Message.objects.for_merchant(merchant).filter(pk__in=list(latest))
    words = {row.session_id: _words(merchant, row) for row in said}
    forms = {
        session: (lead, _filled_in(answers))
        for session, lead, answers in Lead.objects.for_merchant(merchant)
        .filter(session__in=[row.pk for row in shown if row.kind == Consultation.Kind.FORM])
        .values_list("session_id", "pk", "answers")
    }
    nobody = _without_anybody(merchant, [row.pk for row in shown if row.agent_id is None])
    found = []
    for row in shown:
        lead, told = forms.get(row.pk, (None, ""))
        found.append(Waiting(row, words.get(row.pk, told), lead, row.pk in nobody))
    return found


def pulse(merchant: Merchant, *, now: datetime, mine: Agent | None = None) -> Pulse:
    """How the queue stands; ``mine`` counts one agent's own alone."""
    rows = Consultation.objects.for_merchant(merchant).exclude(state=Consultation.State.CLOSED)
    waits = Q(state="waiting")
    told = rows.aggregate(
        many=Count("pk"),
        revision=Sum("conversation__revision"),
        last=Max("pk"),
        late=Count("pk", filter=waits & Q(due_at__lt=now)),
        soon=Count("pk", filter=waits & Q(due_at__lte=now + WARNED)),
        waiting=Count("pk", filter=waits & Q(agent=mine) if mine else waits),
    )
    reminders = (
        Reminder.objects.for_merchant(merchant)
        .filter(done_at=None)
        .aggregate(last=Max("pk"), many=Count("pk"))
    )
    waiting = told.pop("waiting")
    parts = (*told.values(), *reminders.values())
    return Pulse(tag=".".join(str(value or 0) for value in parts), waiting=waiting)


def warned_before(session: Consultation) -> timedelta:
    """So long before its due time a consultation is urgent."""
    return timedelta(seconds=session.policy.warn_seconds if session.policy else 0)


def writer(session: Consultation, *, me: Agent | None, now: datetime) -> Agent | None:
    """The colleague who holds the lease of the conversation."""
    thread = session.conversation
    held = thread.typing_until is not None and thread.typing_until > now
    return thread.typing_agent if held and (me is None or thread.typing_agent_id != me.pk) else None


def lines(merchant: Merchant, session: Consultation) -> list[Line]:
    """The latest messages and notes of a conversation, oldest first."""
    messages = (
        Message.objects.for_merchant(merchant)
        .filter(conversation_id=session.conversation_id)
        .select_related("agent", "session")
        .order_by("-sent_at", "-pk")[:HISTORY]
    )
    found = [
        Line(
            row.sent_at,
            row.author,
            row.agent.name if row.agent else "",
            _words(merchant, row),
            row.delivery if row.author == "agent" else "",
            row.error,
            row.next_at,
            row.pk,
            kind=row.kind,
            blanked_at=row.blanked_at,
            session=row.session.number,
        )
        for row in messages
    ]
    notes = InternalNote.objects.for_merchant(merchant).filter(conversation_id=session.conversation_id)
    found += [
        Line(
            row.written_at,
            "agent",
            row.author_name,
            sealing.unseal(merchant, "note", row.sealed),
            note=True,
        )
        for row in notes.order_by("-pk")[:HISTORY]
    ]
    return sorted(found, key=lambda line: line.at)


def decision_of(session: Consultation) -> Decision | None:
    found: Decision | None = session.decisions.select_related("agent").order_by("-pk").first()
    return found


def leads_of(merchant: Merchant, session: Consultation) -> list[Lead]:
    """The person's leads, newest first, each with the appointments that stand."""
    standing = Appointment.objects.for_merchant(merchant).filter(state=Appointment.State.BOOKED)
    rows = Lead.objects.for_merchant(merchant).filter(contact_id=session.contact_id)
    rows = rows.select_related("stage", "store", "agent").order_by("-began_at")
    booked = Prefetch("appointments", standing.select_related("store").order_by("starts_at"))
    return list(rows.prefetch_related(booked)[:10])


def others_of(merchant: Merchant, session: Consultation) -> list[Consultation]:
    """What else the person asked, here and on other platforms, the latest first."""
    rows = Consultation.objects.for_merchant(merchant).filter(contact_id=session.contact_id)
    return list(
        rows.exclude(pk=session.pk).select_related("conversation").order_by("-enquired_at", "-pk")[:10]
    )


def names_of(merchant: Merchant, decision: Decision | None) -> dict[int, str]:
    if decision is None:
        return {}
    ids = [one["agent"] for one in decision.candidates]
    return dict(Agent.objects.for_merchant(merchant).filter(pk__in=ids).values_list("pk", "name"))


def _without_anybody(merchant: Merchant, sessions: list[int]) -> set[int]:
    """Of sessions that nobody has: those for which the rule found nobody when it last looked."""
    decided = Decision.objects.for_merchant(merchant).filter(session__in=sessions)
    latest = decided.order_by("session_id", "-pk").distinct("session_id").values_list("session_id", "kind")
    return {session for session, kind in latest if kind == Decision.Kind.NOBODY}


def _filled_in(answers: list[list[str]]) -> str:
    """What a form says, with numbers masked."""
    return duplicates.without_numbers(" · ".join(value for _, value in answers if value))


def _words(merchant: Merchant, row: Any) -> str:
    """What a message says, with numbers masked; nothing once its words were deleted."""
    if row.blanked_at is not None:
        return ""
    return duplicates.without_numbers(sealing.unseal(merchant, "message", row.sealed))
