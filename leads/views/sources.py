"""Sources of leads: their addresses, what came through them, what did not, and reading it again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache

from leads.arrival_words import CHANNELS, WAYS, WITHOUT, why
from leads.channels import PULLED, REPORTED, access, sending
from leads.forms import AccessForm
from leads.models import Source
from leads.operations import deliveries, pulling, sources
from leads.queries import arrival
from leads.source_forms import PlaceForm, TokenForm
from leads.words import NOT_OUT, not_out
from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.models import RawDelivery
from merchants.roles import Permission

PAGE = 50
GAPS = 100
TONES = {"received": "neutral", "applied": "accent", "refused": "warning", "failed": "danger"}


class SourceForm(forms.Form):
    """A new source. What is secret is typed once and shown never again."""

    channel = forms.ChoiceField(label=gettext_lazy("Source"), choices=list(CHANNELS.items()))
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    token = forms.CharField(
        label=gettext_lazy("Token or secret"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("What the source signs with. Without one nothing is verified."),
    )
    key_hex = forms.RegexField(
        r"\A[0-9a-fA-F]{32}\Z",
        label=gettext_lazy("Key of private messages"),
        required=False,
        help_text=gettext_lazy("32 hexadecimal digits."),
    )
    verify_token = forms.CharField(label=gettext_lazy("Verify token"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        needed = {"xiaohongshu_im": "key_hex", "meta": "token", "own": "token"}.get(told.get("channel", ""))
        if needed and not told.get(needed) and not self.has_error(needed):
            self.add_error(needed, _("This source needs it."))
        return told


@merchant_required(Permission.RUN_DESK)
def page(request: MerchantRequest) -> HttpResponse:
    return _page(request, SourceForm())


@merchant_required(Permission.RUN_DESK, methods=("POST",))
def open_source(request: MerchantRequest) -> HttpResponse:
    form = SourceForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    told = form.cleaned_data
    row = sources.open_source(
        request.merchant,
        channel=told["channel"],
        name=told["name"],
        tokens=(told["token"],) if told["token"] else (),
        key_hex=told["key_hex"],
        verify_token=told["verify_token"],
        by=f"user:{request.user.pk}",
    )
    return redirect("lead_sources:source", request.merchant.code, row.pk)


@merchant_required(Permission.RUN_DESK, methods=("POST",))
def switch(request: MerchantRequest, source_id: int) -> HttpResponse:
    row = get_for_merchant_or_404(Source, request.merchant, pk=source_id)
    sources.switch(request.merchant, row, active=not row.active, by=f"user:{request.user.pk}")
    return redirect("lead_sources:source", request.merchant.code, row.pk)


@merchant_required(Permission.RUN_DESK, methods=("POST",))
def change(request: MerchantRequest, source_id: int) -> HttpResponse:
    """Where the source's leads belong from now on, and what the labels of its forms mean."""
    row = _source(request, source_id)
    form = PlaceForm(request.POST, merchant=request.merchant, source=row)
    if not form.is_valid():
        return _detail(request, row, place_form=form, status=422)
    sources.place(request.merchant, row, by=f"user:{request.user.pk}", **form.cleaned_data)
    messages.success(request, _("It holds for leads that come from now on."))
    return redirect("lead_sources:source", request.merchant.code, source_id)


@merchant_required(Permission.RUN_DESK, methods=("POST",))
def replace_token(request: MerchantRequest, source_id: int) -> HttpResponse:
    """A new token beside the last one."""
    row = _source(request, source_id)
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _detail(request, row, token_form=form, status=422)
    token = form.cleaned_data["token"]
    sources.replace_token(request.merchant, row, token=token, by=f"user:{request.user.pk}")
    messages.success(request, _("What is signed with the new one or with the last one is taken."))
    return redirect("lead_sources:source", request.merchant.code, source_id)


@merchant_required(Permission.RUN_DESK)
def detail(request: MerchantRequest, source_id: int) -> HttpResponse:
    """One source: what came of late, dead letters among it, and the gap report."""
    return _detail(request, _source(request, source_id))


@merchant_required(Permission.RUN_DESK, methods=("POST",))
def give(request: MerchantRequest, source_id: int) -> HttpResponse:
    """Takes what we are to speak to the source with."""
    row = _source(request, source_id)
    form = AccessForm(request.POST, channel=row.channel, stands=sources.typed(row))
    if form.is_valid():
        try:
            by = f"user:{request.user.pk}"
            sources.give(request.merchant, row, given=form.given(), by=by)
            messages.success(request, _("Kept, encrypted. What waited for it is tried now."))
            _read_again(request, row, by=by)
            return redirect("lead_sources:source", request.merchant.code, source_id)
        except ValueError as refused:
            form.add_error(str(refused), str(NOT_OUT["address"]))
    return _detail(request, row, access_form=form, status=422)


def _read_again(request: MerchantRequest, row: Source, *, by: str) -> None:
    """What the former key did not open is read with the present one."""
    opened = deliveries.again_with_key(request.merchant, _source(request, row.pk), by=by)
    if opened:
        told = ngettext(
            "%(count)s delivery opens now and is read.", "%(count)s deliveries open now and are read.", opened
        )
        messages.success(request, told % {"count": opened})


def _source(request: MerchantRequest, source_id: int) -> Source:
    return get_for_merchant_or_404(
        Source.objects.select_related("connection", "store"), request.merchant, pk=source_id
    )


def _detail(request: MerchantRequest, row: Source, status: int = 200, **wrong: forms.Form) -> HttpResponse:
    """``wrong`` are forms that were not taken, by their name on the page."""
    stands = sources.typed(row)
    gaps = list(arrival.gaps(request.merchant, row)[:GAPS])
    rows, state = arrival.deliveries(request.merchant, row), request.GET.get("state", "")
    if state in RawDelivery.State.values:
        rows = rows.filter(state=state)
    shown = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "source": _told(row),
        "page": shown,
        "pushes": [_push(one) for one in shown],
        "state": state,
        "choices": [("", _("all")), *((value, str(name)) for value, name in RawDelivery.State.choices)],
        "only_pulled": row.channel in PULLED,
        "compared": row.channel in REPORTED and not gaps,
        "gaps": gaps,
        "fetching": arrival.contents_to_fetch(request.merchant, row, most=pulling.FETCHES),
        "lost": arrival.contents_lost(request.merchant, row, most=pulling.FETCHES),
        "asking_error": not_out(row.pull_error),
        "binding": _binding(row, stands),
        "access_form": AccessForm(channel=row.channel, stands=stands),
        "place_form": PlaceForm(merchant=request.merchant, source=row),
        "token_form": TokenForm(),
        "unbound": _unbound(row),
        "ways": _ways(row, stands),
        **wrong,
    }
    return render(request, "leads/source.html", context, status=status)


def _binding(row: Source, stands: Mapping[str, str]) -> str:
    """Where the merchant lets the platform deliver an account's messages to us; empty without an app."""
    if row.channel not in sending.SENDERS or not stands.get("app_id"):
        return ""
    return sending.BINDING.format(app_id=quote(stands["app_id"]), token=row.connection.shop)


def _unbound(row: Source) -> list[dict[str, Any]]:
    """The accounts that let us answer for them no more, by name where one was told."""
    return [
        {"name": told["name"] or account, "at": datetime.fromisoformat(told["at"])}
        for account, told in sorted(row.accounts.items())
        if not told["bound"]
    ]


def _ways(row: Source, stands: Mapping[str, str]) -> list[dict[str, Any]]:
    """What the source can be asked or told, and whether it was given what that takes."""
    return [
        {"name": WAYS[name], "without": WITHOUT[name], "works": access.has(stands, *needed)}
        for name, needed in access.WAYS.get(row.channel, {}).items()
    ]


@never_cache
@merchant_required(Permission.REVEAL_CONTACT)
def push(request: MerchantRequest, push_id: int) -> HttpResponse:
    """One delivery with the exact text that was signed."""
    row, source = _row(request, push_id)
    text = deliveries.look(request.merchant, source, row, by=f"user:{request.user.pk}")
    context = {
        "source": _told(source),
        "push": _push(row),
        "signed": text.decode("utf-8", "backslashreplace"),
        "digest": row.content_hash,
    }
    return render(request, "leads/push.html", context)


@merchant_required(Permission.RUN_DESK, methods=("POST",))
def again(request: MerchantRequest, push_id: int) -> HttpResponse:
    row, source = _row(request, push_id)
    try:
        deliveries.again(request.merchant, row, by=f"user:{request.user.pk}")
        messages.success(request, _("The delivery is being read once more."))
    except ValueError as refused:
        kept = _("Its content was not kept.") if str(refused) == "not_kept" else why(str(refused))
        messages.warning(request, kept)
    return redirect("lead_sources:source", request.merchant.code, source.pk)


def _row(request: MerchantRequest, push_id: int) -> tuple[RawDelivery, Source]:
    row = get_for_merchant_or_404(RawDelivery, request.merchant, pk=push_id, kind=RawDelivery.LEAD)
    source = Source.objects.for_merchant(request.merchant).select_related("connection")
    found = source.filter(connection_id=row.connection_id).first()
    if found is None:
        raise Http404
    return row, found


def _page(request: MerchantRequest, form: SourceForm) -> HttpResponse:
    rows = [_told(row) for row in arrival.sources(request.merchant)]
    return render(request, "leads/sources.html", {"sources": rows, "form": form})


def _told(row: Source) -> dict[str, Any]:
    return {
        "row": row,
        "channel": CHANNELS.get(row.channel, row.channel),
        "address": settings.SITE_URL + reverse("arrival:arrive", args=[row.address]),
    }


def _push(row: RawDelivery) -> dict[str, Any]:
    return {
        "row": row,
        "state": row.get_state_display(),
        "tone": TONES[row.state],
        "why": why(row.error),
        "again": bool(row.body) and row.state != RawDelivery.State.RECEIVED,
    }
