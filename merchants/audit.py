"""The trail: declared acts, and the one function that writes them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from merchants.models import AuditEvent, Merchant

_ACTS: dict[str, Any] = {}


_LOOKS: set[str] = set()


def declare(acts: dict[str, Any], *, looks: Collection[str] = ()) -> None:
    """Declares acts with the sentence a person reads; ``looks`` are those by which somebody saw a person's data or
    papers, of which many may be worth a question. Twice the same act is a mistake."""
    _LOOKS.update(looks)
    for act, sentence in acts.items():
        if act in _ACTS and _ACTS[act] != sentence:
            raise ValueError(f"The act {act} is declared twice.")
        _ACTS[act] = sentence


def looks() -> list[str]:
    return sorted(_LOOKS)


def sentence_of(act: str) -> str:
    return str(_ACTS.get(act, act))


def record(merchant: Merchant | int, act: str, *, by: str, on: Any = None, **data: Any) -> None:
    """Appends one act to the merchant's trail, inside the caller's transaction.

    ``by`` is ``user:<id>``, ``token:<id>`` or ``system:<what>``; ``data`` holds plain values, never a
    contact or a secret. An undeclared act raises ``KeyError``.
    """
    event(merchant, act, by=by, on=on, **data).save()


def event(merchant: Merchant | int, act: str, *, by: str, on: Any = None, **data: Any) -> AuditEvent:
    """What :func:`record` appends, not yet appended."""
    _ACTS[act]
    return AuditEvent(
        merchant_id=merchant if isinstance(merchant, int) else merchant.pk,
        act=act,
        actor=by,
        object_kind=on._meta.model_name if on is not None else "",
        object_id=str(on.pk) if on is not None else "",
        data=data,
    )
