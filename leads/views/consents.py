"""Consent of a sensitive chat: recorded and revoked beside it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from leads import words
from leads.forms import ConsentForm
from leads.models import Agent, Consent, Consultation
from leads.operations import consents
from leads.queries import privacy
from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.roles import Permission


@merchant_required(Permission.ANSWER, methods=("POST",))
def record(request: MerchantRequest, consultation_id: int) -> HttpResponse:
    """A consent that was given, or that a standing one was revoked (``act``)."""
    session = _session(request, consultation_id)
    form = ConsentForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("It was not understood; nothing was recorded."))
        return _back(request, session)
    told, thread, by = form.cleaned_data, session.conversation, f"user:{request.user.pk}"
    try:
        if told["act"] == Consent.Act.REVOKED:
            consents.revoke(request.merchant, thread, how=told["how"], by=by)
        else:
            consents.give(
                request.merchant,
                thread,
                how=told["how"],
                wording=told["wording"],
                stated_at=told["stated_at"],
                by=by,
            )
    except consents.Refused as refused:
        messages.warning(request, str(words.REFUSED[str(refused)]))
    return _back(request, session)


@merchant_required(Permission.ANSWER, methods=("POST",))
def minor(request: MerchantRequest, consultation_id: int) -> HttpResponse:
    """Marks the chat as a minor's, or takes the mark off."""
    session = _session(request, consultation_id)
    marked = request.POST.get("minor") == "1"
    consents.mark_minor(request.merchant, session.conversation, minor=marked, by=f"user:{request.user.pk}")
    return _back(request, session)


def shown(request: MerchantRequest, session: Consultation) -> dict[str, Any]:
    """What stands beside a conversation."""
    thread = session.conversation
    rows = privacy.consents_of(request.merchant, thread)
    sensitive = privacy.is_sensitive(request.merchant, thread)
    stands = bool(rows) and rows[0].act == Consent.Act.GIVEN
    users = Agent.objects.for_merchant(request.merchant).values_list("user_id", "name") if rows else ()
    names = {f"user:{user}": name for user, name in users}
    return {
        "shown": sensitive or bool(rows),
        "sensitive": sensitive,
        "stands": stands,
        "rows": [{"row": row, "by": names.get(row.recorded_by, "")} for row in rows],
        "hows": [
            (how.value, how.label)
            for how in Consent.How
            if not thread.of_minor or stands or how == Consent.How.GUARDIAN
        ],
        "days": settings.SENSITIVE_DAYS,
    }


def _back(request: MerchantRequest, session: Consultation) -> HttpResponse:
    return redirect("leads:conversation", request.merchant.code, session.pk)


def _session(request: MerchantRequest, consultation_id: int) -> Consultation:
    rows = Consultation.objects.select_related("conversation")
    return get_for_merchant_or_404(rows, request.merchant, pk=consultation_id)
