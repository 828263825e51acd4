"""A whole application is refused by two people, appealed against once, and then it is final."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from merchants import tenancy
from merchants.models import Application, AuditEvent, Merchant, ReviewEvent, User
from merchants.onboarding.cases import Refused
from merchants.operations import applications, further, outbox, refusals, reviews
from merchants.queries import queues
from tests.merchants.onboarding.doors import STUDIO, Door, reviewer
from tests.merchants.onboarding.test_further_trades import answer_beauty
from tests.merchants.onboarding.test_review_pages import address, judge, post, text

pytestmark = pytest.mark.usefixtures("committed")  # the operator's connection sees what is committed


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, settings: Any) -> None:
    settings.STATE = tmp_path
    settings.SECOND_LOOKS = 0


@pytest.fixture
def door(committed: None, own_state: None) -> Door:
    return Door.opened().submitted()


def propose(door: Door, person: User, reason: str = "forged", note: str = "") -> None:
    seen = door.case.version
    refusals.propose(door.merchant, reviewer=person, version=seen, reason=reason, note=note)


def confirm(door: Door, person: User) -> None:
    refusals.confirm(door.merchant, reviewer=person, version=door.case.version)


def go_on(door: Door, person: User) -> None:
    refusals.go_on(door.merchant, reviewer=person, version=door.case.version)


def refuse(door: Door, *names: str) -> None:
    one, two = (reviewer(name) for name in names)
    propose(door, one)
    confirm(door, two)


def accept_all(door: Door, person: User) -> None:
    for key in [key for key, state in door.states().items() if state == "in_review"]:
        reviews.decide(door.merchant, key, accepted=True, reviewer=person, version=door.case.version)


def test_it_takes_two_people_and_both_stand_in_the_trail(door: Door) -> None:
    one, two = reviewer("one"), reviewer("two")
    propose(door, one, note="the seal is drawn")
    assert (door.case.state, door.case.refused_first, door.case.holder) == ("in_review", one, None)
    with pytest.raises(Refused, match="same_eyes"):
        confirm(door, one)
    confirm(door, two)
    case = door.case
    assert (case.state, case.refusal, case.refused_second, case.is_final) == ("refused", "forged", two, False)
    assert (case.decided_at is not None, Merchant.objects.get(pk=door.merchant.pk).status) == (
        True,
        "applying",
    )
    with tenancy.acting_for(door.merchant):
        told = list(ReviewEvent.objects.order_by("pk").values_list("act", "actor", "reason", "note"))[-2:]
        noted = list(AuditEvent.objects.order_by("pk").values_list("act", flat=True))[-2:]
    assert told == [
        ("propose", f"user:{one.pk}", "forged", "the seal is drawn"),
        ("refuse_case", f"user:{two.pk}", "forged", "the seal is drawn"),
    ]
    assert noted == ["merchants.application.refusal_proposed", "merchants.application.refused"]


def test_the_database_keeps_the_two_apart(door: Door) -> None:
    one = reviewer("one")
    propose(door, one)
    with tenancy.acting_for(door.merchant):
        for second in (None, one):
            with pytest.raises(IntegrityError, match="refused_by_two"), transaction.atomic():
                Application.objects.update(state="refused", refused_second=second)


def test_while_it_is_proposed_nothing_else_is_decided_and_the_second_person_may_go_on(door: Door) -> None:
    one, two = reviewer("one"), reviewer("two")
    propose(door, one)
    with pytest.raises(Refused, match="proposed"):
        reviews.decide(door.merchant, "shop_name", accepted=True, reviewer=two, version=door.case.version)
    with pytest.raises(Refused, match="proposed"):
        propose(door, two)
    go_on(door, two)
    accept_all(door, two)
    assert (door.case.state, door.case.refusal) == ("approved", "")
    with pytest.raises(Refused, match="not_now"):
        propose(door, two)  # nobody applies any more


@pytest.mark.parametrize("reason", ["", "cropped"])
def test_a_refusal_needs_one_of_its_own_reasons(door: Door, reason: str) -> None:
    with pytest.raises(Refused, match="reason"):
        propose(door, reviewer("one"), reason)
    assert door.case.refused_first is None


def test_nobody_of_the_merchant_refuses_and_nobody_who_saw_another_version(door: Door) -> None:
    with pytest.raises(Refused, match="own"):
        propose(door, door.user)
    with pytest.raises(Refused, match="changed"):
        refusals.propose(
            door.merchant, reviewer=reviewer("one"), version=door.case.version - 1, reason="forged"
        )


def test_a_case_that_is_withdrawn_takes_the_proposal_with_it(door: Door) -> None:
    propose(door, reviewer("one"))
    applications.withdraw(door.merchant, by=door.by)
    assert (door.case.refusal, door.case.refused_first) == ("", None)


def test_one_appeals_once_to_other_people_and_then_it_is_final(door: Door) -> None:
    refuse(door, "one", "two")
    with pytest.raises(Refused, match="not_now"):
        applications.submit(door.merchant, user=door.user, by=door.by)
    applications.appeal(door.merchant, "The seal is real.", by=door.by)
    assert (door.case.state, door.case.refusal) == ("submitted", "")
    for name in ("one", "two"):
        person = User.objects.get(username=name)
        with pytest.raises(Refused, match="appeal"):
            reviews.claim(door.merchant, reviewer=person)
        with pytest.raises(Refused, match="appeal"):
            propose(door, person)
        with pytest.raises(Refused, match="appeal"):
            reviews.decide(
                door.merchant, "shop_name", accepted=True, reviewer=person, version=door.case.version
            )
        assert reviews.claim_next(person) is None
    refuse(door, "three", "four")
    assert (door.case.state, door.case.is_final) == ("refused", True)
    for act in (
        lambda: applications.appeal(door.merchant, "Again.", by=door.by),
        lambda: applications.withdraw(door.merchant, by=door.by),
        lambda: applications.describe(door.merchant, STUDIO, by=door.by),
        lambda: applications.answer(door.merchant, "contact", {"phone": "1"}, by=door.by),
        lambda: reviews.claim(door.merchant, reviewer=reviewer("five")),
    ):
        with pytest.raises(Refused, match=r"once|not_now"):
            act()


def test_who_looks_at_the_appeal_may_find_the_merchant_right(door: Door) -> None:
    refuse(door, "one", "two")
    applications.appeal(door.merchant, "The seal is real.", by=door.by)
    accept_all(door, reviewer("three"))
    assert (door.case.state, Merchant.objects.get(pk=door.merchant.pk).status) == ("approved", "active")


def test_a_refused_case_does_not_keep_somebody_from_applying_with_another_business(door: Door) -> None:
    for _ in range(2):
        applications.start(door.user, STUDIO, by=door.by)
    with pytest.raises(applications.Faulty, match="too_many"):
        applications.start(door.user, STUDIO, by=door.by)
    refuse(door, "one", "two")
    applications.start(door.user, STUDIO, by=door.by)


def test_a_category_is_refused_and_the_merchant_goes_on_with_what_it_has(door: Door) -> None:
    accept_all(door, reviewer("judge"))
    with pytest.raises(Refused, match="not_now"):
        propose(door, reviewer("zero"))  # approved: nothing waits
    further.apply_for(door.merchant, "beauty", by=door.by)
    answer_beauty(door)
    applications.submit(door.merchant, user=door.user, by=door.by)
    refuse(door, "one", "two")
    assert (door.case.state, Merchant.objects.get(pk=door.merchant.pk).status) == ("refused", "active")
    further.let_go(door.merchant, by=door.by)
    case = door.case
    assert (case.state, case.trades, case.further, case.refusal, case.refused_second) == (
        "approved", ["wedding_photography"], [], "", None,
    )  # fmt: skip
    further.apply_for(door.merchant, "beauty", by=door.by)
    assert door.case.state == "draft"


def test_a_proposal_waits_in_the_queue_of_second_looks_for_somebody_else(door: Door) -> None:
    one, two = reviewer("one"), reviewer("two")
    propose(door, one)
    rows, now = Application.objects.using("operator").all(), timezone.localtime()
    assert [case.pk for case in queues.queue(rows, "second", two.pk, now)] == [door.case.pk]
    assert not queues.queue(rows, "second", one.pk, now).exists()
    assert reviews.claim_next(one) is None
    assert reviews.claim_next(two) is not None


def test_a_letter_says_why_and_whether_it_is_final(door: Door) -> None:
    User.objects.filter(pk=door.user.pk).update(language="en")
    one, two = reviewer("one"), reviewer("two")
    propose(door, one, note="page 2")
    confirm(door, two)
    outbox.drain(door.merchant)
    [letter] = mail.outbox
    assert letter.subject == "木棉摄影: the application is refused"
    for words in ("A paper is not genuine", "Appeal with the original", "page 2", "You can appeal once."):
        assert words in letter.body
        assert words in letter.alternatives[0][0]
    applications.appeal(door.merchant, "It is.", by=door.by)
    refuse(door, "three", "four")
    outbox.drain(door.merchant)
    assert "This is final" in mail.outbox[1].body
    assert "You can appeal once." not in mail.outbox[1].body


# -- the pages


def test_two_reviewers_refuse_on_the_page(door: Door) -> None:
    (one, first), (two, second) = judge("one"), judge("two")
    post(first, door, "claim")
    page = text(first.get(address(door)))
    assert "Refuse the whole application…" in page
    answer = post(first, door, "propose", note="see page 2")
    assert (answer.status_code, "see page 2</textarea>" in text(answer)) == (422, True)
    assert post(first, door, "propose", reason="barred", note="see page 2").status_code == 302
    post(second, door, "claim")
    page = text(second.get(address(door)))
    assert "one proposes to refuse the application:" in page
    assert "that is decided first" in page
    assert "Refuse the whole application…" not in page
    assert post(second, door, "confirm").status_code == 302
    assert (door.case.state, door.case.refused_first, door.case.refused_second) == ("refused", one, two)
    page = text(second.get(address(door)))
    assert "refused the application" in page


def test_whoever_proposed_takes_it_back_but_does_not_confirm_it(door: Door) -> None:
    person, client = judge("one")
    propose(door, person)
    post(client, door, "claim")
    page = text(client.get(address(door)))
    assert ("Take the proposal back" in page, 'value="confirm"' in page) == (True, False)
    assert post(client, door, "confirm").status_code == 403
    assert post(client, door, "go_on").status_code == 302
    assert door.case.refusal == ""


def test_the_applicant_reads_why_appeals_and_reads_that_it_is_final(door: Door, client: Client) -> None:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(door.user)
    path = f"/m/{door.merchant.code}/onboarding/"
    refuse(door, "one", "two")
    page = client.get(path).content.decode()
    for words in (
        "The application is refused",
        "A paper is not genuine",
        "You can appeal once. Others look",
    ):
        assert words in page
    assert "Submit for review" not in page
    assert client.post(f"{path}appeal/", {"words": "The seal is real."}).status_code == 302
    assert door.case.state == "submitted"
    refuse(door, "three", "four")
    page = client.get(path).content.decode()
    assert "This is final: you have appealed, and somebody else decided." in page
    assert 'id="appeal"' not in page
