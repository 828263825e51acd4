"""Settings of a merchant: members, API tokens, legal bases of sources."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.forms import BasisForm, InviteForm, RoleForm, StoresForm, TokenForm
from merchants.models import ApiToken, Archive, Connection, Invite, Membership, Store
from merchants.operations import members, sources, tokens
from merchants.queries import webhooks
from merchants.roles import BY_CODE, OF_STORES, Permission
from merchants.signing_in import with_second_factor

ARCHIVES = 3  # latest files of everything on the page


@merchant_required(Permission.MANAGE_MEMBERS)
def page(request: MerchantRequest) -> HttpResponse:
    return render_page(request)


@merchant_required(Permission.MANAGE_MEMBERS, methods=("POST",))
def set_role(request: MerchantRequest, membership_id: int) -> HttpResponse:
    membership = get_for_merchant_or_404(Membership, request.merchant, pk=membership_id)
    form = RoleForm(request.POST)
    if form.is_valid():
        try:
            members.set_role(
                request.merchant, membership, role=form.cleaned_data["role"], by=f"user:{request.user.pk}"
            )
            messages.success(request, _("The role was changed."))
        except members.LastOwner:
            messages.error(request, _("A merchant needs an owner: make somebody else one first."))
    return redirect("merchants:settings", request.merchant.code)


@merchant_required(Permission.MANAGE_MEMBERS, methods=("POST",))
def set_stores(request: MerchantRequest, membership_id: int) -> HttpResponse:
    """Keeps a member to the chosen stores; none chosen: to none, so that all are seen."""
    membership = get_for_merchant_or_404(Membership, request.merchant, pk=membership_id)
    form = StoresForm(request.POST, merchant=request.merchant)
    try:
        if not form.is_valid():
            raise ValueError(form.errors)
        members.keep_to_stores(
            request.merchant, membership, stores=form.cleaned_data["stores"], by=f"user:{request.user.pk}"
        )
        messages.success(request, _("The stores were changed."))
    except ValueError:
        messages.error(request, _("Only agents and shop managers can be kept to stores of this merchant."))
    return redirect("merchants:settings", request.merchant.code)


@merchant_required(Permission.MANAGE_MEMBERS, methods=("POST",))
def remove_member(request: MerchantRequest, membership_id: int) -> HttpResponse:
    membership = get_for_merchant_or_404(Membership, request.merchant, pk=membership_id)
    try:
        members.remove(request.merchant, membership, by=f"user:{request.user.pk}")
        messages.success(request, _("The member was removed."))
    except members.LastOwner:
        messages.error(request, _("A merchant needs an owner: make somebody else one first."))
    if membership.user_id == request.user.pk:
        return redirect("portal:start")
    return redirect("merchants:settings", request.merchant.code)


@merchant_required(Permission.MANAGE_TOKENS, methods=("POST",))
@never_cache
def issue_token(request: MerchantRequest) -> HttpResponse:
    """Issues a token and shows its secret, this once."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return render_page(request, token_form=form)
    token, secret = tokens.issue(
        request.merchant,
        name=form.cleaned_data["name"],
        scopes=form.cleaned_data["scopes"],
        user=request.user,
    )
    return render_page(request, issued=token, secret=secret)


@merchant_required(Permission.MANAGE_TOKENS, methods=("POST",))
def revoke_token(request: MerchantRequest, token_id: int) -> HttpResponse:
    token = get_for_merchant_or_404(ApiToken, request.merchant, pk=token_id)
    tokens.revoke(request.merchant, token, by=f"user:{request.user.pk}")
    messages.success(request, _("The token is revoked; programs that use it are refused from now on."))
    return redirect("merchants:settings", request.merchant.code)


@merchant_required(Permission.SET_RULES, methods=("POST",))
def state_basis(request: MerchantRequest, connection_id: int) -> HttpResponse:
    connection = get_for_merchant_or_404(Connection, request.merchant, pk=connection_id)
    form = BasisForm(request.POST)
    if form.is_valid():
        sources.state_basis(
            request.merchant, connection, basis=form.cleaned_data["basis"], by=f"user:{request.user.pk}"
        )
        messages.success(request, _("The legal basis is recorded."))
    return redirect("measurement:data", request.merchant.code)


@merchant_required(Permission.MANAGE_TOKENS)
def quick_start(request: MerchantRequest) -> HttpResponse:
    """The first calls of a program, to copy; a test carries out each of them."""
    context = {
        "host": request.build_absolute_uri("/").rstrip("/"),
        "limit": settings.API_CALLS_A_MINUTE,
        "k": settings.PRIVACY_THRESHOLD,
    }
    return render(request, "merchants/quick_start.html", context)


def render_page(request: MerchantRequest, **more: Any) -> HttpResponse:
    """The page, with a form that was refused where ``more`` brings one (then 422)."""
    names = dict(Store.objects.for_merchant(request.merchant).order_by("name").values_list("pk", "name"))
    listed = list(Membership.objects.filter(merchant=request.merchant).select_related("user").order_by("pk"))
    in_two_steps = with_second_factor(membership.user_id for membership in listed)
    context = {
        "members": [
            {
                "membership": membership,
                "in_two_steps": membership.user_id in in_two_steps,
                "role": BY_CODE[membership.role].name if membership.role in BY_CODE else membership.role,
                "stores": [names[pk] for pk in membership.stores if pk in names],
                "kept": membership.role in OF_STORES and bool(names),
                "form": RoleForm(initial={"role": membership.role}, auto_id=f"role-{membership.pk}-%s"),
            }
            for membership in listed
        ],
        "tokens": ApiToken.objects.filter(merchant=request.merchant).order_by("revoked_at", "-pk"),
        "invites": [
            {"invite": invite, "role": BY_CODE[invite.role].name, "over": invite.expires_at <= timezone.now()}
            for invite in Invite.objects.for_merchant(request.merchant)
            .filter(accepted_at=None, revoked_at=None)
            .order_by("-sent_at")
        ],
        "archives": Archive.objects.for_merchant(request.merchant).order_by("-asked_at")[:ARCHIVES],
        "may_take_everything": Permission.EXPORT_EVERYTHING in request.permissions,
        "stores": list(names.items()),
        "invite_form": InviteForm(),
        "token_form": TokenForm(),
        "may_issue": Permission.MANAGE_TOKENS in request.permissions,
        "stopped": webhooks.stopped(request.merchant),
        **more,
    }
    wrong = any(form.errors for form in (context["invite_form"], context["token_form"]))
    return render(request, "merchants/settings.html", context, status=422 if wrong else 200)
