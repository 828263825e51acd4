"""Contacts rest sealed, are found by any spelling, and are joined only by people, who can part them again."""

from __future__ import annotations

import pytest

from leads.models import Contact, ContactDetail, ContactPair
from leads.operations import contacts, replies
from merchants.models import AuditEvent, Merchant
from tests.leads.desks import BY, DAY, MINUTE, NOON, SECOND, Desk


@pytest.fixture
def desk(merchant: Merchant) -> Desk:
    return Desk(merchant)


def left(desk: Desk, who: str, phone: str, nickname: str = "") -> Contact:
    session = desk.say(who, nickname=nickname)
    assert replies.take_contact(desk.merchant, session, kind="phone", text=phone, by=BY, now=NOON + MINUTE)
    contact: Contact = desk.lead_of(session).contact
    return contact


def test_a_phone_is_sealed_masked_and_found_by_its_hash_in_any_spelling(
    desk: Desk, merchant: Merchant
) -> None:
    ann = left(desk, "ann", "+86 138-1234-5678")
    row = ContactDetail.objects.get()
    assert row.masked == "138****5678"
    assert b"5678" not in bytes(row.sealed)
    assert contacts.find(merchant, kind="phone", text="１３８ 1234 5678") == [ann.pk]
    assert contacts.find(merchant, kind="phone", text="13812345679") == []


def test_each_look_in_the_clear_is_in_the_trail_without_the_number(desk: Desk, merchant: Merchant) -> None:
    ann = left(desk, "ann", "13812345678")
    assert contacts.reveal(merchant, ContactDetail.objects.get(), by="user:7") == "13812345678"
    told = AuditEvent.objects.get(act="leads.contact.revealed")
    assert (told.actor, told.data) == ("user:7", {"contact": ann.pk})


def test_the_same_phone_suggests_and_never_joins(desk: Desk) -> None:
    ann, ben = left(desk, "ann", "13812345678"), left(desk, "ben", "138 1234 5678")
    pair = ContactPair.objects.get()
    assert (pair.first, pair.second, pair.why, pair.state) == (ann, ben, "detail", "suggested")
    assert Contact.objects.filter(merged_into=None).count() == 2


def test_a_merge_moves_everything_and_is_taken_back_whole(desk: Desk, merchant: Merchant) -> None:
    ann, ben = left(desk, "ann", "13812345678"), left(desk, "ben", "13812345678", nickname="Ben")
    merged = contacts.merge(merchant, survivor=ann, absorbed=ben, by=BY, now=NOON)
    assert ann.leads.count() == 2
    assert ann.consultations.count() == 2
    assert (ann.details.count(), ben.details.count()) == (1, 1)
    ann.refresh_from_db()
    assert ann.name == "Ben"
    assert desk.say("ben", at=NOON + MINUTE).conversation.contact == ann
    with pytest.raises(contacts.Refused, match="merged"):
        contacts.merge(merchant, survivor=ben, absorbed=ann, by=BY, now=NOON)
    contacts.unmerge(merchant, merged, by=BY, now=NOON + 30 * DAY)
    ann.refresh_from_db()
    ben.refresh_from_db()
    assert (ann.name, ben.merged_into) == ("", None)
    assert [one.leads.count() for one in (ann, ben)] == [1, 1]
    assert [one.identities.get().external_id for one in (ann, ben)] == ["ann", "ben"]
    assert ContactPair.objects.get().state == "apart"


def test_a_merge_cannot_be_taken_back_after_thirty_days_or_twice(desk: Desk, merchant: Merchant) -> None:
    ann, ben = left(desk, "ann", "13812345678"), left(desk, "ben", "13912345678")
    merged = contacts.merge(merchant, survivor=ann, absorbed=ben, by=BY, now=NOON)
    with pytest.raises(contacts.Refused, match="too_late"):
        contacts.unmerge(merchant, merged, by=BY, now=NOON + 30 * DAY + SECOND)
    contacts.unmerge(merchant, merged, by=BY, now=NOON + DAY)
    with pytest.raises(contacts.Refused, match="changed"):
        contacts.unmerge(merchant, merged, by=BY, now=NOON + DAY)


def test_who_was_said_not_to_be_the_same_is_not_suggested_again(desk: Desk, merchant: Merchant) -> None:
    left(desk, "ann", "13812345678")
    left(desk, "ben", "13812345678")
    contacts.keep_apart(merchant, ContactPair.objects.get(), by=BY)
    session = desk.say("ben", at=NOON + MINUTE)
    replies.take_contact(merchant, session, kind="wechat", text="ben_9", by=BY, now=NOON + MINUTE)
    assert ContactPair.objects.get().state == "apart"


def test_a_merge_that_a_later_one_builds_on_is_taken_back_after_it(desk: Desk, merchant: Merchant) -> None:
    ann, ben, cleo = (left(desk, who, f"1381234567{n}") for n, who in enumerate(("ann", "ben", "cleo")))
    first = contacts.merge(merchant, survivor=ann, absorbed=ben, by=BY, now=NOON)
    second = contacts.merge(merchant, survivor=cleo, absorbed=ann, by=BY, now=NOON + DAY)
    with pytest.raises(contacts.Refused, match="later"):
        contacts.unmerge(merchant, first, by=BY, now=NOON + DAY)
    assert cleo.leads.count() == 3
    for one in (second, first):
        contacts.unmerge(merchant, one, by=BY, now=NOON + 2 * DAY)
    assert [one.leads.count() for one in (ann, ben, cleo)] == [1, 1, 1]


def test_whoever_merges_chooses_name_and_city(desk: Desk, merchant: Merchant) -> None:
    ann, ben = left(desk, "ann", "13812345678", "Ann"), left(desk, "ben", "13812345678", "Ben")
    contacts.merge(merchant, survivor=ann, absorbed=ben, name="Ben", city="Sanya", by=BY)
    ann.refresh_from_db()
    assert (ann.name, ann.city) == ("Ben", "Sanya")
