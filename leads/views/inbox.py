"""The inbox: who waits, one conversation, the person. Its parts are asked for again at each signal."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from leads import arrival_words, house_rules, words
from leads.desk_forms import HandForm
from leads.models import Agent, Appointment, Consultation, Export, Message, Snippet
from leads.operations import assignment, presence, replies, sending, sessions, setup
from leads.queries import calendar, inbox, oversight, strangers
from leads.queries.asked import Asked
from leads.views import consents, shown
from leads.views.exports import exports_url
from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.roles import Permission

NOTHING_NEW = 204  # htmx leaves the page as it is


@merchant_required(Permission.SEE_DESK)
def page(request: MerchantRequest) -> HttpResponse:
    """The queue; who is most urgent stands first."""
    setup.ensure(request.merchant)
    runs = Permission.RUN_DESK in request.permissions
    alarms = oversight.open_alarms(request.merchant) if runs else 0
    held = assignment.is_held(request.merchant, timezone.now())
    return render(request, "leads/inbox.html", _queue(request) | {"open_alarms": alarms, "held": held})


@merchant_required(Permission.SEE_DESK)
def queue(request: MerchantRequest) -> HttpResponse:
    """The queue alone, or nothing when it is as the page has it."""
    me = _me(request)
    if me is not None:
        presence.looked(request.merchant, me)
    if request.GET.get("seen") == inbox.pulse(request.merchant, now=timezone.now()).tag:
        return HttpResponse(status=NOTHING_NEW)
    return render(request, "leads/parts/queue.html", _queue(request))


@merchant_required(Permission.SEE_DESK)
def conversation(request: MerchantRequest, consultation_id: int) -> HttpResponse:
    """A conversation; what was left as a form is followed up on the page of its lead."""
    session = _session(request, consultation_id)
    lead = session.leads.first() if session.kind == Consultation.Kind.FORM else None
    if lead is not None:
        return redirect("leads:lead", request.merchant.code, lead.pk)
    return _conversation(request, session)


@merchant_required(Permission.SEE_DESK)
def lines(request: MerchantRequest, consultation_id: int) -> HttpResponse:
    """What was said, or nothing when it is as the page has it."""
    session = _session(request, consultation_id)
    said = _said(request, session)
    if request.GET.get("seen") == said["said_tag"]:
        return HttpResponse(status=NOTHING_NEW)
    around = _head(request, session) | _person(request, session)
    return render(request, "leads/parts/said.html", said | around | {"again": True})


@merchant_required(Permission.ANSWER, methods=("POST",))
def writing(request: MerchantRequest, consultation_id: int) -> HttpResponse:
    """Somebody is writing: takes the lease if it is free, and says what the text would risk."""
    session = _session(request, consultation_id)
    agent = _me(request)
    if agent is not None:
        replies.is_writing(request.merchant, session, agent)
    risks = _risks(request, session, request.POST.get("text", ""))
    return render(request, "leads/parts/warnings.html", {"risks": risks})


@merchant_required(Permission.ANSWER, methods=("POST",))
def reply(request: MerchantRequest, consultation_id: int) -> HttpResponse:
    session = _session(request, consultation_id)
    agent = _me(request)
    text = request.POST.get("text", "")
    if agent is None:
        messages.warning(request, _("You are no agent of this desk."))
        return _conversation(request, session, draft=text, status=422)
    try:
        seen = request.POST.get("seen", "")
        replies.reply(
            request.merchant,
            session,
            agent,
            text=text,
            by=_by(request),
            seen_revision=int(seen) if seen.isdecimal() else None,
        )
    except replies.Refused as refused:
        messages.warning(request, str(words.REFUSED[str(refused)]))
        return _conversation(request, _session(request, consultation_id), draft=text, status=422)
    return _back(request, consultation_id)


@merchant_required(Permission.ANSWER, methods=("POST",))
def card(request: MerchantRequest, consultation_id: int) -> HttpResponse:
    """Notes that a card was sent in the platform's own tool; its interface has no message of that kind."""
    session, agent = _session(request, consultation_id), _me(request)
    kind = request.POST.get("kind", "")
    if agent is None or kind not in words.CARDS:
        messages.warning(request, _("You are no agent of this desk."))
        return _back(request, consultation_id)
    try:
        replies.card_sent(request.merchant, session, agent, kind=kind)
    except replies.Refused as refused:
        messages.warning(request, str(words.REFUSED[str(refused)]))
    return _back(request, consultation_id)


@merchant_required(Permission.ANSWER, methods=("POST",))
def resend(request: MerchantRequest, consultation_id: int) -> HttpResponse:
    """Sends a reply once more that its source had not taken."""
    rows = Message.objects.filter(session=_session(request, consultation_id))
    row = get_for_merchant_or_404(rows, request.merchant, pk=request.POST.get("message", ""))
    try:
        sending.again(request.merchant, row, by=_by(request))
    except ValueError:
        messages.info(request, _("It is on its way already."))
    return _back(request, consultation_id)


@merchant_required(Permission.ANSWER, methods=("POST",))
def note(request: MerchantRequest, consultation_id: int) -> HttpResponse:
    session = _session(request, consultation_id)
    try:
        replies.note(
            request.merchant,
            session.conversation,
            text=request.POST.get("text", ""),
            by=_by(request),
            author_name=str(request.user)[:60],
        )
    except replies.Refused as refused:
        messages.warning(request, str(words.REFUSED[str(refused)]))
    return _back(request, consultation_id)


@merchant_required(Permission.ANSWER, methods=("POST",))
def take(request: MerchantRequest, consultation_id: int) -> HttpResponse:
    session, agent = _session(request, consultation_id), _me(request)
    if agent is None:
        messages.warning(request, _("You are no agent of this desk."))
        return _back(request, consultation_id)
    try:
        assignment.take(request.merchant, session, agent, by=_by(request))
    except assignment.Refused as refused:
        messages.warning(request, str(words.REFUSED[str(refused)]))
    return _back(request, consultation_id)


@merchant_required(Permission.ANSWER, methods=("POST",))
def hand_over(request: MerchantRequest, consultation_id: int) -> HttpResponse:
    """Gives the consultation to a colleague."""
    session = _session(request, consultation_id)
    form = HandForm(request.POST, merchant=request.merchant, agent=session.agent)
    if form.is_valid():
        try:
            assignment.hand_over(request.merchant, session, form.cleaned_data["to"], by=_by(request))
        except assignment.Refused as refused:
            messages.warning(request, str(words.REFUSED[str(refused)]))
    return _back(request, consultation_id)


@merchant_required(Permission.ANSWER, methods=("POST",))
def close(request: MerchantRequest, consultation_id: int) -> HttpResponse:
    replies.close(request.merchant, _session(request, consultation_id), by=_by(request))
    messages.success(request, _("The consultation is closed; the next message begins another."))
    return redirect("leads:inbox", request.merchant.code)


@merchant_required(Permission.ANSWER, methods=("POST",))
def contact(request: MerchantRequest, consultation_id: int) -> HttpResponse:
    """How to reach the person: the conversation has become a lead that left a contact."""
    session = _session(request, consultation_id)
    kind = request.POST.get("kind", "")
    if kind not in {"phone", "wechat", "email"} or not replies.take_contact(
        request.merchant, session, kind=kind, text=request.POST.get("text", ""), by=_by(request)
    ):
        messages.warning(request, _("There is no number or id in this."))
    return _back(request, consultation_id)


@merchant_required(Permission.ANSWER, methods=("POST",))
def set_presence(request: MerchantRequest) -> HttpResponse:
    """Online agents are given consultations; others are not."""
    agent, wanted = _me(request), request.POST.get("presence", "")
    if agent is not None and wanted in Agent.Presence.values:
        setup.set_presence(request.merchant, agent, presence=wanted, by=_by(request))
        assignment.assign_waiting(request.merchant)
    return redirect("leads:inbox", request.merchant.code)


@merchant_required(Permission.ANSWER, methods=("POST",))
def set_morning_letter(request: MerchantRequest) -> HttpResponse:
    """Whether the agent hears each morning of what waits."""
    agent = _me(request)
    if agent is not None:
        wanted = bool(request.POST.get("wanted"))
        setup.set_morning_letter(request.merchant, agent, wanted=wanted, by=_by(request))
        told = (
            _("A letter comes each morning on which something waits for you.")
            if wanted
            else _("No letter comes.")
        )
        messages.success(request, told)
    return redirect("leads:inbox", request.merchant.code)


def _by(request: MerchantRequest) -> str:
    return f"user:{request.user.pk}"


def _back(request: MerchantRequest, consultation_id: int) -> HttpResponse:
    return redirect("leads:conversation", request.merchant.code, consultation_id)


def _me(request: MerchantRequest) -> Agent | None:
    return sessions.agent_of(request.merchant, request.user.pk)


def _session(request: MerchantRequest, consultation_id: int) -> Consultation:
    rows = Consultation.objects.select_related(
        "conversation__typing_agent", "contact", "store", "agent", "policy", "first_human"
    )
    return get_for_merchant_or_404(rows, request.merchant, pk=consultation_id)


def _queue(request: MerchantRequest, chosen: Consultation | None = None) -> dict[str, Any]:
    me = _me(request)
    if me is not None:
        presence.looked(request.merchant, me)
    mine = request.GET.get("mine") == "1"
    now = timezone.now()
    whose = me if mine else None
    pulse = inbox.pulse(
        request.merchant, now=now, mine=whose
    )  # before the rows: what comes meanwhile is asked again
    rows = inbox.queue(request.merchant, mine=whose)
    asked = request.GET.get("open", "")
    open_id = chosen.pk if chosen else int(asked) if asked.isdecimal() else 0
    return {
        "rows": [{"row": one, "urgency": shown.urgency(one.session, now)} for one in rows],
        "nobody": sum(one.nobody for one in rows),
        "tag": pulse.tag,
        "waiting": pulse.waiting,
        "me": me,
        "mine": mine,
        "now": now,
        "open_id": open_id,
        "presences": Agent.Presence.choices,
        "reminders": calendar.reminders(request.merchant, now=now, agent_id=me.pk) if me else [],
        "export": exports_url(
            request, Export.Kind.CONSULTATIONS, Asked(open=True, agent=me.pk if mine and me else None)
        ),
    }


def _said(request: MerchantRequest, session: Consultation) -> dict[str, Any]:
    writer = inbox.writer(session, me=_me(request), now=timezone.now())
    revision = session.conversation.revision
    return {
        "session": session,
        "lines": [_line(one) for one in inbox.lines(request.merchant, session)],
        "writer": writer,
        "revision": revision,
        "said_tag": f"{revision}.{writer.pk if writer else 0}",
    }


def _head(request: MerchantRequest, session: Consultation) -> dict[str, Any]:
    """What stands above a conversation: its clock, who has it and why."""
    decision = inbox.decision_of(session)
    now = timezone.now()
    return {
        "me": _me(request),
        "may_answer": Permission.ANSWER in request.permissions,
        "why": shown.why(request.merchant, decision),
        "urgency": shown.urgency(session, now),
        "now": now,
    }


def _person(request: MerchantRequest, session: Consultation) -> dict[str, Any]:
    """Who asks: how to reach them, where they came from, their leads and what they asked elsewhere."""
    return {
        "details": list(session.contact.details.order_by("pk")),
        "origin": _origin(session.conversation.origin),
        "leads": [
            {"lead": lead, "stage": words.stage(lead.stage.code, lead.stage.label)}
            for lead in inbox.leads_of(request.merchant, session)
        ],
        "others": [
            {"session": one, "source": arrival_words.source(one.conversation.source)}
            for one in inbox.others_of(request.merchant, session)
        ],
    }


def _risks(request: MerchantRequest, session: Consultation, text: str) -> list[Any]:
    """What sending a text would risk, in words."""
    limits = strangers.limits()
    told = strangers.sent(request.merchant, session.conversation, now=timezone.now())
    values = {
        "messages": limits.before_an_answer,
        "strangers": limits.strangers_a_day,
        "counted": told.strangers,
    }
    return [words.RULES[code] % values for code in house_rules.warnings(text, told, limits)]


def _line(line: inbox.Line) -> dict[str, Any]:
    """A line with its delivery in words: the state, and why it was not taken or is tried again."""
    state = line.delivery
    return {
        "of": line,
        "state": Message.Delivery(state).label if state and line.kind not in words.CARDS else "",
        "why": words.not_out(line.why) if line.why else "",
        "failed": state == Message.Delivery.FAILED,
        "says": words.kind(line.kind) if line.kind != "TEXT" and not line.words else "",
        "again_at": line.next_at if state == Message.Delivery.QUEUED and line.why else None,
    }


def _conversation(
    request: MerchantRequest, session: Consultation, *, draft: str = "", status: int = 200
) -> HttpResponse:
    me = _me(request)
    draft = draft or _prepared(request, session)
    values = {
        "name": session.contact.name,
        "agent": me.name if me else "",
        "store": session.store.name if session.store else "",
    }
    context = {
        **_queue(request, session),
        **_said(request, session),
        **_head(request, session),
        **_person(request, session),
        "snippets": [
            {"row": row, "text": house_rules.filled(row.text, values)}
            for row in Snippet.objects.for_merchant(request.merchant).order_by("position", "pk")
        ],
        "draft": draft,
        "risks": _risks(request, session, draft),
        "cards": words.CARDS,
        "consent": consents.shown(request, session),
        "hand_form": HandForm(merchant=request.merchant, agent=session.agent),
        "sends": sending.source_of(request.merchant, session.conversation) is not None,
        "unbound_at": sending.unbound_at(request.merchant, session.conversation),
    }
    return render(request, "leads/conversation.html", context, status=status)


def _prepared(request: MerchantRequest, session: Consultation) -> str:
    """The text of a reminder that an agent wants to send (``remind``); nothing is sent by itself."""
    asked = request.GET.get("remind", "")
    rows = Appointment.objects.for_merchant(request.merchant).select_related("store", "lead__contact")
    row = rows.filter(pk=asked, lead__contact=session.contact).first() if asked.isdecimal() else None
    return words.reminder(row, calendar.reminder_text(request.merchant)) if row else ""


def _origin(told: dict[str, Any]) -> dict[str, Any]:
    """What a conversation came from, by name where the source told one; empty is unknown."""
    return {
        "note": told.get("note_title") or told.get("note_id") or "",
        "campaign": told.get("campaign_name") or told.get("campaign_id") or "",
    }
