"""The page of a case: what was handed in beside what was declared and what can be told of it; a decision each."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from merchants import audit, shown_papers, tenancy
from merchants.access import allows
from merchants.admin.desk import SupportAdmin
from merchants.admin.review import printed, shown
from merchants.admin.review.filters import Cases, Queue, ordering
from merchants.documents import written
from merchants.models import Application, DocumentVersion, Merchant, User
from merchants.models.onboarding import CASES
from merchants.onboarding.cases import Case, Refused
from merchants.onboarding.waiting import working_hours
from merchants.onboarding_forms import said
from merchants.operations import refusals, reviews
from merchants.queries import reviews as reading
from merchants.queries.onboarding import WAITING
from merchants.queries.trail import names_of
from merchants.reasons import REVIEW

STATUSES = {"reason": 422, "own": 403, "same_eyes": 403, "appeal": 403}
"""Of an act that was refused, by its code; 409 for what came too late."""


@admin.register(Application)
class ApplicationAdmin(SupportAdmin):
    """Whoever may review applications; nothing of a case is changed but by the acts of ``reviews``."""

    list_display = ("name", "state", "waits", "left", "kept_for", "round", "submitted_at")
    list_filter = (Queue, "state", "form")
    list_select_related = ("merchant", "holder")
    search_fields = ("name", "merchant__code")
    show_facets = admin.ShowFacets.ALWAYS
    change_list_template = "merchants/review/queue.html"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("merchants.review_application")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path(
                "<int:object_id>/papers/<int:document_id>/<int:sheet>/",
                view(allows("GET")(self.sheet)),
                name="merchants_application_sheet",
            ),
            path(
                "<int:object_id>/case.pdf",
                view(allows("GET")(self.printed)),
                name="merchants_application_pdf",
            ),
            path("next/", view(allows("POST")(self.claim_next)), name="merchants_application_next"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        case = self.get_object(request, unquote(object_id))
        if case is None:
            away: HttpResponse = self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
            return away
        merchant = Merchant.objects.get(pk=case.merchant_id)
        key = request.POST.get("key") or request.GET.get("item", "")
        if request.method != "POST":
            return self._page(request, merchant, key)
        try:
            done = self._act(request, merchant, key)
        except Refused as why:
            self.message_user(request, REVIEW[why.code], messages.ERROR)
            return self._page(request, merchant, key, status=STATUSES.get(why.code, 409))
        self.message_user(request, done, messages.SUCCESS)
        stays = f"?item={key}" if key and request.POST.get("act") != "decide" else ""
        return HttpResponseRedirect(f"{_address(case.pk)}{stays}")

    change_view.methods = ("GET", "POST", "HEAD")  # read by `manage.py routes`

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[Cases]:
        return Cases

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return ordering(request)

    @admin.display(description=gettext_lazy("waits"), ordering="submitted_at")
    def waits(self, case: Application) -> str:
        """Working hours since the submission, and whether that is late."""
        if case.state not in WAITING or case.submitted_at is None:
            return "–"
        hours = working_hours(case.submitted_at, timezone.now(), timezone.get_default_timezone())
        told = ngettext("%(n)d working hour", "%(n)d working hours", int(hours)) % {"n": int(hours)}
        if hours <= settings.REVIEW_HOURS:
            return told
        return format_html('{} <b class="late">{}</b>', told, pgettext("clock", "late"))

    @admin.display(description=gettext_lazy("answers that wait"))
    def left(self, case: Any) -> str:
        if not case.second_looks:
            return str(case.left)
        told = ngettext("%(n)d second look", "%(n)d second looks", case.second_looks)
        return f"{case.left} · {told % {'n': case.second_looks}}"

    @admin.display(description=gettext_lazy("kept for"))
    def kept_for(self, case: Application) -> str:
        if not reading.hold_of(case).runs(timezone.now()):
            return "–"
        until = timezone.localtime(case.held_until).strftime("%H:%M")
        return _("%(who)s until %(until)s") % {"who": case.holder, "until": until}

    def claim_next(self, request: HttpRequest) -> HttpResponse:
        """Claims the oldest free case and opens it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        assert isinstance(request.user, User)
        case = reviews.claim_next(request.user)
        if case is None:
            self.message_user(request, _("No case waits that you may decide about."), messages.INFO)
            return HttpResponseRedirect(reverse("admin:merchants_application_changelist"))
        return HttpResponseRedirect(_address(case.pk))

    def sheet(self, request: HttpRequest, object_id: int, document_id: int, sheet: int) -> HttpResponse:
        """The picture of one page of a paper of this case."""
        case = self._case(request, object_id)
        with tenancy.acting_for(case.merchant_id):
            row = DocumentVersion.objects.for_merchant(case.merchant_id).filter(pk=document_id).first()
        if row is None:
            raise Http404
        assert isinstance(request.user, User)
        return shown_papers.sheet(row, sheet, request.user)

    def printed(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """The case with its whole history as a PDF; that it was taken is in the trail."""
        case = self._case(request, object_id)
        context, desk = self._context(request, case.merchant, "")
        footer = f"{case.name} · {request.user} · {timezone.localtime():%Y-%m-%d %H:%M}"
        lines = printed.lines(context, [shown.looked_at(row) for row in desk.rows])
        try:
            data = written.pdf(lines, title=case.name, footer=footer)
        except written.NoFont:
            self.message_user(request, _("This machine has no font that writes Chinese."), messages.ERROR)
            return HttpResponseRedirect(_address(case.pk))
        with tenancy.acting_for(case.merchant_id):
            by = f"user:{request.user.pk}"
            audit.record(case.merchant_id, "merchants.application.printed", by=by, on=case)
        answer = HttpResponse(data, content_type="application/pdf")
        answer["Content-Disposition"] = f'attachment; filename="case-{case.pk}.pdf"'
        return answer

    def _case(self, request: HttpRequest, pk: int) -> Application:
        if not self.has_view_permission(request):
            raise PermissionDenied
        case: Application | None = self.get_queryset(request).filter(pk=pk).select_related("merchant").first()
        if case is None:
            raise Http404
        return case

    def _act(self, request: HttpRequest, merchant: Merchant, key: str) -> str:
        """Carries out what was asked for; returns what to say of it. Raises :class:`Refused`."""
        told, reviewer = request.POST, request.user
        assert isinstance(reviewer, User)
        act, version = told.get("act"), _version(told.get("version", ""))
        if act == "claim":
            case = reviews.claim(merchant, reviewer=reviewer)
            until = timezone.localtime(case.held_until).strftime("%H:%M")
            return _("The case is kept for you until %(until)s.") % {"until": until}
        if act == "release":
            reviews.release(merchant, reviewer=reviewer)
            return _("The case is back in the queue.")
        if act == "conclude":
            case = reviews.conclude(merchant, reviewer=reviewer, version=version)
            return _concluded(case)
        if act == "propose":
            reason, note = told.get("reason", ""), told.get("note", "")
            refusals.propose(merchant, reviewer=reviewer, version=version, reason=reason, note=note)
            return _("Proposed; a second person decides about the refusal.")
        if act == "confirm":
            return _concluded(refusals.confirm(merchant, reviewer=reviewer, version=version))
        if act == "go_on":
            refusals.go_on(merchant, reviewer=reviewer, version=version)
            return _("The review goes on; the case is back in the queue.")
        if act != "decide":
            raise SuspiciousOperation("no act of a review")
        accepted = told.get("verdict") == "accept"
        case = reviews.decide(
            merchant,
            key,
            accepted=accepted,
            reviewer=reviewer,
            version=version,
            reason=told.get("reason", ""),
            note=told.get("note", ""),
        )
        if case.state not in WAITING:
            return _concluded(case)
        return _("Accepted.") if accepted else _("Refused; the reason goes to the merchant with the others.")

    def _page(self, request: HttpRequest, merchant: Merchant, key: str, *, status: int = 200) -> HttpResponse:
        context, _desk = self._context(request, merchant, key)
        return TemplateResponse(request, "merchants/review/case.html", context, status=status)

    def _context(
        self, request: HttpRequest, merchant: Merchant, key: str
    ) -> tuple[dict[str, Any], reading.Desk]:
        """What the page says of a case, with the answer of ``key`` on it."""
        now = timezone.now()
        with tenancy.acting_for(merchant):
            desk = reading.desk(merchant, request.user.pk, timezone.localdate())
            row = desk.row(key)
            names = names_of({event.actor for event in desk.events})
        case, hold = desk.case, reading.hold_of(desk.case)
        papers = row.papers if row else []
        asked = [one for one in papers if str(one.pk) == request.GET.get("paper")]
        paper = next(iter([*asked, *papers[::-1]]), None)
        waits = case.state in WAITING
        mine = hold.runs(now) and hold.reviewer == request.user.pk
        labels = {one.one.key: said(one.one.label) for one in desk.rows}
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": case.name,
            "is_nav_sidebar_enabled": False,  # the paper needs its room
            "case": case,
            "merchant": merchant,
            "facts": shown.facts(case),
            "clashes": shown.clashing(case) if waits else [],
            "state": CASES[Case(case.state)],
            "waits": waits,
            "held": hold.runs(now),
            "mine": mine,
            "rows": [shown.listed(one, one is row) for one in desk.rows],
            "row": shown.looked_at(row) if row else None,
            "paper": paper,
            "sheets": range(1, paper.pages + 1) if paper else (),
            "decides": mine and row is not None and row.waits and not row.barrier and not case.refusal,
            "refusal": shown.refusal(case, names),
            "proposer": case.refused_first_id == request.user.pk,
            "may_refuse": mine and not case.refusal and reading.may_be_refused(merchant, case),
            "refusals": shown.refusals(),
            "barrier": REVIEW.get(row.barrier, "") if row and row.waits else "",
            "concludes": waits and mine and not desk.waiting and not case.refusal,
            "appealed": waits and case.appealed_at is not None and case.appealed_at == case.submitted_at,
            "events": [shown.told(event, names, labels) for event in desk.events],
            "sets": desk.sets,
            "typed": request.POST,
        }
        return context, desk


def _version(text: str) -> int:
    """The version a page was made of; 0, which no case has, for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _address(pk: int) -> str:
    return reverse("admin:merchants_application_change", args=[pk])


def _concluded(case: Application) -> str:
    if case.state == Case.APPROVED:
        return _("The application is approved and the portal open to the merchant; a letter tells them.")
    if case.state == Case.REFUSED:
        return _("The application is refused; a letter tells the merchant why, and of its appeal.")
    return _("Every answer is decided: changes are needed, and a letter tells the merchant which.")
