"""Every act of an operator has a reason and stands in two places: the merchant's own trail, and the list of acts, which
outlives the merchant."""

from __future__ import annotations

from typing import Any

from merchants import audit
from merchants.models import Merchant, OperatorAct


class NoReason(ValueError):
    """An operator acts about a merchant without saying why."""


class NotNow(ValueError):
    """The merchant is not in a state in which this can be done."""


def checked(reason: str) -> str:
    """The reason as it is kept. Raises :class:`NoReason` for an empty one."""
    said = reason.strip()[:300]
    if not said:
        raise NoReason
    return said


def note(merchant: Merchant, act: str, *, reason: str, by: str, on: Any = None, **data: Any) -> None:
    """Notes one act in both places, inside the caller's transaction, which acts for the merchant."""
    audit.record(merchant, act, by=by, on=on or merchant, reason=reason, **data)
    OperatorAct.objects.create(
        actor=by,
        act=act,
        merchant_code=merchant.code,
        merchant_name=merchant.name,
        reason=reason,
        data=data,
    )
