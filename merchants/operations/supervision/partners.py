"""A partner is paused for all merchants at once: a platform that leaks, loses or charges twice is asked and told
nothing until it is resumed. What it pushes is still taken in."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from merchants.models import OperatorAct, PausedPartner
from merchants.operations.supervision.noting import NotNow, checked

OPERATOR = "operator"
_KNOWN: dict[str, Any] = {}


def declare(partners: dict[str, Any]) -> None:
    """Names the partners that are spoken to. Who speaks asks :func:`is_paused` before each call."""
    _KNOWN.update(partners)


def known() -> dict[str, str]:
    return {code: str(name) for code, name in _KNOWN.items()}


def is_paused(partner: str) -> bool:
    return PausedPartner.objects.filter(partner=partner).exists()


def pause(partner: str, *, reason: str, by: str) -> None:
    """Raises ``NoReason``, ``KeyError`` for an unknown partner, and ``NotNow`` for one that is paused."""
    said, _ = checked(reason), _KNOWN[partner]
    with transaction.atomic(using=OPERATOR):
        _, made = PausedPartner.objects.using(OPERATOR).get_or_create(
            partner=partner, defaults={"reason": said, "paused_by": by}
        )
        if not made:
            raise NotNow
        _note("merchants.partner.paused", partner, said, by)


def resume(partner: str, *, reason: str, by: str) -> None:
    """Raises ``NoReason``, and ``NotNow`` for one that is not paused."""
    said = checked(reason)
    with transaction.atomic(using=OPERATOR):
        gone, _ = PausedPartner.objects.using(OPERATOR).filter(partner=partner).delete()
        if not gone:
            raise NotNow
        _note("merchants.partner.resumed", partner, said, by)


def _note(act: str, partner: str, reason: str, by: str) -> None:
    OperatorAct.objects.using(OPERATOR).create(act=act, actor=by, reason=reason, data={"partner": partner})
