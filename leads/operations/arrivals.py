"""Leads that a source states: forms, files, the API. The same again is the same; another content is history."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q

from leads import sealing
from leads.channels.facts import LeadFact
from leads.duplicates import reached
from leads.models import Contact, Conversation, Lead, LeadChange, StageMove
from leads.operations import contacts, feedback, first_contact, programs, sessions, setup, signals, stages
from merchants import tenancy
from merchants.models import Merchant, Store

BY = "system:arrival"
LONGEST = 128  # of an id


@dataclass(frozen=True, slots=True)
class Stated:
    """A lead as a source tells it. ``external_id`` is the source's own; ``details`` are (kind, text) with kind
    phone, wechat or email; ``answers`` the rest of a form as (label, value); ``origin`` what is known of how
    it came. ``stated_at`` says how new this is: an older statement never replaces a newer one."""

    source: str
    external_id: str
    submitted_at: datetime
    stated_at: datetime
    name: str = ""
    city: str = ""
    platform_user: str = ""
    details: Sequence[tuple[str, str]] = ()
    answers: Sequence[tuple[str, str]] = ()
    origin: Mapping[str, Any] = field(default_factory=dict)
    store: Store | None = None
    skill: str = ""


def id_of(merchant: Merchant, fact: LeadFact) -> str:
    """The source's id; where it gives none, a keyed hash of what makes the lead, because contacts are in it."""
    if fact.external_id:
        return fact.external_id[:LONGEST]
    return f"h-{sealing.fingerprint(merchant, 'lead', fact.key.encode())}"


def stated(
    fact: LeadFact,
    *,
    source: str,
    external_id: str,
    submitted_at: datetime,
    stated_at: datetime,
    store: Store | None,
    skill: str,
) -> Stated:
    """What a fact tells, under the id and the times that hold here. Ways to reach the person are taken out of the
    name and of every answer: they rest sealed, and what is left shows them masked."""
    told = [("", fact.name or ""), *((label, text or "") for label, text in fact.answers)]
    found, [(_, name), *answers] = reached.taken_out(told)
    return Stated(
        source=source,
        external_id=external_id,
        submitted_at=submitted_at,
        stated_at=stated_at,
        name=name,
        city=fact.city or "",
        platform_user=(fact.platform_user_id or "")[:LONGEST],
        details=tuple(dict.fromkeys((*_each(fact.details), *found))),
        answers=tuple(answers),
        origin=fact.origin,
        store=store,
        skill=skill,
    )


def _each(details: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """A cell of a file may hold several numbers."""
    for kind, text in details:
        several = reached.numbers(text) if kind == "phone" else []
        yield from ((kind, one) for one in (several if len(several) > 1 else [text]))


def take_lead(
    merchant: Merchant, stated: Stated, *, known: int | None = None, now: datetime | None = None
) -> tuple[Lead, bool]:
    """Takes in a lead; True when it is new, and then it waits for its first contact, if it was left lately. A
    lead of a platform user who is known is that contact's, and one
    whose conversation is already followed up is that lead. ``known``: the lead that an earlier statement of
    the same id came to."""
    with tenancy.acting_for(merchant):
        same = Q(pk=known) if known else Q(source=stated.source, external_id=stated.external_id)
        lead = _held(merchant, same)
        if lead is not None:
            _update(merchant, lead, stated)
            return lead, False
        setup.ensure(merchant)
        contact = _contact(merchant, stated)
        followed = Q(source=stated.source, contact=contact, ended_at=None, conversation__isnull=False)
        lead = _held(merchant, followed) if stated.platform_user else None
        if lead is not None:
            _update(merchant, lead, stated)
            return lead, False
        lead, made = Lead.objects.get_or_create(
            merchant=merchant,
            source=stated.source,
            external_id=stated.external_id,
            defaults={
                "contact": contact,
                "stage": stages.stage_of(merchant, "new"),
                "staged_at": stated.submitted_at,
                "began_at": stated.submitted_at,
                "store": stated.store,
                "skill": stated.skill,
                "origin": dict(stated.origin),
                **_traced(stated.origin),
                "answers": [list(pair) for pair in stated.answers],
                "content_hash": content_hash(merchant, stated),
                "stated_at": stated.stated_at,
                "content_at": stated.stated_at if _has_content(stated) else None,
            },
        )
        if not made:  # another worker was quicker
            _update(merchant, lead, stated)
            return lead, False
        begun = StageMove.objects.create(
            merchant=merchant, lead=lead, after=lead.stage, moved_at=stated.submitted_at, moved_by=BY
        )
        programs.tell(merchant, lead, begun)
        feedback.reached(merchant, lead, at=stated.submitted_at)
        if _reach(merchant, contact, stated.details):
            lead.left_at = stated.submitted_at
            lead.save(update_fields=["left_at"])
        contacts.compare_names(merchant, lead)
        first_contact.wait(merchant, lead, now=now or datetime.now(UTC))
    return lead, True


def _held(merchant: Merchant, which: Q) -> Lead | None:
    """The latest such lead, locked; its conversation before it, as whoever answers in that locks them."""
    rows = Lead.objects.for_merchant(merchant)
    found = rows.filter(which).order_by("-pk").values_list("pk", "conversation_id").first()
    if found is None:
        return None
    pk, thread_id = found
    if thread_id is not None:
        Conversation.objects.for_merchant(merchant).select_for_update().get(pk=thread_id)
    lead: Lead = rows.select_for_update(of=("self",)).select_related("contact", "conversation").get(pk=pk)
    return lead


def content_hash(merchant: Merchant, stated: Stated) -> str:
    """Of what a person filled in; the same whatever else is pushed along."""
    told = [stated.name, stated.city, sorted(stated.details), [list(pair) for pair in stated.answers]]
    return sealing.fingerprint(merchant, "content", json.dumps(told, ensure_ascii=False).encode())


def _has_content(stated: Stated) -> bool:
    return bool(stated.name or stated.details or stated.answers)


def _contact(merchant: Merchant, stated: Stated) -> Contact:
    if stated.platform_user:
        contact = contacts.of_platform_user(
            merchant, platform=stated.source, external_id=stated.platform_user, name=stated.name
        )
    else:
        contact = Contact.objects.create(merchant=merchant, name=stated.name[:80])
    if stated.city and not contact.city:
        contact.city = stated.city[:40]
        contact.save(update_fields=["city"])
    return contact


def _reach(merchant: Merchant, contact: Contact, details: Iterable[tuple[str, str]]) -> bool:
    kept = [contacts.put_detail(merchant, contact, kind=kind, text=text) for kind, text in details]
    return any(kept)


def _update(merchant: Merchant, lead: Lead, stated: Stated) -> None:
    """What changed becomes history. An older statement only adds what is not known yet, and a statement that
    leaves the form out says nothing about it."""
    older = lead.stated_at is not None and stated.stated_at < lead.stated_at
    origin = {name: value for name, value in stated.origin.items() if lead.origin.get(name) != value}
    if older:
        origin = {name: value for name, value in origin.items() if name not in lead.origin}
    before = {name: lead.origin.get(name) for name in origin}
    if origin:
        _change(merchant, lead, "origin", before, origin, stated)
        lead.origin = lead.origin | origin
        for name, value in _traced(lead.origin).items():
            setattr(lead, name, value)
    fuller = False
    if _has_content(stated) and (lead.content_at is None or stated.stated_at >= lead.content_at):
        fuller = lead.content_hash != content_hash(merchant, stated)
        if fuller:
            _take_content(merchant, lead, stated)
        lead.content_at = stated.stated_at
    lead.stated_at = max(lead.stated_at or stated.stated_at, stated.stated_at)
    lead.save()
    thread = lead.conversation
    if thread is not None and not sessions.learned(merchant, thread, lead.origin, instead=before) and fuller:
        signals.touched(thread)


def _take_content(merchant: Merchant, lead: Lead, stated: Stated) -> None:
    answers = [list(pair) for pair in stated.answers]
    left = _reach(merchant, lead.contact, stated.details)
    stood = reached.taken_out([("", lead.contact.name), *((label, text) for label, text in lead.answers)])[1]
    before = {"answers": [list(pair) for pair in stood[1:]], "name": stood[0][1]}
    after = {"answers": answers, "name": stated.name, "details": [kind for kind, _ in stated.details]}
    _change(merchant, lead, "content", before, after, stated)
    lead.answers, lead.content_hash = answers, content_hash(merchant, stated)
    if left and lead.left_at is None:
        lead.left_at = stated.submitted_at
    if stated.name and stated.name != lead.contact.name:
        lead.contact.name = stated.name[:80]
        lead.contact.save(update_fields=["name"])


def _change(
    merchant: Merchant, lead: Lead, kind: str, before: dict[str, Any], after: dict[str, Any], stated: Stated
) -> None:
    LeadChange.objects.create(
        merchant=merchant, lead=lead, kind=kind, before=before, after=after, stated_at=stated.stated_at
    )


def _traced(origin: Mapping[str, Any]) -> dict[str, str]:
    """The names that reports group by."""
    return {name: str(origin.get(name) or "")[:64] for name in ("note_id", "campaign_id")}
