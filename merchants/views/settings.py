"""Settings of a merchant: members, API tokens, legal bases of sources."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ResetPasswordForm
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.forms import BasisForm, MemberForm, RoleForm, TokenForm
from merchants.models import ApiToken, Connection, Membership
from merchants.operations import members, sources, tokens
from merchants.queries import webhooks
from merchants.roles import BY_CODE, Permission


@merchant_required(Permission.MANAGE_MEMBERS)
def page(request: MerchantRequest) -> HttpResponse:
    return _page(request)


@merchant_required(Permission.MANAGE_MEMBERS, methods=("POST",))
def add_member(request: MerchantRequest) -> HttpResponse:
    """Adds a person; one we do not know yet is invited by mail to choose a password."""
    form = MemberForm(request.POST)
    if not form.is_valid():
        return _page(request, member_form=form)
    try:
        membership, invited = members.invite(
            request.merchant,
            who=form.cleaned_data["who"],
            role=form.cleaned_data["role"],
            by=f"user:{request.user.pk}",
        )
    except members.Unknown:
        form.add_error("who", _("There is nobody by this name; give an e-mail address to invite somebody."))
        return _page(request, member_form=form)
    except ValueError:
        form.add_error("who", _("This person is a member already."))
        return _page(request, member_form=form)
    if invited:
        letter = ResetPasswordForm({"email": membership.user.email})
        if letter.is_valid():
            letter.save(request)
        messages.success(request, _("Invited; a letter to choose a password is on its way."))
    else:
        messages.success(request, _("Added as a member."))
    return redirect("merchants:settings", request.merchant.code)


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
        return _page(request, token_form=form)
    token, secret = tokens.issue(
        request.merchant,
        name=form.cleaned_data["name"],
        scopes=form.cleaned_data["scopes"],
        user=request.user,
    )
    return _page(request, issued=token, secret=secret)


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


def _page(request: MerchantRequest, **more: Any) -> HttpResponse:
    listed = Membership.objects.filter(merchant=request.merchant).select_related("user").order_by("pk")
    context = {
        "members": [
            {
                "membership": membership,
                "role": BY_CODE[membership.role].name if membership.role in BY_CODE else membership.role,
                "form": RoleForm(initial={"role": membership.role}, auto_id=f"role-{membership.pk}-%s"),
            }
            for membership in listed
        ],
        "tokens": ApiToken.objects.filter(merchant=request.merchant).order_by("revoked_at", "-pk"),
        "member_form": MemberForm(),
        "token_form": TokenForm(),
        "may_issue": Permission.MANAGE_TOKENS in request.permissions,
        "stopped": webhooks.stopped(request.merchant),
        **more,
    }
    wrong = any(form.errors for form in (context["member_form"], context["token_form"]))
    return render(request, "merchants/settings.html", context, status=422 if wrong else 200)
