"""Consent to keep what sensitive chats say, and the deletion of their words where there is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings

from leads.models import Consent, Conversation, InternalNote, Message
from leads.operations import signals
from leads.queries import privacy
from merchants import audit, tenancy
from merchants.models import Merchant

MOST = 1_000  # messages of one transaction
Act = Consent.Act


class Refused(ValueError):
    """The code of why: no_wording, future, no_consent (to revoke), guardian (a minor's is a guardian's)."""


def give(
    merchant: Merchant,
    thread: Conversation,
    *,
    how: str,
    wording: str,
    by: str,
    stated_at: datetime | None = None,
    now: datetime | None = None,
) -> Consent:
    """Records a consent: who recorded it, when it was stated, how, and to which version of the wording. Raises
    :class:`Refused`, and ``ValueError`` for an unknown way."""
    moment = now or datetime.now(UTC)
    if not wording.strip():
        raise Refused("no_wording")
    if stated_at is not None and stated_at > moment:
        raise Refused("future")
    with tenancy.acting_for(merchant):
        row = Conversation.objects.for_merchant(merchant).select_for_update().get(pk=thread.pk)
        if row.of_minor and how != Consent.How.GUARDIAN:
            raise Refused("guardian")
        return _write(merchant, row, Act.GIVEN, Consent.How(how), wording.strip(), stated_at or moment, by)


def revoke(
    merchant: Merchant, thread: Conversation, *, how: str, by: str, now: datetime | None = None
) -> Consent:
    """Takes a standing consent back: words of the chat are deleted as if there had been none."""
    with tenancy.acting_for(merchant):
        row = Conversation.objects.for_merchant(merchant).select_for_update().get(pk=thread.pk)
        told = privacy.consents_of(merchant, row)
        if not told or told[0].act != Act.GIVEN:
            raise Refused("no_consent")
        moment = now or datetime.now(UTC)
        return _write(merchant, row, Act.REVOKED, Consent.How(how), told[0].wording, moment, by)


def _write(
    merchant: Merchant, thread: Conversation, act: str, how: str, wording: str, stated_at: datetime, by: str
) -> Consent:
    made: Consent = Consent.objects.create(
        merchant=merchant,
        conversation=thread,
        act=act,
        how=how,
        wording=wording[:40],
        stated_at=stated_at,
        recorded_by=by,
    )
    signals.touched(thread)
    audit.record(merchant, f"leads.consent.{act}", by=by, on=made, conversation=thread.pk)
    return made


def mark_minor(merchant: Merchant, thread: Conversation, *, minor: bool, by: str) -> None:
    """Says whether the person is a minor. A consent that no guardian gave stands no more for one."""
    with tenancy.acting_for(merchant):
        row = Conversation.objects.for_merchant(merchant).select_for_update().get(pk=thread.pk)
        if row.of_minor == minor:
            return
        row.of_minor = minor
        row.save(update_fields=["of_minor"])
        told = privacy.consents_of(merchant, row)
        if minor and told and told[0].act == Act.GIVEN and told[0].how != Consent.How.GUARDIAN:
            _write(merchant, row, Act.REVOKED, told[0].how, told[0].wording, datetime.now(UTC), by)
        signals.touched(row)
        audit.record(merchant, "leads.conversation.minor", by=by, on=row, minor=minor)
        thread.refresh_from_db()


def forget(merchant: Merchant, *, now: datetime) -> int:
    """Deletes the words of sensitive chats without consent that are older than the setting says, and the notes
    of colleagues about them; who wrote when, and every clock, stay. How many messages."""
    before = now - timedelta(days=settings.SENSITIVE_DAYS)
    total, found = 0, MOST
    while found == MOST:
        with tenancy.acting_for(merchant):
            found = _blank(merchant, before, now)
        total += found
    return total


def _blank(merchant: Merchant, before: datetime, now: datetime) -> int:
    """Some of them, in one transaction with its entry in the trail."""
    said = Message.objects.for_merchant(merchant).filter(sent_at__lt=before, blanked_at=None)
    old = privacy.unconsented(said).order_by("pk").values_list("pk", flat=True)[:MOST]
    rows = Message.objects.for_merchant(merchant).filter(pk__in=list(old))
    count = int(rows.update(sealed=b"", blanked_at=now))
    written = InternalNote.objects.for_merchant(merchant).filter(written_at__lt=before)
    notes = list(privacy.unconsented(written).values_list("pk", flat=True))
    InternalNote.objects.for_merchant(merchant).filter(pk__in=notes).delete()
    if count or notes:
        told = {"messages": count, "notes": len(notes), "before": before.isoformat()}
        audit.record(merchant, "leads.words.deleted", by="system:purge", **told)
    return count
