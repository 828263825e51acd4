"""The page of what an operator does about one merchant: each act with a reason, each in the trail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from merchants import audit, tenancy
from merchants.access import allows
from merchants.archive_answers import archived
from merchants.models import Archive, Merchant, OperatorAct, User
from merchants.operations.supervision import archives, deletion, looking_on, standing
from merchants.operations.supervision.noting import NoReason, NotNow
from merchants.queries import trail
from merchants.roles import ROLES

Status = Merchant.Status
OPERATOR = "operator"
SHOWN, FILES = 30, 5  # latest acts and files on the page


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("Stands in the trail that the merchant reads."),
        widget=forms.TextInput(attrs={"size": 80}),
    )


class LookForm(ReasonForm):
    role = forms.ChoiceField(
        label=gettext_lazy("As"), choices=[(role.code, role.name) for role in ROLES], initial="owner"
    )


class DeletionForm(ReasonForm):
    """The code is typed, so that nobody deletes the merchant of another window."""

    code = forms.CharField(label=gettext_lazy("Code of the merchant"), max_length=40)


@dataclass(frozen=True, slots=True)
class Act:
    """``do`` gets the merchant, the operator and what the form said, and may give the page to go to."""

    code: str
    name: Any
    means: Any
    do: Callable[[Merchant, User, dict[str, Any]], HttpResponse | None]
    when: Callable[[Merchant], bool]
    form: type[ReasonForm] = ReasonForm


def _by(operator: User) -> str:
    return f"user:{operator.pk}"


def _suspend(merchant: Merchant, operator: User, said: dict[str, Any]) -> None:
    standing.suspend(merchant, reason=said["reason"], by=_by(operator))


def _resume(merchant: Merchant, operator: User, said: dict[str, Any]) -> None:
    standing.resume(merchant, reason=said["reason"], by=_by(operator))


def _offboard(merchant: Merchant, operator: User, said: dict[str, Any]) -> None:
    standing.offboard(merchant, reason=said["reason"], by=_by(operator))


def _look(merchant: Merchant, operator: User, said: dict[str, Any]) -> HttpResponse:
    looking_on.begin(merchant, operator=operator, role=said["role"], reason=said["reason"])
    return redirect("portal:home", merchant.code)


def _archive(merchant: Merchant, operator: User, said: dict[str, Any]) -> None:
    archives.ask(merchant, reason=said["reason"], by=_by(operator), language=get_language() or "zh-hans")


class OtherCode(ValueError):
    """The code that was typed is not this merchant's."""


def _check_code(merchant: Merchant, said: dict[str, Any]) -> None:
    if said["code"].strip() != merchant.code:
        raise OtherCode


def _ask_deletion(merchant: Merchant, operator: User, said: dict[str, Any]) -> None:
    _check_code(merchant, said)
    deletion.ask(merchant, reason=said["reason"], operator=operator, now=timezone.now())


def _confirm_deletion(merchant: Merchant, operator: User, said: dict[str, Any]) -> None:
    _check_code(merchant, said)
    row = deletion.open_of(merchant)
    if row is None:
        raise NotNow
    deletion.confirm(row, reason=said["reason"], operator=operator, now=timezone.now())


def _call_off(merchant: Merchant, operator: User, said: dict[str, Any]) -> None:
    row = deletion.open_of(merchant)
    if row is None:
        raise NotNow
    deletion.call_off(row, reason=said["reason"], operator=operator, now=timezone.now())


def _is_to_be_deleted(merchant: Merchant) -> bool:
    return deletion.open_of(merchant) is not None


def _waits_for_a_second_word(merchant: Merchant) -> bool:
    row = deletion.open_of(merchant)
    return row is not None and row.confirmed_by is None


ACTS = (
    Act(
        "look",
        gettext_lazy("Look at its pages"),
        gettext_lazy(
            "For 30 minutes, with the eyes of a role. Nothing can be changed or taken away, contacts stay masked, and"
            " every page that is opened stands in the merchant's trail."
        ),
        _look,
        lambda merchant: True,
        LookForm,
    ),
    Act(
        "suspend",
        gettext_lazy("Suspend"),
        gettext_lazy(
            "Its people and programs can read and take away everything, and change nothing. What sources push is still"
            " taken in, so that no order or lead is lost."
        ),
        _suspend,
        lambda merchant: merchant.status == Status.ACTIVE,
    ),
    Act(
        "resume",
        gettext_lazy("Let it go on"),
        gettext_lazy(
            "Everything works again; who was never let in applies as before. Tokens and sources that an offboarding"
            " ended stay ended."
        ),
        _resume,
        lambda merchant: merchant.is_closed,
    ),
    Act(
        "offboard",
        gettext_lazy("Part with it"),
        gettext_lazy(
            "As suspended; its API tokens are revoked, its sources are not asked any more, and open invitations end."
            " Who applied leaves once that is over: withdrawn, finally refused, or left alone for 30 days."
        ),
        _offboard,
        lambda merchant: standing.may_leave(merchant, timezone.now()),
    ),
    Act(
        "archive",
        gettext_lazy("Write a file of everything"),
        gettext_lazy(
            "A ZIP with a CSV for each of its tables, all of one moment. It is kept for seven days; what rests sealed"
            " is not in it."
        ),
        _archive,
        lambda merchant: True,
    ),
    Act(
        "delete",
        gettext_lazy("Ask for its deletion"),
        gettext_lazy(
            "Every row and every file of it goes, for good. Another operator has to confirm it, and then a waiting"
            " time passes in which any operator can call it off."
        ),
        _ask_deletion,
        lambda merchant: merchant.status == Status.LEFT and not _is_to_be_deleted(merchant),
        DeletionForm,
    ),
    Act(
        "confirm",
        gettext_lazy("Confirm its deletion"),
        gettext_lazy("For another operator than the one who asked. The waiting time begins now."),
        _confirm_deletion,
        _waits_for_a_second_word,
        DeletionForm,
    ),
    Act(
        "call-off",
        gettext_lazy("Call its deletion off"),
        gettext_lazy("Nothing is deleted."),
        _call_off,
        _is_to_be_deleted,
    ),
)


REFUSED: dict[type[Exception], Any] = {
    NotNow: gettext_lazy("That cannot be done now."),
    NoReason: gettext_lazy("Nothing is done without a reason."),
    OtherCode: gettext_lazy("That is not the code of this merchant."),
    deletion.SamePerson: gettext_lazy("Who asked for a deletion cannot confirm it."),
}


def _merchant(request: HttpRequest, object_id: str) -> Merchant:
    """The merchant of the address, for superusers, as all that changes a merchant is; else 403 or 404."""
    if not request.user.is_superuser:
        raise PermissionDenied
    merchant = Merchant.objects.filter(pk=object_id).first() if object_id.isdigit() else None
    if merchant is None:
        raise Http404
    return merchant


@allows("GET", "POST")
def page(request: HttpRequest, object_id: str) -> HttpResponse:
    """What can be done just now, and what was done."""
    merchant = _merchant(request, object_id)
    forms_of = {act: act.form(prefix=act.code) for act in ACTS if act.when(merchant)}
    if request.method == "POST":
        chosen = next((act for act in forms_of if act.code == request.POST.get("act")), None)
        if chosen is None:
            messages.error(request, _("That cannot be done now."))
            return redirect("admin:merchants_merchant_acts", merchant.pk)
        form = forms_of[chosen] = chosen.form(request.POST, prefix=chosen.code)
        if form.is_valid():
            return _done(request, chosen, merchant, form.cleaned_data)
    done = list(OperatorAct.objects.filter(merchant_code=merchant.code).order_by("-at", "-pk")[:SHOWN])
    names = trail.names_of({row.actor for row in done})
    with tenancy.acting_for(merchant, using=OPERATOR):
        files = Archive.objects.using(OPERATOR).for_merchant(merchant).order_by("-asked_at")[:FILES]
    context = {
        **admin.site.each_context(request),
        "title": _("Acts about %(merchant)s") % {"merchant": merchant.name},
        "original": merchant,
        "opts": Merchant._meta,
        "acts": list(forms_of.items()),
        "files": files,
        "deletion": deletion.open_of(merchant),
        "done": [(row, names.get(row.actor, row.actor), audit.sentence_of(row.act)) for row in done],
    }
    wrong = any(form.errors for form in forms_of.values())
    return render(request, "admin/merchants/merchant/acts.html", context, status=422 if wrong else 200)


def _done(request: HttpRequest, act: Act, merchant: Merchant, said: dict[str, Any]) -> HttpResponse:
    try:
        onward = act.do(merchant, request.user, said)
    except tuple(REFUSED) as refused:
        messages.error(request, str(REFUSED[type(refused)]))
        onward = None
    else:
        messages.success(request, _("Done: %(act)s.") % {"act": act.name})
    return onward or redirect("admin:merchants_merchant_acts", merchant.pk)


@allows("GET")
def take(request: HttpRequest, object_id: str, archive_id: int) -> HttpResponseBase:
    """The file of everything; that it was taken stands in the merchant's trail."""
    merchant = _merchant(request, object_id)
    with tenancy.acting_for(merchant, using=OPERATOR):
        row = Archive.objects.using(OPERATOR).for_merchant(merchant).filter(pk=archive_id).first()
    if row is None:
        raise Http404
    return archived(merchant, row, by=f"user:{request.user.pk}")
