"""Papers that run out, and what waits when they have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from merchants.models import Application, Merchant
from merchants.onboarding.requirements import Capability, Requirement
from merchants.onboarding.standing import last_day, reminder
from merchants.queries import onboarding


@dataclass(frozen=True, slots=True)
class Running:
    """A paper near its end or beyond it. ``left``: days, below zero after the last; ``remind``: the reminder that is
    due; ``waits``: capabilities that wait for it by now."""

    one: Requirement
    last_day: date
    left: int
    remind: int | None
    waits: tuple[Capability, ...]


def running_out(merchant: Merchant, today: date) -> list[Running]:
    """Papers of a merchant that is live from the first reminder on, the most urgent first."""
    case = onboarding.application_of(merchant)
    if case is None or merchant.status != Merchant.Status.ACTIVE:
        return []
    asked = onboarding.asked_of(case, today)
    answers = onboarding.answers_of(merchant)
    waits = onboarding.restricted(merchant, today)
    found = []
    for one in asked.requirements:
        last = last_day(one, answers[one.key]) if one.key in answers else None
        if one.expiry is None or last is None:
            continue
        left = (last - today).days
        if left <= max(one.expiry.remind_days):
            waiting = tuple(capability for capability, keys in waits.items() if one.key in keys)
            found.append(Running(one, last, left, reminder(one, answers[one.key], today), waiting))
    return sorted(found, key=lambda running: (running.left, running.one.key))


def merchants_with_cases() -> list[int]:
    """Merchants that came in by an application; read as the dispatcher, who sees nothing else of it."""
    with transaction.atomic(using="dispatch"):
        rows = Application.objects.using("dispatch").order_by("merchant_id")
        return list(rows.values_list("merchant_id", flat=True))
