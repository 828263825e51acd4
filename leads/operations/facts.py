"""Facts of a source become leads and messages: once each, whatever comes again or in another order."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from leads.channels.facts import AccountFact, LeadFact, MessageFact, Told
from leads.models import Conversation, Lead, Sighting, Source
from leads.operations import arrivals, sessions
from merchants import tenancy
from merchants.background import wake
from merchants.models import Merchant

AHEAD = timedelta(minutes=5)  # a source's clock may run this much before ours


def take(merchant: Merchant, source: Source, said: Told, *, received_at: datetime, pushed: bool) -> list[str]:
    """Takes in everything that was said; codes of what was odd about it. Tests of a console make nobody a
    customer. Leads come in the order of their keys, so that two workers never wait for each other."""
    problems = list(said.problems)
    with tenancy.acting_for(merchant):
        for fact in sorted(said.leads, key=lambda one: one.key):
            if fact.is_test:
                problems.append("test")
                if not pushed:  # its contents are known, and need not be fetched again
                    named = Sighting.objects.for_merchant(merchant).filter(source=source, contents_at=None)
                    named.filter(external_id=arrivals.id_of(merchant, fact)).update(contents_at=received_at)
                continue
            problems += _lead(
                merchant, source, fact, received_at, pushed=pushed, named=fact.key in said.fetch
            )
        for message in sorted(said.messages, key=lambda one: one.message_id):
            problems += _message(merchant, source, message, received_at)
        for account in said.accounts:
            _account(merchant, source, account, received_at)
    return problems


def _lead(
    merchant: Merchant, source: Source, fact: LeadFact, received_at: datetime, *, pushed: bool, named: bool
) -> list[str]:
    """One lead; ``named`` is one whose contents are to be fetched. What was stated once stays with the lead it
    came to, also when that was a conversation's."""
    key = arrivals.id_of(merchant, fact)
    _alone(merchant, source.pk, key)
    if fact.platform_user_id:
        _alone(merchant, source.pk, f"user:{fact.platform_user_id}")
    sighted = Sighting.objects.for_merchant(merchant).filter(source=source, external_id=key).first()
    submitted_at, ahead = _sane(fact.submitted_at, received_at)
    stated_at, _ = _sane(fact.stated_at, received_at)
    lead, _ = arrivals.take_lead(
        merchant,
        arrivals.stated(
            fact,
            source=source.channel,
            external_id=key,
            submitted_at=submitted_at,
            stated_at=stated_at,
            store=source.store,
            skill=source.skill,
        ),
        known=sighted.lead_id if sighted else None,
    )
    sighted = sighted or Sighting(merchant=merchant, source=source, external_id=key)
    _sight(sighted, lead, received_at, pushed=pushed, named=named)
    return ["future_time"] if ahead else []


def _message(merchant: Merchant, source: Source, fact: MessageFact, received_at: datetime) -> list[str]:
    if fact.user_id is None:
        return ["no_user"]
    sent_at, ahead = _sane(fact.sent_at, received_at)
    thread = f"{fact.brand_id or ''}:{fact.user_id}"[: arrivals.LONGEST]
    _alone(merchant, source.pk, thread)
    _alone(merchant, source.pk, f"user:{fact.user_id}")
    message = sessions.take_message(
        merchant,
        source=source.channel,
        conversation=thread,
        message_id=fact.message_id[: arrivals.LONGEST],
        platform_user=fact.user_id[: arrivals.LONGEST],
        text=fact.text,
        sent_at=sent_at,
        received_at=received_at,
        author=fact.author,
        kind=fact.type[:20],
        nickname=(fact.nickname or "") if fact.from_user else "",
        origin=dict(fact.origin),
        store=source.store,
        skill=source.skill,
        by=f"system:{source.channel}",
    )
    Conversation.objects.for_merchant(merchant).filter(pk=message.conversation_id, came_by=None).update(
        came_by=source
    )
    return ["future_time"] if ahead else []


def _account(merchant: Merchant, source: Source, fact: AccountFact, received_at: datetime) -> None:
    """The latest statement about an account holds."""
    row = Source.objects.for_merchant(merchant).select_for_update().get(pk=source.pk)
    known = row.accounts.get(fact.user_id)
    if known and datetime.fromisoformat(known["at"]) > received_at:
        return
    name = fact.name or (known or {}).get("name", "")
    row.accounts[fact.user_id] = {"bound": fact.bound, "at": received_at.isoformat(), "name": name}
    row.save(update_fields=["accounts"])


def _sane(told: datetime | None, received_at: datetime) -> tuple[datetime, bool]:
    """A time that was told; ours where it is unknown or lies ahead of us."""
    if told is None:
        return received_at, False
    return (received_at, True) if told > received_at + AHEAD else (told, False)


def _sight(row: Sighting, lead: Lead, at: datetime, *, pushed: bool, named: bool) -> None:
    """Dates what of a lead is seen for the first time; a repeat writes nothing. Nobody else has the row: see
    :func:`_alone`."""
    seen = {
        "lead_id": lead.pk,
        "pushed_at": row.pushed_at or (at if pushed else None),
        "pulled_at": row.pulled_at or (None if pushed else at),
        "contents_at": row.contents_at or (None if named else at),
    }
    new = {name: value for name, value in seen.items() if getattr(row, name) != value}
    for name, value in new.items():
        setattr(row, name, value)
    if new:
        row.save(update_fields=None if row.pk is None else list(new))
    if row.contents_at is None:
        asked = Source.objects.for_merchant(row.merchant_id).filter(
            pk=row.source_id, pull_at__gt=at, pull_failures=0
        )
        asked.update(pull_at=at)
        wake("leads.pull", merchant_id=row.merchant_id, source_id=row.source_id)


def _alone(merchant: Merchant, source_id: int, key: str) -> None:
    """Two workers with statements about one lead or conversation take turns until they commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 4))", [f"lead:{merchant.pk}:{source_id}:{key}"]
        )
