"""The one door from a request to a merchant's rows.

``@merchant_required(permission)`` turns the merchant's code in the address into the merchant of the
transaction: a stranger gets 404 (as if there were nothing), a member without the right 403, and any other
method than the named ones 405.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import DatabaseError, models
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from merchants import onlookers, tenancy
from merchants.models import Membership, Merchant, SupportView, User
from merchants.roles import Permission

P = ParamSpec("P")
R = TypeVar("R", bound=models.Model)


READING = ("GET", "HEAD")


class Refusal(PermissionDenied):
    """Refused for another reason than the role: the page says ``title`` and ``text`` instead."""

    def __init__(self, title: str, text: str) -> None:
        super().__init__(title)
        self.title, self.text = title, text


class MerchantRequest(HttpRequest):
    """A request that has passed the door."""

    user: User
    merchant: Merchant
    membership: Membership
    permissions: frozenset[Permission]
    support_view: SupportView  # only where an operator looks on


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
    permission: Permission,
    *,
    methods: tuple[str, ...] = ("GET",),
    applying: bool = False,
    taking: bool = False,
) -> Callable[[View[P]], Callable[..., HttpResponseBase]]:
    """Wraps a view whose address holds ``merchant_code``; the view finds ``request.merchant``. A merchant
    that was not let in sees its application and nothing else: only views with ``applying`` open to it. One that
    is suspended or has left is read: other methods than GET reach only views with ``taking``, which take away."""

    def decorate(view: View[P]) -> Callable[..., HttpResponseBase]:
        allowed = allows(*methods)(view)

        @login_required
        @wraps(allowed)
        def gate(request: Any, merchant_code: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            membership = _membership(request, merchant_code) or onlookers.membership(request, merchant_code)
            if membership is None:
                raise Http404
            if membership.merchant.is_outside and not applying:
                return redirect("merchants:onboarding", merchant_code)
            request.merchant, request.membership = membership.merchant, membership
            request.permissions = membership.permissions - onlookers.withheld(request)
            if permission not in request.permissions:
                raise PermissionDenied(permission)
            if membership.merchant.is_closed and request.method not in READING and not taking:
                raise _closed(membership.merchant)
            tenancy.enter(membership.merchant)
            if request.session.get("merchant") != merchant_code:  # each write to it costs a statement
                request.session["merchant"] = merchant_code
            if getattr(request, "support_view", None):
                return _looked_at(allowed, request, *args, **kwargs)
            with tenancy.kept_to_stores(membership.stores):
                return allowed(request, *args, **kwargs)

        gate.permission = permission  # type: ignore[attr-defined]  # read by `manage.py routes`
        return gate

    return decorate


def _membership(request: Any, merchant_code: str) -> Membership | None:
    rows = Membership.objects.select_related("merchant")
    return rows.filter(user=request.user, merchant__code=merchant_code).first()


def _looked_at(
    view: Callable[..., HttpResponseBase], request: Any, *args: Any, **kwargs: Any
) -> HttpResponseBase:
    """The page for an operator who looks on: noted, then shown in a transaction that can write nothing."""
    refused = Refusal(
        _("You are looking on"),
        _("Nothing of this merchant can be changed here, and this would change something."),
    )
    if request.method not in READING:
        raise refused
    onlookers.opened(request)
    tenancy.forbid_writing()
    try:
        return view(request, *args, **kwargs)
    except DatabaseError as error:
        if tenancy.was_forbidden(error):
            raise refused from None
        raise


def _closed(merchant: Merchant) -> Refusal:
    return Refusal(
        _("Nothing can be changed now"),
        _("%(merchant)s is suspended or has left: %(reason)s. You can read and take away all of it.")
        % {"merchant": merchant.name, "reason": merchant.status_reason},
    )


def get_for_merchant_or_404(rows: type[R] | models.QuerySet[R], merchant: Merchant, **lookup: Any) -> R:
    """One row of this merchant, or 404 whether it is missing, of a store that the member is not to see, or
    somebody else's."""
    queryset: Any = rows._default_manager.all() if isinstance(rows, type) else rows
    try:
        if isinstance(queryset, tenancy.MerchantQuerySet):
            return cast(R, queryset.for_merchant(merchant).get(**lookup))
        return cast(R, queryset.filter(merchant=merchant).get(**lookup))
    except (ObjectDoesNotExist, ValueError):
        raise Http404 from None
