"""Audiences: people by definition, counted above the threshold; never a list."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from measurement import privacy
from measurement.crowds.audiences import BadDefinition, Definition, read
from measurement.dictionary import definitions
from measurement.forms import AudienceForm
from measurement.models import Audience, Blogger
from measurement.operations import audiences, privacy_budget
from measurement.queries import crowds
from measurement.words import crowds as words
from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.background import wake
from merchants.roles import Permission


@merchant_required(Permission.SEE_RESULTS)
def page(request: MerchantRequest) -> HttpResponse:
    """Every saved definition with its published count and when it was counted."""
    return render(request, "measurement/audiences.html", _context(request))


@merchant_required(Permission.PLAN, methods=("POST",))
def save(request: MerchantRequest) -> HttpResponse:
    """Saves a definition; a worker counts it in a moment. Each costs a question of the day's budget."""
    form = _form(request, request.POST)
    problem = ""
    if form.is_valid():
        asked = {"audience": form.definition()}
        if not privacy_budget.may_ask(request.merchant, user_id=request.user.pk, question=asked):
            problem = _(
                "Enough different questions about people were asked today; tomorrow there is room again."
            )
        else:
            problem = _save(request, form)
        if not problem:
            messages.success(request, _("The audience is saved; it is being counted."))
            return redirect("measurement:audiences", request.merchant.code)
    context = _context(request) | {"form": form, "problem": problem}
    return render(request, "measurement/audiences.html", context, status=422)


def _save(request: MerchantRequest, form: AudienceForm) -> str:
    """What stands in the way, or nothing."""
    try:
        audiences.save(
            request.merchant,
            name=form.cleaned_data["name"],
            definition=form.definition(),
            by=f"user:{request.user.pk}",
        )
    except (BadDefinition, audiences.Refused) as refused:
        return str(words.AUDIENCE_FAULTS[str(refused)])
    return ""


@merchant_required(Permission.PLAN, methods=("POST",))
def archive(request: MerchantRequest, audience_id: int) -> HttpResponse:
    audience = get_for_merchant_or_404(Audience, request.merchant, pk=audience_id)
    audiences.archive(request.merchant, audience, by=f"user:{request.user.pk}")
    messages.success(request, _("“%(name)s” is put away.") % {"name": audience.name})
    return redirect("measurement:audiences", request.merchant.code)


def _context(request: MerchantRequest) -> dict[str, Any]:
    merchant = request.merchant
    rows = list(
        Audience.objects.for_merchant(merchant).filter(archived_at=None).prefetch_related("handovers")
    )
    if any(row.counted_at is None for row in rows):
        wake("measurement.crowds", merchant_id=merchant.pk)
    spus, bloggers = crowds.spus_of(merchant), _bloggers(request)
    k = crowds.k()
    return {
        "definitions": definitions(get_language() or "en"),
        "k": k,
        "rows": [
            {
                "row": row,
                "people": privacy.published(row.people or 0, k),
                "words": _words(read(row.definition), spus, dict(bloggers)),
                "handovers": list(row.handovers.all()),
            }
            for row in sorted(rows, key=lambda row: (-(privacy.published(row.people or 0, k) or 0), row.name))
        ],
        "form": _form(request),
        "may_plan": Permission.PLAN in request.permissions,
        "has_rule": bool(crowds.rules_of(merchant)),
    }


def _form(request: MerchantRequest, data: Any = None) -> AudienceForm:
    return AudienceForm(
        data,
        spus=crowds.spus_of(request.merchant).items(),
        bloggers=_bloggers(request),
        layers=words.layer_choices(),
        auto_id="audience_%s",
    )


def _bloggers(request: MerchantRequest) -> list[tuple[int, str]]:
    rows: Any = Blogger.objects.for_merchant(request.merchant).order_by("name")
    return list(rows.values_list("id", "name")[:500])


def _words(told: Definition, spus: dict[int, str], bloggers: dict[int, str]) -> list[str]:
    """The definition in words, part by part."""
    said = [" / ".join(words.layer(layer) for layer in told.layers)]
    said.append(spus.get(told.spu, f"#{told.spu}") if told.spu else _("the whole brand"))
    if told.least_days:
        said.append(
            ngettext("for at least %(days)d day", "for at least %(days)d days", told.least_days)
            % {"days": told.least_days}
        )
    if told.most_days is not None:
        said.append(
            ngettext("for at most %(days)d day", "for at most %(days)d days", told.most_days)
            % {"days": told.most_days}
        )
    if told.blogger:
        said.append(_("carried in by %(name)s") % {"name": bloggers.get(told.blogger, f"#{told.blogger}")})
    if told.without:
        said.append(_("without %(layers)s") % {"layers": " / ".join(told.without)})
    return said
