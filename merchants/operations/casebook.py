"""What every act on a case does with its row: lock it, count its version, append what happened."""

from __future__ import annotations

from typing import Any

from merchants.models import Application, Merchant, ReviewEvent
from merchants.onboarding.cases import Refused
from merchants.operations import application_events


def locked(merchant: Merchant) -> Application:
    """The case, locked. Raises :class:`Refused` where there is none yet."""
    case: Application | None = Application.objects.for_merchant(merchant).select_for_update().first()
    if case is None:
        raise Refused("not_now")
    return case


REFUSAL = ("refusal", "refusal_note", "refused_first", "refused_second")


def forget_refusal(case: Application) -> None:
    """Clears a refusal of the whole case; who refused it stands in its events."""
    case.refusal = case.refusal_note = ""
    case.refused_first = case.refused_second = None


def changed(case: Application, *names: str) -> None:
    case.version += 1
    case.save(update_fields=[*names, "version"])


def note(case: Application, act: str, *, by: str, before: str = "", **more: Any) -> None:
    """Appends what happened, and tells the merchant's programs where the case moved. ``more``: fields of the
    event."""
    application_events.moved(case, before)
    ReviewEvent.objects.create(
        merchant_id=case.merchant_id,
        application=case,
        actor=by,
        act=act,
        before=before,
        after=case.state,
        version=case.version,
        **more,
    )
