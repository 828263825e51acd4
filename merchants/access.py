"""The one door from a request to a merchant's rows.

``@merchant_required(permission)`` turns the merchant's code in the address into the merchant of the
transaction: a stranger gets 404 (as if there were nothing), a member without the right 403, and any other
method than the named ones 405.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect

from merchants import tenancy
from merchants.models import Membership, Merchant, User
from merchants.roles import Permission, permissions_of

P = ParamSpec("P")
R = TypeVar("R", bound=models.Model)


class MerchantRequest(HttpRequest):
    """A request that has passed the door."""

    user: User
    merchant: Merchant
    membership: Membership
    permissions: frozenset[Permission]


View = Callable[Concatenate[Any, P], HttpResponseBase]


def allows(*methods: str) -> Callable[[View[P]], View[P]]:
    """Answers other methods with 405; HEAD goes where GET goes. `manage.py routes` reads ``methods``."""
    allowed = (*methods, "HEAD") if "GET" in methods else methods

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def gate(request: Any, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            return view(request, *args, **kwargs)

        gate.methods = allowed  # type: ignore[attr-defined]
        return gate

    return decorate


def merchant_required(
    permission: Permission, *, methods: tuple[str, ...] = ("GET",), applying: bool = False
) -> Callable[[View[P]], Callable[..., HttpResponseBase]]:
    """Wraps a view whose address holds ``merchant_code``; the view finds ``request.merchant``. A merchant
    that is on its way in sees its application and nothing else: only views with ``applying`` open to it."""

    def decorate(view: View[P]) -> Callable[..., HttpResponseBase]:
        allowed = allows(*methods)(view)

        @login_required
        @wraps(allowed)
        def gate(request: Any, merchant_code: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            membership = (
                Membership.objects.select_related("merchant")
                .filter(user=request.user, merchant__code=merchant_code)
                .first()
            )
            if membership is None:
                raise Http404
            if membership.merchant.status == Merchant.Status.APPLYING and not applying:
                return redirect("merchants:onboarding", merchant_code)
            request.merchant, request.membership = membership.merchant, membership
            request.permissions = permissions_of(membership.role)
            if permission not in request.permissions:
                raise PermissionDenied(permission)
            tenancy.enter(membership.merchant)
            if request.session.get("merchant") != merchant_code:  # each write to it costs a statement
                request.session["merchant"] = merchant_code
            return allowed(request, *args, **kwargs)

        gate.permission = permission  # type: ignore[attr-defined]  # read by `manage.py routes`
        return gate

    return decorate


def get_for_merchant_or_404(rows: type[R] | models.QuerySet[R], merchant: Merchant, **lookup: Any) -> R:
    """One row of this merchant, or 404 whether it is missing or somebody else's."""
    queryset = rows._default_manager.all() if isinstance(rows, type) else rows
    try:
        return queryset.filter(merchant=merchant).get(**lookup)
    except (ObjectDoesNotExist, ValueError):
        raise Http404 from None
