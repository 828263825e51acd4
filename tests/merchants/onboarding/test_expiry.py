"""Papers that run out: letters once each, a renewal while the old one holds, and what waits after it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from leads.models import Consultation
from leads.operations import assignment
from merchants import expiry_letters, tenancy
from merchants.models import (
    Application,
    ApplicationItem,
    AuditEvent,
    ExpiryLetter,
    Merchant,
    ReviewEvent,
    User,
)
from merchants.onboarding.cases import Refused
from merchants.onboarding.requirements import Capability
from merchants.operations import applications, expiry, papers, reviews
from merchants.operations.applications import Blocked
from merchants.queries import expiry as reading
from merchants.queries import onboarding
from tests.leads.desks import Desk
from tests.merchants.documents.papers import picture
from tests.merchants.onboarding.doors import CLINIC, Door, reviewer

pytestmark = pytest.mark.django_db(databases=["default", "dispatch"])
TODAY = datetime.now(UTC).date()
CLINIC_ANSWERS = {
    "medical_licence": {"institution": "Clear Skin", "registration_number": "1"},
    "trade_advertising": {"document_number": "2", "valid_until": "2099-01-01"},
    "business_licence": {"uscc": "91310000MA1FL70B67", "legal_name": "x", "valid_until": "permanent"},
    "stamped_letter": {"operator_name": "x"},
    "account_name": {"account_name": "x", "trademark_number": "1"},
    "contact": {"phone": "021-5555 0100"},
    "account_fee": {},
    "medical_deposit": {},
}


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, settings: Any) -> None:
    settings.STATE = tmp_path


def clinic(last: date) -> Door:
    """A clinic that was let in, whose medical licence holds until that day. Its papers lie in no file: what is told
    here of them are their dates."""
    door = Door.opened(CLINIC)
    with tenancy.acting_for(door.merchant):
        case = door.case
        for key, values in CLINIC_ANSWERS.items():
            until = {"valid_until": last.isoformat()} if key == "medical_licence" else {}
            ApplicationItem.objects.create(
                merchant=door.merchant, application=case, key=key, state="accepted", values=values | until,
                submitter=door.user, first_reviewer=judge("one"), second_reviewer=judge("two"),
            )  # fmt: skip
        ReviewEvent.objects.create(
            merchant=door.merchant, application=case, actor="user:0", act="accept", before="in_review",
            after="approved", version=2,
        )  # fmt: skip
        Application.objects.update(state="approved", round=1, version=2)
    door.merchant.status = Merchant.Status.ACTIVE
    door.merchant.save()
    return door


def judge(name: str) -> User:
    return User.objects.filter(username=name).first() or reviewer(name)


def approve(door: Door) -> None:
    """As many people look at each answer that waits as are asked for, and take it."""
    people = [judge("one"), judge("two")]
    for key in [key for key, state in door.states().items() if state == "in_review"]:
        for person in people:
            if door.states()[key] == "in_review":
                reviews.decide(door.merchant, key, accepted=True, reviewer=person, version=door.case.version)
    door.merchant.refresh_from_db()


def restricted(door: Door, day: date) -> set[Capability]:
    with tenancy.acting_for(door.merchant):
        return set(onboarding.restricted(door.merchant, day))


def renew(door: Door, last: date) -> None:
    papers.hand_in(door.merchant, "medical_licence", filename="new.jpg", data=picture(), by=door.by)
    values = CLINIC_ANSWERS["medical_licence"] | {"valid_until": last.isoformat()}
    applications.answer(door.merchant, "medical_licence", values, by=door.by)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def tell(door: Door, day: date) -> int:
    """What the task does on a day; how many letters went out."""
    before = len(mail.outbox)
    expiry.write_due(door.merchant, now=noon(day))
    while expiry_letters.post_one(door.merchant, now=noon(day)):
        pass
    return len(mail.outbox) - before


# -- reminders


def test_an_owner_hears_60_30_7_and_1_days_before_once_each_however_often_it_is_looked() -> None:
    last = TODAY + timedelta(days=90)
    door = clinic(last)
    heard = {}
    for left in range(90, -3, -1):
        day = last - timedelta(days=left)
        if told := tell(door, day) + tell(door, day):
            heard[left] = told
    assert heard == {60: 1, 30: 1, 7: 1, 1: 1}
    with tenancy.acting_for(door.merchant):
        assert AuditEvent.objects.filter(act="merchants.expiry.told").count() == 4


def test_a_letter_says_what_runs_out_when_and_what_stops() -> None:
    last = TODAY + timedelta(days=30)
    door = clinic(last)
    door.user.language = "en"
    door.user.save()
    assert tell(door, TODAY) == 1
    [letter] = mail.outbox
    assert letter.to == ["owner@example.com"]
    assert "runs out in 30 days" in letter.body
    assert "giving new consultations to agents" in letter.body
    assert f"/m/{door.merchant.code}/onboarding/" in letter.body
    assert "7 days after that day" in letter.body


def test_who_comes_in_with_few_days_left_hears_the_nearest_reminder_alone() -> None:
    door = clinic(TODAY + timedelta(days=5))
    assert tell(door, TODAY) == 1
    with tenancy.acting_for(door.merchant):
        assert [row.days for row in ExpiryLetter.objects.all()] == [7]


def test_a_mail_server_that_is_away_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    door = clinic(TODAY + timedelta(days=30))

    def away(*_: object, **__: object) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr(expiry_letters, "hand_over", away)
        assert tell(door, TODAY) == 0
    with tenancy.acting_for(door.merchant):
        row = ExpiryLetter.objects.get()
    assert (row.state, row.error, row.attempts) == ("waiting", "ConnectionRefusedError", 1)
    later = noon(TODAY) + expiry.PAUSE
    assert expiry_letters.post_one(door.merchant, now=later)
    assert len(mail.outbox) == 1


def test_a_letter_whose_paper_was_renewed_meanwhile_ends_unsent() -> None:
    door = clinic(TODAY + timedelta(days=30))
    expiry.write_due(door.merchant, now=noon(TODAY))
    renew(door, TODAY + timedelta(days=900))
    applications.submit(door.merchant, user=door.user, by=door.by)
    assert expiry_letters.post_one(door.merchant, now=noon(TODAY))
    with tenancy.acting_for(door.merchant):
        assert ExpiryLetter.objects.get().state == "failed"
    assert mail.outbox == []


def test_an_applicant_gets_no_reminders() -> None:
    door = Door.opened().submitted()
    with tenancy.acting_for(door.merchant):
        assert reading.running_out(door.merchant, TODAY) == []
    assert reading.merchants_with_cases() == []  # uncommitted: the dispatcher sees nothing of it


# -- what waits


def test_an_expired_licence_stops_what_it_backs_after_its_grace_and_nothing_else() -> None:
    last = TODAY + timedelta(days=10)
    door = clinic(last)
    assert restricted(door, last + timedelta(days=7)) == set()
    assert restricted(door, last + timedelta(days=8)) == {
        Capability.GO_LIVE, Capability.RECEIVE_LEADS, Capability.SELL,
    }  # fmt: skip
    assert door.merchant.status == "active"


def test_new_consultations_come_in_and_are_given_to_nobody_while_the_licence_is_out() -> None:
    last = TODAY - timedelta(days=1)
    door = clinic(last)
    late = noon(last + timedelta(days=8))
    with tenancy.acting_for(door.merchant):
        desk = Desk(door.merchant)
        lin = desk.agent("lin", capacity=9)
        session = desk.say("ann", at=late)
        assert not assignment.assign(door.merchant, session.pk, now=late)
        assert assignment.assign_waiting(door.merchant, now=late) == 0
        assignment.take(door.merchant, session, lin, by="user:1", now=late)
        assert desk.fresh(session).agent_id == lin.pk
        before = desk.say("ben", at=late - timedelta(days=2))
        assert assignment.assign(door.merchant, before.pk, now=late - timedelta(days=2))
        assert Consultation.objects.filter(agent=None).count() == 0


# -- renewal


def test_a_renewal_is_reviewed_while_the_old_paper_holds() -> None:
    last = TODAY + timedelta(days=10)
    door = clinic(last)
    renew(door, TODAY + timedelta(days=900))
    assert door.case.state == "draft"
    assert restricted(door, last + timedelta(days=7)) == set()
    assert Capability.RECEIVE_LEADS in restricted(door, last + timedelta(days=8))
    applications.submit(door.merchant, user=door.user, by=door.by)
    assert (door.states()["medical_licence"], door.states()["trade_advertising"]) == ("in_review", "accepted")
    assert restricted(door, last + timedelta(days=7)) == set()
    approve(door)
    assert (door.case.state, door.case.round) == ("approved", 2)
    assert restricted(door, last + timedelta(days=800)) == set()


def test_a_refused_renewal_leaves_the_old_paper_in_force() -> None:
    last = TODAY + timedelta(days=10)
    door = clinic(last)
    renew(door, TODAY + timedelta(days=900))
    applications.submit(door.merchant, user=door.user, by=door.by)
    reviews.decide(
        door.merchant, "medical_licence", accepted=False, reason="unreadable",
        reviewer=judge("one"), version=door.case.version,
    )  # fmt: skip
    assert door.states()["medical_licence"] == "changes_needed"
    assert restricted(door, last + timedelta(days=7)) == set()
    assert restricted(door, last + timedelta(days=8)) != set()
    assert tell(door, TODAY) == 1  # and its owner hears that it still runs out


def test_a_renewal_that_has_run_out_itself_is_not_submitted() -> None:
    door = clinic(TODAY + timedelta(days=10))
    renew(door, TODAY - timedelta(days=1))
    with pytest.raises(Blocked) as blocked:
        applications.submit(door.merchant, user=door.user, by=door.by)
    assert blocked.value.keys == ["medical_licence"]


def test_only_a_paper_opens_what_was_accepted_and_only_one_with_an_end() -> None:
    door = clinic(TODAY + timedelta(days=10))
    with pytest.raises(Refused, match="not_now"):
        applications.answer(door.merchant, "medical_licence", {"valid_until": "2099-01-01"}, by=door.by)
    with pytest.raises(Refused, match="not_now"):  # a permanent licence
        papers.hand_in(door.merchant, "business_licence", filename="a.jpg", data=picture(), by=door.by)
    assert (door.case.state, set(door.states().values())) == ("approved", {"accepted"})


def test_with_nothing_new_a_merchant_that_is_live_submits_nothing() -> None:
    door = clinic(TODAY + timedelta(days=10))
    renew(door, TODAY + timedelta(days=900))
    applications.submit(door.merchant, user=door.user, by=door.by)
    reviews.decide(
        door.merchant, "medical_licence", accepted=False, reason="unreadable",
        reviewer=judge("one"), version=door.case.version,
    )  # fmt: skip
    with pytest.raises(Refused, match="nothing_new"):
        applications.submit(door.merchant, user=door.user, by=door.by)


def test_the_pages_say_what_runs_out_and_take_the_renewed_paper(client: Client) -> None:
    door = clinic(timezone.localdate() + timedelta(days=5))
    client.force_login(door.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    path = f"/m/{door.merchant.code}/onboarding/"
    page = client.get(path).content.decode()
    assert ("To be renewed" in page, "5 days left, until" in page) == (True, True)
    answer = f"{path}answers/medical_licence/"
    client.post(answer, {"medical_licence-valid_until": "2099-01-01"})
    assert door.case.state == "approved"  # no paper was chosen
    fields = {
        f"medical_licence-{key}": value
        for key, value in (CLINIC_ANSWERS["medical_licence"] | {"valid_until": "2099-01-01"}).items()
    }
    client.post(answer, fields | {"paper": SimpleUploadedFile("new.jpg", picture())})
    assert (door.case.state, door.items()["medical_licence"].values["valid_until"]) == ("draft", "2099-01-01")
    client.post(f"{path}submit/")
    assert door.states()["medical_licence"] == "in_review"
