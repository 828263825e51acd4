"""Moves of leads: guarded, appended to the history, taken back within ten minutes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.db.models import F, Q

from leads import pipeline
from leads.models import Consultation, ContactAttempt, Lead, Message, Reason, Stage, StageMove
from leads.operations import feedback, first_contact, programs
from leads.pipeline import Facts, Lacks
from leads.queries import rules
from merchants import audit, tenancy
from merchants.models import Merchant, Store
from merchants.periods import day_of

DESK = "system:desk"
OF_CONVERSATION = "conversation:"  # before the ids of leads that no source has named
FIRST_TIMES = {"qualified": "valid_at", "visited": "visited_at", "won": "won_at"}
RESTORED = (
    "valid_at", "visited_at", "won_at", "ended_at", "reason_id", "duplicate_of_id", "next_contact_on", "staged_at",
)  # fmt: skip


class Refused(ValueError):
    """The codes of what a move lacks (:class:`leads.pipeline.Lacks`), or ``too_late``, ``taken_back``."""

    def __init__(self, *codes: str) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes


def begin(merchant: Merchant, session: Consultation) -> Lead:
    """The lead that a conversation is: its open one, or the one that its source told of before the first
    message came, else a new one. A session that turns out to have been before a lead is where that lead began."""
    assert session.opened_at is not None
    thread = session.conversation
    leads = Lead.objects.for_merchant(merchant)
    mine = leads.filter(conversation=thread)
    lead: Lead | None = mine.exclude(stage__type__in=["won", "lost"]).order_by("-pk").first()
    lead = lead or mine.filter(session__number__gt=session.number).order_by("session__number").first()
    if lead is not None:
        _began_earlier(lead, session, session.opened_at)
        return lead
    told = leads.filter(source=thread.source, contact_id=thread.contact_id, conversation=None, ended_at=None)
    lead = told.order_by("-pk").first()
    if lead is not None:
        first_contact.end(lead, at=session.opened_at)
        lead.conversation, lead.session, lead.agent_id = thread, session, lead.agent_id or session.agent_id
        lead.save(update_fields=["conversation", "session", "agent"])
        return lead
    count = mine.count()
    suffix = f"#{count + 1}" if count else ""
    lead = Lead.objects.create(
        merchant=merchant,
        source=thread.source,
        external_id=f"{OF_CONVERSATION}{thread.external_id}{suffix}"[:128],
        contact_id=thread.contact_id,
        conversation=thread,
        session=session,
        store_id=thread.store_id,
        skill=thread.skill,
        stage=stage_of(merchant, "new"),
        staged_at=session.opened_at,
        began_at=session.opened_at,
        agent_id=session.agent_id,
        origin=thread.origin,
        note_id=str(thread.origin.get("note_id", ""))[:64],
        campaign_id=str(thread.origin.get("campaign_id", ""))[:64],
    )
    begun = StageMove.objects.create(
        merchant=merchant, lead=lead, after=lead.stage, moved_at=session.opened_at, moved_by=DESK
    )
    programs.tell(merchant, lead, begun)
    return lead


def _began_earlier(lead: Lead, session: Consultation, opened_at: datetime) -> None:
    """A lead that a conversation made began with its first message, in whatever order messages came."""
    if lead.external_id.startswith(OF_CONVERSATION) and opened_at < lead.began_at:
        lead.began_at, lead.session = opened_at, session
        lead.staged_at = opened_at if lead.stage.code == "new" else lead.staged_at
        lead.save(update_fields=["began_at", "session", "staged_at"])


def assigned(merchant: Merchant, session: Consultation) -> None:
    """The lead follows the consultation to its agent, and leaves the first stage."""
    _follow(merchant, session, {"new"}, "assigned")


def answered(merchant: Merchant, session: Consultation) -> None:
    _follow(merchant, session, {"new", "assigned"}, "replied")


def taken(merchant: Merchant, lead: Lead, *, now: datetime) -> None:
    """Somebody has the lead."""
    if lead.stage.code == "new":
        move(merchant, lead, to="assigned", by=DESK, now=now)


def reached(merchant: Merchant, lead: Lead, *, now: datetime) -> None:
    """Somebody has spoken with the person of the lead."""
    if lead.stage.code in {"new", "assigned"}:
        move(merchant, lead, to="replied", by=DESK, now=now)


def _follow(merchant: Merchant, session: Consultation, stages: set[str], to: str) -> None:
    of_session = Q(conversation=session.conversation_id) | Q(session=session)
    for lead in Lead.objects.for_merchant(merchant).filter(of_session):
        if lead.stage.type in {"won", "lost"}:
            continue
        if session.agent_id and lead.agent_id != session.agent_id:
            lead.agent_id = session.agent_id
            lead.save(update_fields=["agent"])
        if lead.stage.code in stages and (to != "assigned" or lead.agent_id):
            move(merchant, lead, to=to, by=DESK, now=session.first_human_reply_at or session.assigned_at)


def stage_of(merchant: Merchant, code: str) -> Stage:
    found: Stage = Stage.objects.for_merchant(merchant).get(code=code)
    return found


def move(
    merchant: Merchant,
    lead: Lead,
    *,
    to: str,
    by: str,
    reason: str = "",
    duplicate_of: Lead | None = None,
    next_contact_on: date | None = None,
    remark: str = "",
    now: datetime | None = None,
) -> StageMove:
    """Puts a lead into a stage. Raises :class:`Refused` with what it lacks, and writes nothing then. The
    first arrival in a step of the funnel is dated once; ends are told to the lead's source."""
    moment = now or datetime.now(UTC)
    with tenancy.acting_for(merchant):
        row = Lead.objects.for_merchant(merchant).select_for_update().get(pk=lead.pk)
        stage, before = stage_of(merchant, to), row.stage
        facts = facts_of(merchant, row, reason=reason, original=duplicate_of, next_contact_on=next_contact_on)
        if missing := pipeline.lacks(stage.code, stage.type, facts, today=day_of(moment)):
            raise Refused(*missing)
        if before.type == "won" and stage.type != "won" and facts.has_deal:
            raise Refused("deal_stands")
        former = {name: _plain(getattr(row, name)) for name in RESTORED}
        why = None
        if stage.type == "lost":
            kind = Reason.Kind.INVALID if stage.code == "invalid" else Reason.Kind.LOST
            why = Reason.objects.for_merchant(merchant).filter(kind=kind, code=reason).first()
            if why is None:
                raise Refused(Lacks.REASON)
        made: StageMove = StageMove.objects.create(
            merchant=merchant,
            lead=row,
            before=before,
            after=stage,
            reason=why,
            remark=remark[:200],
            former=former,
            seconds=max(0, int((moment - row.staged_at).total_seconds())),
            moved_at=moment,
            moved_by=by,
        )
        row.stage, row.staged_at, row.reason = stage, moment, why
        row.duplicate_of, row.next_contact_on = duplicate_of, next_contact_on
        row.ended_at = moment if stage.type in {"won", "lost"} else None
        first = FIRST_TIMES.get(stage.code)
        if first and getattr(row, first) is None:
            setattr(row, first, moment)
        row.save()
        lead.refresh_from_db()
        feedback.reached(merchant, row, at=moment)
        programs.tell(merchant, row, made)
        if by != DESK:
            if stage.type != "open":
                first_contact.moved(row, at=moment)
            audit.record(merchant, "leads.lead.moved", by=by, on=row, before=before.code, after=stage.code)
    return made


def undo(merchant: Merchant, moved: StageMove, *, by: str, now: datetime | None = None) -> None:
    """Takes the latest move of a lead back, as far as ten minutes later; all that it set is as before."""
    moment = now or datetime.now(UTC)
    with tenancy.acting_for(merchant):
        row = Lead.objects.for_merchant(merchant).select_for_update().get(pk=moved.lead_id)
        latest = StageMove.objects.for_merchant(merchant).filter(lead=row).order_by("-pk").first()
        if latest is None or latest.pk != moved.pk or moved.before is None or moved.undoes_id:
            raise Refused("taken_back")
        if not pipeline.may_undo(moved.moved_at, moment):
            raise Refused("too_late")
        if (moved.after.type == "won") != (moved.before.type == "won"):
            has_deal = row.deals.filter(cancelled_at=None).exists()
            if has_deal != (moved.before.type == "won"):
                raise Refused("deal_stands" if has_deal else Lacks.DEAL)
        back = StageMove.objects.create(
            merchant=merchant,
            lead=row,
            before=moved.after,
            after=moved.before,
            undoes=moved,
            seconds=max(0, int((moment - moved.moved_at).total_seconds())),
            moved_at=moment,
            moved_by=by,
        )
        row.stage = moved.before
        for name, value in moved.former.items():
            field: Any = Lead._meta.get_field(name.removesuffix("_id"))
            setattr(row, name, value if name.endswith("_id") else field.to_python(value))
        row.save()
        feedback.left(merchant, row, moved.after.code, at=moment)
        programs.tell(merchant, row, back)
        audit.record(merchant, "leads.lead.undone", by=by, on=row, before=moved.after.code)


def deal_cancelled(merchant: Merchant, lead: Lead, *, by: str, now: datetime) -> None:
    """A lead whose deal was cancelled is no longer won: it stands where it stood before."""
    row = Lead.objects.for_merchant(merchant).select_for_update().get(pk=lead.pk)
    left, row.won_at = row.stage, None
    if left.type != "won":
        row.save(update_fields=["won_at"])
        return
    moves = StageMove.objects.for_merchant(merchant).filter(lead=row, after__type="won", before__isnull=False)
    before = moves.exclude(before__type="won").order_by("-pk").first()
    row.stage = before.before if before and before.before else stage_of(merchant, "replied")
    back = StageMove.objects.create(
        merchant=merchant,
        lead=row,
        before=left,
        after=row.stage,
        seconds=max(0, int((now - row.staged_at).total_seconds())),
        moved_at=now,
        moved_by=by,
    )
    row.staged_at, row.ended_at = now, None
    row.save()
    feedback.left(merchant, row, left.code, at=now)
    programs.tell(merchant, row, back)


def facts_of(
    merchant: Merchant,
    lead: Lead,
    *,
    reason: str = "",
    original: Lead | None = None,
    next_contact_on: date | None = None,
) -> Facts:
    """What is known of a lead when it is to move."""
    sessions = Consultation.objects.for_merchant(merchant).filter(conversation=lead.conversation)
    return Facts(
        has_agent=lead.agent_id is not None,
        was_answered=(
            lead.conversation_id is not None and sessions.exclude(first_human_reply_at=None).exists()
        )
        or lead.attempts.filter(how__in=ContactAttempt.REACHED).exists(),
        is_reachable=_is_reachable(lead),
        has_category=lead.skill != "" or not rules.services(merchant),
        has_store=lead.store_id is not None or Store.objects.for_merchant(merchant).count() < 2,
        has_appointment=lead.appointments.filter(state="booked").exists(),
        has_visit=lead.visits.exists(),
        has_deal=lead.deals.filter(cancelled_at=None).exists(),
        reason=reason,
        has_original=original is not None and original.pk != lead.pk,
        next_contact_on=next_contact_on,
    )


def _is_reachable(lead: Lead) -> bool:
    """There is a number or an id, somebody was reached, or the person has answered in the chat."""
    if lead.contact.details.exists() or lead.attempts.filter(how__in=ContactAttempt.REACHED).exists():
        return True
    answers = Message.objects.for_merchant(lead.merchant_id).filter(
        conversation=lead.conversation_id,
        author=Message.Author.USER,
        sent_at__gt=F("session__first_human_reply_at"),
    )
    return lead.conversation_id is not None and answers.exists()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
