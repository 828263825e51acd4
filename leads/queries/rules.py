"""The hours and policies that hold for a store now."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import F

from leads.clock.hours import Hours, read
from leads.models import Agent, ClockPolicy, Lead, ServiceSchedule, Source
from merchants.models import Merchant

V = TypeVar("V", ServiceSchedule, ClockPolicy)


def schedule_of(merchant: Merchant, store_id: int | None) -> ServiceSchedule | None:
    return _latest(ServiceSchedule, merchant, store_id)


def policy_of(merchant: Merchant, store_id: int | None) -> ClockPolicy | None:
    return _latest(ClockPolicy, merchant, store_id)


def _latest(kind: type[V], merchant: Merchant, store_id: int | None) -> V | None:
    """The store's own latest version, else the merchant's."""
    rows: Any = kind._default_manager.filter(merchant=merchant)
    own = rows.filter(store_id=store_id) if store_id else rows.none()
    found: V | None = (
        own.order_by("-version").first() or rows.filter(store=None).order_by(F("version").desc()).first()
    )
    return found


def services(merchant: Merchant) -> list[str]:
    """The services that the merchant tells apart: of its agents, its sources and its leads, by name."""
    named = {
        skill
        for skills in Agent.objects.for_merchant(merchant).values_list("skills", flat=True)
        for skill in skills
    }
    for model in (Source, Lead):
        named |= set(
            model.objects.for_merchant(merchant).exclude(skill="").values_list("skill", flat=True).distinct()
        )
    return sorted(named)


def hours_of(schedule: ServiceSchedule) -> Hours:
    return read(schedule.weekdays, schedule.exceptions, schedule.time_zone)
