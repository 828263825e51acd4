"""What a desk begins with, and new versions of its hours and policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Max

from leads import pipeline
from leads.clock import hours
from leads.models import Agent, ClockPolicy, Reason, ServiceSchedule, Stage
from merchants import audit, tenancy
from merchants.models import Merchant, Store, User

BEGINNING = "system:beginning"
FIRST_HOURS = {str(day): [["09:00", "23:00"]] for day in range(7)}


def ensure(merchant: Merchant) -> None:
    """Gives a merchant the usual stages, reasons, hours (09:00 to 23:00 every day) and policy, once."""
    with tenancy.acting_for(merchant):
        if ClockPolicy.objects.for_merchant(merchant).filter(store=None).exists():
            return
        Stage.objects.bulk_create(
            [
                Stage(merchant=merchant, code=code, type=type_, colour=colour, position=position)
                for position, (code, type_, colour) in enumerate(pipeline.USUAL)
            ],
            ignore_conflicts=True,
        )
        kinds = [("lost", code) for code in pipeline.LOST_REASONS]
        kinds += [("invalid", code) for code in pipeline.INVALID_REASONS]
        Reason.objects.bulk_create(
            [Reason(merchant=merchant, kind=kind, code=code) for kind, code in kinds], ignore_conflicts=True
        )
        ServiceSchedule.objects.bulk_create(
            [ServiceSchedule(merchant=merchant, version=1, weekdays=FIRST_HOURS, recorded_by=BEGINNING)],
            ignore_conflicts=True,
        )
        ClockPolicy.objects.bulk_create(
            [ClockPolicy(merchant=merchant, version=1, recorded_by=BEGINNING)], ignore_conflicts=True
        )


def set_hours(
    merchant: Merchant,
    *,
    weekdays: Mapping[str, Sequence[Sequence[str]]],
    exceptions: Mapping[str, Sequence[Sequence[str]]] | None = None,
    store: Store | None = None,
    by: str,
) -> ServiceSchedule:
    """A new version of the hours; clocks that run keep theirs. Raises ``BadHours`` and writes nothing."""
    hours.read(weekdays, exceptions, merchant.time_zone)
    with tenancy.acting_for(merchant):
        ensure(merchant)
        row: ServiceSchedule = ServiceSchedule.objects.create(
            merchant=merchant,
            store=store,
            version=_next(ServiceSchedule, merchant, store),
            weekdays=dict(weekdays),
            exceptions=dict(exceptions or {}),
            time_zone=merchant.time_zone,
            recorded_by=by,
        )
        audit.record(merchant, "leads.hours.set", by=by, on=row, version=row.version)
    return row


def set_policy(
    merchant: Merchant,
    *,
    reply_seconds: int,
    warn_seconds: int = 60,
    return_seconds: int = 60,
    idle_hours: int = 24,
    lead_seconds: int = 1800,
    lead_hours: int = 24,
    store: Store | None = None,
    by: str,
) -> ClockPolicy:
    """A new version of the targets; clocks that run keep theirs."""
    if min(reply_seconds, return_seconds, idle_hours, lead_seconds) < 1:
        raise ValueError("Targets are longer than nothing.")
    with tenancy.acting_for(merchant):
        ensure(merchant)
        row: ClockPolicy = ClockPolicy.objects.create(
            merchant=merchant,
            store=store,
            version=_next(ClockPolicy, merchant, store),
            reply_seconds=reply_seconds,
            warn_seconds=warn_seconds,
            return_seconds=return_seconds,
            idle_hours=idle_hours,
            lead_seconds=lead_seconds,
            lead_hours=lead_hours,
            recorded_by=by,
        )
        audit.record(merchant, "leads.policy.set", by=by, on=row, reply_seconds=reply_seconds)
    return row


def set_agent(merchant: Merchant, *, user: User, name: str, by: str, **fields: Any) -> Agent:
    """Makes a member an agent, or changes one: ``stores``, ``skills``, ``shifts`` (hours of weekdays),
    ``capacity``, ``presence``, ``leads_shift``. Raises ``BadHours`` for shifts that make no sense."""
    hours.read(fields.get("shifts") or {})
    with tenancy.acting_for(merchant):
        row, _ = Agent.objects.update_or_create(
            merchant=merchant, user=user, defaults={"name": name, "left_at": None, **fields}
        )
        audit.record(merchant, "leads.agent.set", by=by, on=row, user=user.pk)
    agent: Agent = row
    return agent


def set_presence(merchant: Merchant, agent: Agent, *, presence: str, by: str) -> None:
    """Who is online is given consultations. Raises ``ValueError`` for an unknown presence."""
    with tenancy.acting_for(merchant):
        row = Agent.objects.for_merchant(merchant).get(pk=agent.pk)
        row.presence = Agent.Presence(presence)
        row.save(update_fields=["presence"])
        audit.record(merchant, "leads.agent.set", by=by, on=row, presence=presence)


def set_morning_letter(merchant: Merchant, agent: Agent, *, wanted: bool, by: str) -> None:
    """Whether the agent is written to each morning on which something waits."""
    with tenancy.acting_for(merchant):
        row = Agent.objects.for_merchant(merchant).get(pk=agent.pk)
        row.morning_letter = wanted
        row.save(update_fields=["morning_letter"])
        audit.record(merchant, "leads.agent.set", by=by, on=row, morning_letter=wanted)


def _next(kind: Any, merchant: Merchant, store: Store | None) -> int:
    latest = kind.objects.for_merchant(merchant).filter(store=store).aggregate(latest=Max("version"))
    return int(latest["latest"] or 0) + 1
