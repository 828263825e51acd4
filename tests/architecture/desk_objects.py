"""What makes an object of a tenant's desk, by the name of the parameter that says which one is meant."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from leads.channels.facts import Delivery as Pushed
from leads.models import Agent, Alarm, BookingRule, Consultation, ContactPair, Reminder, Snippet, Source
from leads.operations import appointments, contacts, exports, lists, replies
from leads.operations import deliveries as lead_deliveries
from leads.operations import sources as lead_sources
from leads.queries.asked import Asked
from merchants import tenancy
from merchants.models import RawDelivery
from tests.leads.desks import Desk

if TYPE_CHECKING:
    from tests.architecture.tenants import Tenant


def _lead(tenant: Tenant) -> int:
    """A lead that left a phone, with a name of its own."""
    return Desk(tenant.merchant).lead_of(_asked(tenant)).pk


def _consultation(tenant: Tenant) -> int:
    return _asked(tenant).pk


def _asked(tenant: Tenant) -> Consultation:
    desk = Desk(tenant.merchant)
    desk.store.name = f"{tenant.word} street"
    with tenancy.acting_for(tenant.merchant):
        desk.store.save()
        who = f"{tenant.word} asks {Consultation.objects.count()}"
    session = desk.say(who, f"{tenant.word} question", at=timezone.now(), nickname=who)
    replies.take_contact(tenant.merchant, session, kind="phone", text="13812345678", by="system:test")
    return session


def _agent(tenant: Tenant) -> int:
    desk = Desk(tenant.merchant)
    with tenancy.acting_for(tenant.merchant):
        number = Agent.objects.count()
    return desk.agent(f"{tenant.word} agent {number}").pk


def _pair(tenant: Tenant) -> int:
    """Two contacts with one phone, not seen before."""
    with tenancy.acting_for(tenant.merchant):
        number = f"139{ContactPair.objects.count():08}"
    for _ in range(2):
        replies.take_contact(tenant.merchant, _asked(tenant), kind="phone", text=number, by="system:test")
    with tenancy.acting_for(tenant.merchant):
        return int(ContactPair.objects.order_by("-pk")[0].pk)


def _merge(tenant: Tenant) -> int:
    with tenancy.acting_for(tenant.merchant):
        pair = ContactPair.objects.select_related("first", "second").get(pk=_pair(tenant))
    row = contacts.merge(tenant.merchant, survivor=pair.first, absorbed=pair.second, by="system:test")
    return int(row.pk)


def _source(tenant: Tenant) -> int:
    return lead_sources.open_source(
        tenant.merchant, channel="xiaohongshu_form", name=f"{tenant.word} page", by="user:0"
    ).pk


def _push(tenant: Tenant) -> int:
    with tenancy.acting_for(tenant.merchant):
        source = Source.objects.get(pk=_source(tenant))
        told = {
            "data": {"leads_id": tenant.word, "data": [{"label": "姓名", "value": f"{tenant.word} asks"}]}
        }
        lead_deliveries.receive(source, Pushed(json.dumps(told).encode()), now=timezone.now())
        row = RawDelivery.objects.for_merchant(tenant.merchant).get(connection_id=source.connection_id)
    return int(row.pk)


def _appointment(tenant: Tenant) -> int:
    desk = Desk(tenant.merchant)
    lead = desk.lead_of(_asked(tenant))
    with tenancy.acting_for(tenant.merchant):
        BookingRule.objects.update_or_create(
            merchant=tenant.merchant, store=desk.store, service="", defaults={"capacity": 50}
        )
    starts_at = timezone.now() + timedelta(hours=30)
    return appointments.book(
        tenant.merchant, lead, store=desk.store, starts_at=starts_at, by="system:test"
    ).pk


def _reminder(tenant: Tenant) -> int:
    with tenancy.acting_for(tenant.merchant):
        row = Reminder.objects.create(
            merchant=tenant.merchant, appointment_id=_appointment(tenant), hours=24, due_at=timezone.now()
        )
    return int(row.pk)


def _export(tenant: Tenant) -> int:
    """A file of a list that its owner asked for, not written yet."""
    row = exports.ask(
        tenant.merchant,
        tenant.people["owner"],
        kind="leads",
        form="csv",
        asked=Asked(text=tenant.word),
        language="en",
    )
    return row.pk


def _alarm(tenant: Tenant) -> int:
    now = timezone.now()
    with tenancy.acting_for(tenant.merchant):
        row: Alarm = Alarm.objects.create(
            merchant=tenant.merchant,
            kind=Alarm.Kind.REVEALS_AN_HOUR,
            person=tenant.people["agent"],
            first_at=now,
            raised_at=now,
            count=30,
            below=25,
        )
    return row.pk


def _snippet(tenant: Tenant) -> int:
    with tenancy.acting_for(tenant.merchant):
        number = Snippet.objects.count()
    told = {"shortcut": f"{tenant.word}-{number}", "title": tenant.word, "text": tenant.word, "position": 0}
    return lists.put_snippet(tenant.merchant, None, by="system:test", **told).pk


def _stage(tenant: Tenant) -> int:
    told = {"label": tenant.word, "type": "ongoing", "position": 9}
    return lists.put_stage(tenant.merchant, None, by="system:test", **told).pk


def _reason(tenant: Tenant) -> int:
    told = {"label": tenant.word, "kind": "lost", "archived": False}
    return lists.put_reason(tenant.merchant, None, by="system:test", **told).pk


OBJECTS: dict[str, Callable[[Tenant], int]] = {
    "lead_id": _lead,
    "consultation_id": _consultation,
    "agent_id": _agent,
    "pair_id": _pair,
    "merge_id": _merge,
    "source_id": _source,
    "appointment_id": _appointment,
    "reminder_id": _reminder,
    "push_id": _push,
    "export_id": _export,
    "alarm_id": _alarm,
    "snippet_id": _snippet,
    "stage_id": _stage,
    "reason_id": _reason,
}
