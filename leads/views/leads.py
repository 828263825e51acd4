"""The pipeline, and one lead: how far it came, how to reach the person, what is next."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from leads import arrival_words, pictures, pipeline, words
from leads.desk_forms import HandForm
from leads.forms import BookForm, DealForm, LeadPlaceForm, MoveForm, PostForm
from leads.models import (
    Appointment,
    Consultation,
    ContactAttempt,
    ContactDetail,
    DealPosting,
    Export,
    Feedback,
    Lead,
    StageMove,
)
from leads.operations import (
    appointments,
    assignment,
    contacts,
    deals,
    feedback,
    reaching,
    sessions,
    setup,
    stages,
)
from leads.queries import board, inbox, rules
from leads.queries import feedback as told
from leads.queries.asked import Asked
from leads.views import shown
from leads.views.exports import exports_url
from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.roles import Permission

ROWS = 30
TONES = {
    "queued": "neutral",
    "sent": "accent",
    "accepted": "accent",
    "rejected": "danger",
    "expired": "muted",
}


@merchant_required(Permission.SEE_DESK)
def page(request: MerchantRequest) -> HttpResponse:
    """Leads by stage; a search finds a name, or a phone in any spelling by its hash."""
    setup.ensure(request.merchant)
    asked = Asked.read(request.GET)
    found = contacts.find_any(request.merchant, asked.text) if asked.text else []
    rows = board.leads(request.merchant, asked, contacts=found)
    on_page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    columns = [
        {"code": one.stage.code, "name": words.stage(one.stage.code, one.stage.label), "count": one.count}
        for one in board.columns(request.merchant)
    ]
    return render(
        request,
        "leads/leads.html",
        {
            "columns": columns,
            "total": sum(one["count"] for one in columns),
            "stage": asked.stage,
            "text": asked.text,
            "export": exports_url(request, Export.Kind.LEADS, asked),
            "pages": on_page,
            "rows": [{"lead": lead, "stage": _stage(lead.stage)} for lead in on_page],
            "may_answer": Permission.ANSWER in request.permissions,
        },
    )


@merchant_required(Permission.SEE_DESK)
def detail(request: MerchantRequest, lead_id: int) -> HttpResponse:
    return _detail(request, _lead(request, lead_id))


@merchant_required(Permission.ANSWER, methods=("POST",))
def claim(request: MerchantRequest, lead_id: int) -> HttpResponse:
    """Takes a lead that nobody has."""
    lead, agent = _lead(request, lead_id), sessions.agent_of(request.merchant, request.user.pk)
    if agent is None:
        messages.warning(request, _("You are no agent of this desk."))
        return _back(request, lead_id)
    try:
        reaching.claim(request.merchant, lead, agent, by=_by(request))
    except assignment.Refused as refused:
        messages.warning(request, str(words.REFUSED[str(refused)]))
    return _back(request, lead_id)


@merchant_required(Permission.ANSWER, methods=("POST",))
def hand_over(request: MerchantRequest, lead_id: int) -> HttpResponse:
    """Gives the lead to a colleague."""
    lead = _lead(request, lead_id)
    form = HandForm(request.POST, merchant=request.merchant, agent=lead.agent)
    if form.is_valid():
        try:
            reaching.hand_over(request.merchant, lead, form.cleaned_data["to"], by=_by(request))
        except assignment.Refused as refused:
            messages.warning(request, str(words.REFUSED[str(refused)]))
    return _back(request, lead_id)


@merchant_required(Permission.ANSWER, methods=("POST",))
def place(request: MerchantRequest, lead_id: int) -> HttpResponse:
    """Says for which store and service the lead is."""
    lead = _lead(request, lead_id)
    form = LeadPlaceForm(request.POST, merchant=request.merchant, lead=lead, auto_id="place_%s")
    if not form.is_valid():
        return _detail(request, lead, place_form=form, status=422)
    reaching.place(request.merchant, lead, by=_by(request), **form.cleaned_data)
    return _back(request, lead_id)


@merchant_required(Permission.ANSWER, methods=("POST",))
def tried(request: MerchantRequest, lead_id: int) -> HttpResponse:
    """Somebody called, or added the person on WeChat."""
    lead, how = _lead(request, lead_id), request.POST.get("how", "")
    agent = sessions.agent_of(request.merchant, request.user.pk)
    if agent is None or how not in ContactAttempt.How.values:
        messages.warning(request, _("You are no agent of this desk."))
    else:
        reaching.tried(request.merchant, lead, agent, how=how, by=_by(request))
    return _back(request, lead_id)


@merchant_required(Permission.ANSWER, methods=("POST",))
def move(request: MerchantRequest, lead_id: int) -> HttpResponse:
    lead = _lead(request, lead_id)
    form = MoveForm(request.POST, merchant=request.merchant, lead=lead)
    if not form.is_valid():
        return _detail(request, lead, move_form=form, status=422)
    try:
        stages.move(request.merchant, lead, by=_by(request), **form.cleaned_data)
    except stages.Refused as refused:
        missing = _("; ").join(str(words.LACKS[code]) for code in refused.codes)
        form.add_error(None, _("This stage needs: %(missing)s.") % {"missing": missing})
        return _detail(request, lead, move_form=form, status=422)
    messages.success(request, _("Moved. It can be taken back for ten minutes."))
    return _back(request, lead_id)


@merchant_required(Permission.ANSWER, methods=("POST",))
def undo(request: MerchantRequest, lead_id: int) -> HttpResponse:
    """Takes the lead's latest move back, if it is the one that the page showed."""
    lead = _lead(request, lead_id)
    rows = StageMove.objects.filter(lead=lead)
    moved = get_for_merchant_or_404(rows, request.merchant, pk=request.POST.get("move", ""))
    try:
        stages.undo(request.merchant, moved, by=_by(request))
    except stages.Refused as refused:
        missing = _("; ").join(str(words.LACKS[code]) for code in refused.codes)
        messages.warning(request, _("This stage needs: %(missing)s.") % {"missing": missing})
    else:
        messages.success(request, _("The move is taken back."))
    return _back(request, lead_id)


@merchant_required(Permission.ANSWER, methods=("POST",))
def book(request: MerchantRequest, lead_id: int) -> HttpResponse:
    lead = _lead(request, lead_id)
    form = BookForm(request.POST, merchant=request.merchant)
    if form.is_valid():
        try:
            appointments.book(
                request.merchant,
                lead,
                store=form.cleaned_data["store"],
                starts_at=form.cleaned_data["starts_at"],
                by=_by(request),
            )
        except appointments.Refused as refused:
            form.add_error(None, str(words.REFUSED[str(refused)]))
    return _detail(request, lead, book_form=form, status=422) if form.errors else _back(request, lead_id)


@merchant_required(Permission.ANSWER, methods=("POST",))
def close_deal(request: MerchantRequest, lead_id: int) -> HttpResponse:
    lead, form = _lead(request, lead_id), DealForm(request.POST)
    if form.is_valid():
        try:
            deals.close(
                request.merchant,
                lead,
                fen=form.fen,
                closed_at=timezone.now(),
                order_number=form.cleaned_data["order_number"],
                evidence=form.cleaned_data["evidence"],
                by=_by(request),
            )
        except deals.Refused as refused:
            form.add_error(None, str(words.REFUSED[str(refused)]))
    return _detail(request, lead, deal_form=form, status=422) if form.errors else _back(request, lead_id)


@merchant_required(Permission.ANSWER, methods=("POST",))
def post_money(request: MerchantRequest, lead_id: int) -> HttpResponse:
    lead = _lead(request, lead_id)
    form = PostForm(request.POST, kinds=DealPosting.Kind.choices)
    deal = lead.deals.filter(cancelled_at=None).first()
    if form.is_valid() and deal is not None:
        try:
            deals.post(
                request.merchant,
                deal,
                kind=form.cleaned_data["kind"],
                fen=form.fen,
                reference=form.cleaned_data["reference"],
                by=_by(request),
            )
        except deals.Refused as refused:
            form.add_error(None, str(words.REFUSED[str(refused)]))
    return _detail(request, lead, post_form=form, status=422) if form.errors else _back(request, lead_id)


@merchant_required(Permission.ANSWER, methods=("POST",))
def tell_again(request: MerchantRequest, lead_id: int) -> HttpResponse:
    """Tells the source once more what it rejected."""
    rows = Feedback.objects.filter(lead=_lead(request, lead_id))
    row = get_for_merchant_or_404(rows, request.merchant, pk=request.POST.get("feedback", ""))
    try:
        feedback.again(request.merchant, row, by=_by(request))
    except ValueError:
        messages.warning(request, _("The source takes this no more."))
    return _back(request, lead_id)


@merchant_required(Permission.REVEAL_CONTACT, methods=("POST",))
def reveal(request: MerchantRequest, lead_id: int) -> HttpResponse:
    """One contact detail in the clear, on this answer only; the look is in the trail."""
    lead = _lead(request, lead_id)
    rows = ContactDetail.objects.filter(contact=lead.contact)
    row = get_for_merchant_or_404(rows, request.merchant, pk=request.POST.get("detail", ""))
    clear = contacts.reveal(request.merchant, row, by=_by(request))
    answer = _detail(request, lead, revealed={row.pk: clear})
    answer["Cache-Control"] = "no-store"
    return answer


def _by(request: MerchantRequest) -> str:
    return f"user:{request.user.pk}"


def _back(request: MerchantRequest, lead_id: int) -> HttpResponse:
    return redirect("leads:lead", request.merchant.code, lead_id)


def _lead(request: MerchantRequest, lead_id: int) -> Lead:
    rows = Lead.objects.select_related("stage", "contact", "store", "agent", "reason", "session__policy")
    return get_for_merchant_or_404(rows, request.merchant, pk=lead_id)


def _stage(stage: Any) -> Any:
    return words.stage(stage.code, stage.label) if stage else ""


def _detail(request: MerchantRequest, lead: Lead, *, status: int = 200, **given: Any) -> HttpResponse:
    history = board.moves(lead)
    booked = list(lead.appointments.select_related("store").order_by("-starts_at"))
    standing = next((one for one in booked if one.state == Appointment.State.BOOKED), None)
    deal = lead.deals.order_by("-pk").first()
    latest = history[0] if history else None
    revealed = given.pop("revealed", {})
    context = {
        "lead": lead,
        "stage": _stage(lead.stage),
        "source": arrival_words.source(lead.source),
        "history": [
            {
                "move": row,
                "before": _stage(row.before),
                "after": _stage(row.after),
                "reason": (row.reason.label or words.REASONS.get(row.reason.code, "")) if row.reason else "",
            }
            for row in history
        ],
        "undoable": latest
        if latest
        and latest.before
        and not latest.undoes_id
        and pipeline.may_undo(latest.moved_at, timezone.now())
        and not (latest.after.type == "won" and deal and not deal.cancelled_at)
        else None,
        "details": [(row, revealed.get(row.pk)) for row in lead.contact.details.order_by("pk")],
        "appointments": booked,
        "qr": pictures.code_of_visit(request.merchant, standing) if standing else "",
        "deal": deal,
        "paid": deals.paid_of(deal) if deal else None,
        "postings": list(deal.postings.order_by("pk")) if deal else [],
        "told": [_told(row, timezone.now()) for row in told.of_lead(lead)],
        "changes": [
            {"of": one, "name": one.name if one.is_answer else words.CHANGED.get(one.name, one.name)}
            for one in board.changes(lead)
        ],
        "attempts": list(lead.attempts.select_related("agent").order_by("-pk")),
        "hows": ContactAttempt.How.choices,
        **_waits(request, lead),
        "may_answer": Permission.ANSWER in request.permissions,
        "may_reveal": Permission.REVEAL_CONTACT in request.permissions,
        "move_form": MoveForm(merchant=request.merchant, lead=lead),
        "hand_form": HandForm(merchant=request.merchant, agent=lead.agent, auto_id="hand_%s"),
        "place_form": LeadPlaceForm(merchant=request.merchant, lead=lead, auto_id="place_%s"),
        "services": rules.services(request.merchant),
        "book_form": BookForm(merchant=request.merchant),
        "deal_form": DealForm(),
        "post_form": PostForm(kinds=DealPosting.Kind.choices),
        **given,
    }
    return render(request, "leads/lead.html", context, status=status)


def _waits(request: MerchantRequest, lead: Lead) -> dict[str, Any]:
    """The clock of a form's first contact, who has it and why; and whether the reader may take the lead."""
    me, now = sessions.agent_of(request.merchant, request.user.pk), timezone.now()
    session = lead.session
    form = session if session is not None and session.kind == Consultation.Kind.FORM else None
    return {
        "me": me,
        "now": now,
        "form": form,
        "urgency": shown.urgency(form, now) if form else "",
        "why": shown.why(request.merchant, inbox.decision_of(form)) if form else {},
        "may_take": me is not None and lead.agent_id is None and lead.ended_at is None,
    }


def _told(row: Feedback, now: datetime) -> dict[str, Any]:
    """What a source is told, how far that came, and how long it still takes it."""
    over = row.expires_at <= now
    return {
        "row": row,
        "what": words.told(row.code, row.stage),
        "tone": TONES[row.state],
        "why": words.not_out(row.error) if row.error else "",
        "left": told.days_left(row, now) if row.state == Feedback.State.QUEUED else None,
        "days": feedback.TOLD_FOR.days,
        "again": row.state == Feedback.State.REJECTED and not over,
    }
