"""The way in: describe the business, answer what is asked, submit, see where one stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from allauth.account.decorators import verified_email_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from merchants import shown_papers
from merchants.access import MerchantRequest, allows, get_for_merchant_or_404, merchant_required
from merchants.documents.sniffing import Refused as PaperRefused
from merchants.models import Application, ApplicationItem, DocumentVersion, Merchant, User
from merchants.models.onboarding import CAPABILITIES, CASES, ITEMS
from merchants.onboarding.cases import LAPSES, Case, Refused
from merchants.onboarding.requirements import Kind, Requirement, trades
from merchants.onboarding.standing import State
from merchants.onboarding_forms import AnswerForm, BusinessForm, said, written
from merchants.operations import applications, checklist, papers
from merchants.queries import expiry, onboarding, requirement_sets
from merchants.reasons import BUSINESS, NOT_NOW, PAPERS, REASONS, REFUSALS
from merchants.roles import Permission

TONES = {
    State.ACCEPTED: "accent",
    State.WAIVED: "accent",
    State.CHANGES_NEEDED: "danger",
    State.IN_REVIEW: "warning",
    State.CHECKING: "warning",
}


@login_required
@verified_email_required
@allows("GET", "POST")
def apply(request: HttpRequest) -> HttpResponse:
    """Somebody describes a business that is to become a merchant."""
    if not settings.APPLICATIONS_OPEN:
        raise Http404
    form = BusinessForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            assert isinstance(request.user, User)
            case = applications.start(request.user, form.business(), by=f"user:{request.user.pk}")
        except applications.Faulty as wrong:
            _told(form, wrong)
        else:
            return redirect("merchants:onboarding", Merchant.objects.get(pk=case.merchant_id).code)
    return render(request, "merchants/apply.html", {"form": form}, status=422 if form.errors else 200)


@merchant_required(Permission.APPLY, applying=True)
def page(request: MerchantRequest) -> HttpResponse:
    """The checklist in one column; without an application, the question what the business is."""
    return _page(request)


@merchant_required(Permission.APPLY, methods=("GET", "POST"), applying=True)
def describe(request: MerchantRequest) -> HttpResponse:
    case = onboarding.application_of(request.merchant)
    if case is not None and onboarding.was_approved(case):
        messages.warning(request, _not_now("let_in"))
        return redirect("merchants:onboarding", request.merchant.code)
    form = BusinessForm(request.POST, case=case) if request.method == "POST" else BusinessForm(case=case)
    if request.method == "POST" and form.is_valid():
        try:
            applications.describe(request.merchant, form.business(), by=f"user:{request.user.pk}")
        except applications.Faulty as wrong:
            _told(form, wrong)
        except Refused:
            messages.warning(request, _not_now("not_now"))
            return redirect("merchants:onboarding", request.merchant.code)
        else:
            return redirect("merchants:onboarding", request.merchant.code)
    context = {"form": form, "case": case}
    return render(request, "merchants/describe.html", context, status=422 if form.errors else 200)


@merchant_required(Permission.APPLY, methods=("POST",), applying=True)
def answer(request: MerchantRequest, requirement: str) -> HttpResponse:
    """Keeps the fields and the paper of one requirement; a paper that is refused leaves the fields kept."""
    case = onboarding.application_of(request.merchant)
    asked = onboarding.asked_of(case, timezone.localdate()).requirements if case else []
    one = next((one for one in asked if one.key == requirement), None)
    if one is None:
        raise Http404
    by = f"user:{request.user.pk}"
    item = onboarding.items_of(request.merchant).get(one.key)
    try:
        renews = item is not None and checklist.is_renewable(one, item)
        if not renews:
            applications.answer(request.merchant, one.key, written(one, request.POST), by=by)
        if one.kind == Kind.VERIFIED and (file := request.FILES.get("paper")):
            row = papers.hand_in(request.merchant, one.key, filename=file.name or "", data=file.read(), by=by)
            if renews:  # the paper opens the answer, and its fields after it
                applications.answer(request.merchant, one.key, written(one, request.POST), by=by)
            messages.success(request, _("“%(file)s” is received, receipt %(receipt)s.") % {
                "file": row.filename, "receipt": row.receipt,
            })  # fmt: skip
        elif renews:
            messages.warning(request, _("Choose the renewed paper; the old one holds until then."))
        else:
            messages.success(request, _("Kept; you may go on at any time."))
    except Refused as why:
        messages.warning(request, _not_now(why.code))
    except PaperRefused as why:
        return _page(request, refused={one.key: PAPERS[why.code]}, status=422)
    return redirect("merchants:onboarding", request.merchant.code)


@merchant_required(Permission.APPLY, methods=("POST",), applying=True)
def submit(request: MerchantRequest) -> HttpResponse:
    try:
        applications.submit(request.merchant, user=request.user, by=f"user:{request.user.pk}")
        messages.success(request, _("Submitted. You will see every decision here."))
    except applications.Blocked as blocked:
        return _page(request, blocked=blocked.keys, status=422)
    except Refused as why:
        messages.warning(request, _not_now(why.code))
    return redirect("merchants:onboarding", request.merchant.code)


@merchant_required(Permission.APPLY, methods=("POST",), applying=True)
def withdraw(request: MerchantRequest) -> HttpResponse:
    try:
        applications.withdraw(request.merchant, by=f"user:{request.user.pk}")
        messages.success(request, _("Withdrawn. Nothing is lost: change it and submit again."))
    except Refused as why:
        messages.warning(request, _not_now(why.code))
    return redirect("merchants:onboarding", request.merchant.code)


@merchant_required(Permission.APPLY, methods=("POST",), applying=True)
def appeal(request: MerchantRequest) -> HttpResponse:
    try:
        applications.appeal(request.merchant, request.POST.get("words", ""), by=f"user:{request.user.pk}")
        messages.success(request, _("Somebody else looks at it now."))
    except Refused as why:
        messages.warning(request, _not_now(why.code))
    return redirect("merchants:onboarding", request.merchant.code)


@never_cache
@merchant_required(Permission.APPLY, applying=True)
def paper(request: MerchantRequest, document_id: int) -> HttpResponse:
    """The paper as it was made harmless; never shown inside a page."""
    row = get_for_merchant_or_404(DocumentVersion, request.merchant, pk=document_id)
    return shown_papers.file(row, request.user)


@never_cache
@merchant_required(Permission.APPLY, applying=True)
def sheet(request: MerchantRequest, document_id: int, sheet: int) -> HttpResponse:
    """The picture of one page, with the name of who looks and the time all over it."""
    row = get_for_merchant_or_404(DocumentVersion, request.merchant, pk=document_id)
    return shown_papers.sheet(row, sheet, request.user)


def _told(form: BusinessForm, wrong: applications.Faulty) -> None:
    form.add_error(wrong.field, str(BUSINESS[wrong.code]))


def _not_now(code: str) -> str:
    return str(NOT_NOW.get(code, NOT_NOW["not_now"]))


def _page(
    request: MerchantRequest, *, refused: dict[str, Any] | None = None, blocked: Any = (), status: int = 200
) -> HttpResponse:
    case = onboarding.application_of(request.merchant)
    if case is None:
        return redirect("merchants:describe", request.merchant.code)
    today = timezone.localdate()
    asked = onboarding.asked_of(case, today)
    items = onboarding.items_of(request.merchant)
    standing = onboarding.standing_of(request.merchant, asked, today)
    running = {one.one.key: one for one in expiry.running_out(request.merchant, today)}
    due = checklist.blockers(asked.requirements, items)
    newest = papers.latest(request.merchant)
    shown = [
        _shown(one, items.get(one.key), newest, refused or {}) | {"running": running.get(one.key)}
        for one in asked.requirements
    ]
    keys = {one.key for one in asked.requirements}
    closed = request.merchant.is_closed
    working = case.state in applications.OPEN and not closed
    let_in = onboarding.was_approved(case)
    words = trades(requirement_sets.in_force(today))
    renewals = [row for row in shown if row["running"] and row["state"] == State.ACCEPTED]
    begun = {key for key, item in items.items() if applications.goes_along(case, item)}
    again = {key for key in begun if items[key].backed_until is not None}
    renewals += [row for row in shown if row["one"].key in again and not closed]
    newly = standing.dues if case.state == Case.APPROVED and not closed else {}
    rest = [row for row in shown if row not in renewals]
    open_rows = _open_rows(rest, due if working else (), newly, standing.dues if let_in else {})
    context = {
        "case": case,
        "state": CASES[Case(case.state)],
        "working": working,
        "sends_along": _any_ready([*renewals, *open_rows], begun),
        **_ways(case, closed=closed),
        "lapses": LAPSES.days,
        "deletion_days": settings.DELETION_DAYS,
        "refusal": REFUSALS.get(case.refusal) if case.state == Case.REFUSED else None,
        "let_in": let_in,
        "further": [said(words[code]) if code in words else code for code in case.further],
        "choices": _choices(case, today) if let_in and not closed else [],
        "due": open_rows,
        "ready": [row for row in shown if row["state"] == State.UPLOADED and row["one"].key not in due],
        "renewals": renewals,
        "settled": [row for row in shown if row["settled"]],
        "set_aside": [
            {"paper": newest[item.pk]} for key, item in items.items() if key not in keys and item.pk in newest
        ],
        **_waiting(request.merchant, today, running),
        "scanned": bool(settings.CLAMD),
        "done": standing.steps[0],
        "total": standing.steps[1],
        "turn": onboarding.turn_of(case),
        "coming": [
            {"label": said(one.label), "why": said(one.why), "day": one.holds_from} for one in asked.coming
        ],
        "blocked": [row["label"] for row in shown if row["one"].key in blocked],
    }
    return render(request, "merchants/onboarding.html", context, status=status)


def _open_rows(
    rows: list[dict[str, Any]], due: Collection[str], newly: Collection[str], days: Mapping[str, date]
) -> list[dict[str, Any]]:
    """What can be answered now: ``due`` in an open case, ``newly`` asked of who was let in; with its last day, where
    ``days`` names the first one on which it is past due."""
    return [
        row | {"deadline": days[key] - timedelta(days=1) if (key := row["one"].key) in days else None}
        for row in rows
        if row["one"].key in due or (row["one"].key in newly and not row["settled"])
    ]


def _choices(case: Application, today: date) -> list[tuple[str, str]]:
    """Trades that may be applied for now, as code and name."""
    if case.state not in (*applications.OPEN, Case.APPROVED):
        return []
    return [(code, said(label)) for code, label in onboarding.further_trades(case, today).items()]


def _any_ready(rows: list[dict[str, Any]], begun: Collection[str]) -> bool:
    return any(row["state"] == State.UPLOADED and row["one"].key in begun for row in rows)


def _waiting(merchant: Merchant, today: date, running: Mapping[str, expiry.Running]) -> dict[str, Any]:
    """What waits, and whether only papers that ran out stand behind it."""
    waits = onboarding.restricted(merchant, today)
    keys = {key for some in waits.values() for key in some}
    return {
        "waits": sorted(str(CAPABILITIES[capability]) for capability in waits),
        "ran_out": all(key in running and running[key].left < 0 for key in keys),
    }


def _ways(case: Application, *, closed: bool) -> dict[str, bool]:
    """What the merchant may do with its case beside answering."""
    refused = case.state in (Case.CHANGES_NEEDED, Case.REFUSED)
    return {
        "may_withdraw": case.state in (Case.SUBMITTED, Case.IN_REVIEW) and not closed,
        "may_appeal": refused and case.appealed_at is None and not closed,
    }


def _shown(
    one: Requirement,
    item: ApplicationItem | None,
    newest: dict[int, DocumentVersion],
    refused: dict[str, Any],
) -> dict[str, Any]:
    state = State(item.state) if item else State.MISSING
    what, remedy = REASONS.get(item.reason if item else "", ("", ""))
    return {
        "one": one,
        "label": said(one.label),
        "why": said(one.why),
        "example": said(one.example),
        "state": state,
        "settled": state in (State.IN_REVIEW, State.CHECKING, State.ACCEPTED, State.WAIVED),
        "state_label": ITEMS[state],
        "tone": TONES.get(state, "muted"),
        "reason": what,
        "remedy": remedy,
        "note": item.note if item else "",
        "form": AnswerForm(one, item.values if item else {}),
        "takes_paper": one.kind == Kind.VERIFIED,
        "accept": ",".join(f".{kind}" for kind in one.accept),
        "kinds": ", ".join(kind.upper() for kind in one.accept),
        "paper": newest.get(item.pk) if item else None,
        "refused": refused.get(one.key, ""),
    }
