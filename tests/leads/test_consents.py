"""Clinic chats and minors: consent on record, short keeping without it, nothing exported by default."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from leads.channels.facts import Delivery
from leads.models import Consent, Consultation, InternalNote, Message
from leads.operations import consents, deliveries, replies, sources
from leads.queries import inbox, privacy
from merchants.models import AuditEvent, Merchant, RawDelivery
from merchants.operations import supervision
from tests.leads.desks import BY, DAY, HOUR, MINUTE, NOON, Desk

WORDS = {"how": "form", "wording": "2026-03", "by": BY}


@pytest.fixture
def desk(merchant: Merchant) -> Desk:
    return Desk(merchant)


@pytest.fixture
def clinic(merchant: Merchant) -> Merchant:
    supervision.set_sensitive(merchant, sensitive=True, by=BY)
    merchant.refresh_from_db()
    return merchant


def exported(merchant: Merchant) -> set[str]:
    rows = privacy.exportable(Message.objects.for_merchant(merchant))
    return {row.conversation.external_id for row in rows.select_related("conversation")}


def test_words_of_a_clinic_leave_it_only_with_a_consent_that_stands(clinic: Merchant, desk: Desk) -> None:
    session, other = desk.say("ann"), desk.say("ben")
    assert exported(clinic) == set()
    consents.give(clinic, session.conversation, **WORDS)
    assert exported(clinic) == {"with ann"}
    consents.revoke(clinic, session.conversation, how="call", by=BY)
    assert exported(clinic) == set()
    assert not privacy.stands(clinic, other.conversation)
    told = [(row.act, row.how, row.wording) for row in privacy.consents_of(clinic, session.conversation)]
    assert told == [("revoked", "call", "2026-03"), ("given", "form", "2026-03")]


def test_in_other_trades_only_minors_chats_need_it(merchant: Merchant, desk: Desk) -> None:
    session = desk.say("ann")
    desk.say("ben")
    assert exported(merchant) == {"with ann", "with ben"}
    consents.mark_minor(merchant, session.conversation, minor=True, by=BY)
    assert exported(merchant) == {"with ben"}
    with pytest.raises(consents.Refused, match="guardian"):
        consents.give(merchant, session.conversation, **WORDS)
    consents.give(merchant, session.conversation, how="guardian", wording="minors 1", by=BY)
    assert exported(merchant) == {"with ann", "with ben"}


def test_who_turns_out_to_be_a_minor_has_consented_to_nothing(clinic: Merchant, desk: Desk) -> None:
    thread = desk.say("ann").conversation
    consents.give(clinic, thread, **WORDS)
    consents.mark_minor(clinic, thread, minor=True, by=BY)
    assert not privacy.stands(clinic, thread)
    assert AuditEvent.objects.filter(act="leads.conversation.minor").count() == 1


@pytest.mark.parametrize(
    ("changed", "why"),
    [({"wording": " "}, "no_wording"), ({"stated_at": NOON + MINUTE, "now": NOON}, "future")],
)
def test_a_consent_says_to_what_and_when(
    clinic: Merchant, desk: Desk, changed: dict[str, Any], why: str
) -> None:
    with pytest.raises(consents.Refused, match=why):
        consents.give(clinic, desk.say("ann").conversation, **(WORDS | changed))
    with pytest.raises(consents.Refused, match="no_consent"):
        consents.revoke(clinic, desk.say("ann").conversation, how="call", by=BY)
    assert Consent.objects.count() == 0


def facts_of(session: Consultation) -> tuple[Any, ...]:
    names = (
        "state",
        "opened_at",
        "due_at",
        "first_human_reply_at",
        "calendar_seconds",
        "service_seconds",
        "result",
    )
    return tuple(getattr(session, name) for name in names)


def test_without_consent_words_go_and_the_clock_keeps_its_facts(
    clinic: Merchant, desk: Desk, settings: Any
) -> None:
    settings.SENSITIVE_DAYS = 30
    lin = desk.agent("lin")
    session, consented = desk.say("ann", "术后有点红肿"), desk.say("ben", "想做双眼皮")
    replies.reply(clinic, session, lin, text="请拍照给医生看看", by=BY, now=NOON + 2 * MINUTE)
    replies.note(clinic, session.conversation, text="红肿", by=BY, author_name="lin")
    InternalNote.objects.update(written_at=NOON)
    consents.give(clinic, consented.conversation, **WORDS)
    before = facts_of(desk.fresh(session))
    assert consents.forget(clinic, now=NOON + 30 * DAY) == 0
    assert consents.forget(clinic, now=NOON + 30 * DAY + HOUR) == 2
    assert consents.forget(clinic, now=NOON + 30 * DAY + HOUR) == 0
    assert InternalNote.objects.count() == 0
    assert [(line.words, line.author) for line in inbox.lines(clinic, session)] == [
        ("", "user"),
        ("", "agent"),
    ]
    assert [line.words for line in inbox.lines(clinic, consented)] == ["想做双眼皮"]
    assert {bytes(row.sealed) for row in Message.objects.filter(session=session)} == {b""}
    desk.say(
        "ann", "还在吗", at=NOON + 30 * DAY
    )  # another session: what is known of the first stays as it is
    assert facts_of(desk.fresh(session))[1:] == before[1:]
    [event] = AuditEvent.objects.filter(act="leads.words.deleted")
    assert (event.data["messages"], event.data["notes"]) == (2, 1)


def test_words_of_other_trades_are_not_touched(merchant: Merchant, desk: Desk) -> None:
    desk.say("ann")
    assert consents.forget(merchant, now=NOON + 4000 * DAY) == 0


@pytest.mark.parametrize(("sensitive", "days"), [(False, 90), (True, 30)])
def test_a_clinics_pushes_are_kept_no_longer_than_its_words(
    merchant: Merchant, settings: Any, sensitive: bool, days: int
) -> None:
    settings.DELIVERY_DAYS, settings.SENSITIVE_DAYS = 90, 30
    supervision.set_sensitive(merchant, sensitive=sensitive, by=BY)
    merchant.refresh_from_db()
    source = sources.open_source(merchant, channel="xiaohongshu_form", name="Page", by=BY)
    deliveries.receive(source, Delivery(b'{"data":{"leads_id":"1"}}'), now=NOON)
    assert RawDelivery.objects.get().expires_at == NOON + days * DAY


def test_a_consent_is_recorded_and_revoked_beside_the_chat(
    clinic: Merchant, desk: Desk, client: Client
) -> None:
    lin = desk.agent("lin")
    client.force_login(lin.user)
    client.cookies["django_language"] = "en"
    session = desk.say("ann", at=timezone.now() - timedelta(minutes=5))
    at = f"/m/glow/inbox/{session.pk}/"
    assert "words of this chat are deleted after 30 days" in client.get(at).content.decode()
    client.post(f"{at}consent/", {"act": "given", "how": "form", "wording": "2026-03"})
    told = client.get(at).content.decode()
    assert "A consent stands" in told
    assert "Signed form" in told
    client.post(f"{at}consent/", {"act": "revoked", "how": "chat"})
    assert "No consent stands" in client.get(at).content.decode()
    client.post(f"{at}minor/", {"minor": "1"})
    client.post(f"{at}consent/", {"act": "given", "how": "form", "wording": "2026-03"})
    refused = client.get(at).content.decode()
    assert "Of a minor only a guardian&#x27;s consent counts." in refused
    client.post(f"{at}consent/", {"act": "given", "how": "by telepathy", "wording": "1"})
    rows = Consent.objects.order_by("pk")
    assert [(row.act, row.recorded_by) for row in rows] == [
        ("given", f"user:{lin.user_id}"),
        ("revoked", f"user:{lin.user_id}"),
    ]
