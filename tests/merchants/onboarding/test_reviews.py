"""Reviewers at work: claims, two at once, second looks, alternatives, appeals, and the letter that follows."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import connections, transaction
from django.db.utils import ProgrammingError

from merchants import events, tenancy
from merchants.models import Membership, Merchant, ReviewEvent, User
from merchants.onboarding.cases import LEASE, Refused
from merchants.operations import applications, outbox, papers, reviews
from merchants.queries import reviews as reading
from tests.merchants.documents.papers import picture
from tests.merchants.onboarding.doors import PAPERS, STUDIO, Door, reviewer

NOW = datetime(2026, 11, 26, 4, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, settings: Any) -> None:
    settings.STATE = tmp_path


def decide(door: Door, judge: User, key: str, *, accepted: bool = True, **more: Any) -> None:
    more.setdefault("version", door.case.version)
    reviews.decide(door.merchant, key, accepted=accepted, reviewer=judge, **more)


def acts(door: Door) -> list[str]:
    with tenancy.acting_for(door.merchant):
        return list(ReviewEvent.objects.order_by("pk").values_list("act", flat=True))


def row(door: Door, judge: User, key: str) -> reading.Row:
    with tenancy.acting_for(door.merchant):
        found = reading.desk(door.merchant, judge.pk, TODAY).row(key)
    assert found is not None
    return found


# -- claims


@pytest.mark.django_db
def test_a_claim_is_kept_renewed_runs_out_and_is_taken_over() -> None:
    door, one, two = Door.opened().submitted(), reviewer("one"), reviewer("two")
    case = reviews.claim(door.merchant, reviewer=one, now=NOW)
    assert (case.state, case.holder, case.held_until) == ("in_review", one, NOW + LEASE)
    with pytest.raises(Refused, match="held"):
        reviews.claim(door.merchant, reviewer=two, now=NOW + LEASE - timedelta(seconds=1))
    later = NOW + timedelta(minutes=10)
    assert reviews.claim(door.merchant, reviewer=one, now=later).held_until == later + LEASE
    with pytest.raises(Refused, match="held"):
        reviews.claim(door.merchant, reviewer=two, now=NOW + LEASE)
    assert reviews.claim(door.merchant, reviewer=two, now=later + LEASE).holder == two
    assert acts(door)[-2:] == ["claim", "take_over"]  # a renewal is no event


@pytest.mark.django_db
def test_what_another_holds_is_neither_decided_nor_given_back_by_anybody_else() -> None:
    door, one, two = Door.opened().submitted(), reviewer("one"), reviewer("two")
    reviews.claim(door.merchant, reviewer=one)
    with pytest.raises(Refused, match="held"):
        decide(door, two, "shop_name")
    with pytest.raises(Refused, match="held"):
        reviews.release(door.merchant, reviewer=two)
    assert door.states()["shop_name"] == "in_review"
    reviews.release(door.merchant, reviewer=one)
    decide(door, two, "shop_name")
    assert door.states()["shop_name"] == "accepted"


@pytest.mark.django_db
def test_whose_lease_is_gone_decides_nothing_once_another_has_taken_over() -> None:
    door, one, two = Door.opened().submitted(), reviewer("one"), reviewer("two")
    reviews.claim(door.merchant, reviewer=one, now=datetime.now(UTC) - LEASE)
    seen = door.case.version
    reviews.claim(door.merchant, reviewer=two)
    with pytest.raises(Refused, match="held"):
        decide(door, one, "shop_name", version=seen)
    reviews.release(door.merchant, reviewer=two)
    decide(door, one, "shop_name", version=seen)  # nothing has changed: what was seen is what is decided
    assert door.items()["shop_name"].first_reviewer == one


@pytest.mark.django_db
def test_a_decision_begins_the_lease_anew_and_the_last_one_ends_it() -> None:
    door, one = Door.opened().submitted(), reviewer("one")
    begun = datetime.now(UTC) - timedelta(minutes=10)
    reviews.claim(door.merchant, reviewer=one, now=begun)
    decide(door, one, "shop_name")
    held_until = door.case.held_until
    assert held_until is not None
    assert held_until > begun + LEASE
    for key in ("business_licence", "stamped_letter", "account_name"):
        decide(door, one, key)
    assert (door.case.state, door.case.holder, door.case.held_until) == ("approved", None, None)
    with pytest.raises(Refused, match="not_now"):
        reviews.claim(door.merchant, reviewer=one)


@pytest.mark.django_db
def test_nobody_of_the_merchant_claims_or_decides() -> None:
    door, colleague = Door.opened().submitted(), reviewer("colleague")
    Membership.objects.create(user=colleague, merchant=door.merchant, role="viewer")
    with pytest.raises(Refused, match="own"):
        reviews.claim(door.merchant, reviewer=colleague)
    with pytest.raises(Refused, match="own"):
        decide(door, colleague, "shop_name")


# -- two looks


@pytest.mark.django_db
def test_the_lot_sends_an_accepted_answer_to_a_second_person(settings: Any) -> None:
    settings.SECOND_LOOKS = 5
    door, one, two = Door.opened().submitted(), reviewer("one"), reviewer("two")
    decide(door, one, "shop_name", draw=0.05)
    decide(door, one, "account_name", draw=0.0499)
    assert (door.states()["shop_name"], door.states()["account_name"]) == ("accepted", "in_review")
    assert (row(door, one, "account_name").second, row(door, one, "account_name").barrier) == (
        True,
        "same_eyes",
    )
    with pytest.raises(Refused, match="same_eyes"):
        decide(door, one, "account_name")
    decide(door, two, "account_name", draw=0.0)
    assert door.states()["account_name"] == "accepted"


@pytest.mark.django_db
def test_a_case_with_nothing_left_but_second_looks_is_free_for_the_second_person(settings: Any) -> None:
    door, one, two = Door.opened().submitted(), reviewer("one"), reviewer("two")
    reviews.claim(door.merchant, reviewer=one)
    settings.SECOND_LOOKS = 100
    for key in PAPERS:
        decide(door, one, key)
    assert (door.case.state, door.case.holder) == ("in_review", None)
    reviews.claim(door.merchant, reviewer=two)
    decide(door, two, PAPERS[0], accepted=False, reason="unreadable")
    item = door.items()[PAPERS[0]]
    assert (item.state, item.first_reviewer, item.second_reviewer) == ("changes_needed", one, two)


# -- the whole follows from the answers


@pytest.mark.django_db
def test_one_refused_alternative_is_no_lack_when_the_other_is_accepted() -> None:
    door, judge = Door.opened().submitted(), reviewer("judge")
    for key in PAPERS:
        decide(door, judge, key, accepted=key != "stamped_letter", reason="seal_missing")
    assert door.case.state == "changes_needed"
    values = {"operator_name": "王小明"}
    papers.hand_in(door.merchant, "legal_person_check", filename="id.jpg", data=picture(), by=door.by)
    applications.answer(door.merchant, "legal_person_check", values, by=door.by)
    applications.submit(door.merchant, user=door.user, by=door.by)
    decide(door, judge, "legal_person_check")
    assert (door.states()["stamped_letter"], door.case.state) == ("changes_needed", "approved")


@pytest.mark.django_db
def test_a_case_in_which_nothing_waits_any_more_is_closed_by_a_reviewer() -> None:
    """As when the trade for which something was refused is left out."""
    door, judge = Door.opened(replace(STUDIO, trades=["beauty", "wedding_photography"])), reviewer("judge")
    papers.hand_in(door.merchant, "product_qualification", filename="q.jpg", data=picture(), by=door.by)
    applications.answer(door.merchant, "product_qualification", {"filing_number": "1"}, by=door.by)
    applications.answer(door.merchant, "category_deposit", {}, by=door.by)
    door.submitted()
    with pytest.raises(Refused, match="not_now"):
        reviews.conclude(door.merchant, reviewer=judge, version=door.case.version)
    decide(door, judge, "product_qualification", accepted=False, reason="unreadable")
    for key in PAPERS:
        decide(door, judge, key)
    applications.describe(door.merchant, STUDIO, by=door.by)
    applications.submit(door.merchant, user=door.user, by=door.by)
    assert door.case.state == "submitted"
    case = reviews.conclude(door.merchant, reviewer=judge, version=door.case.version)
    assert (case.state, acts(door)[-1]) == ("approved", "conclude")


# -- what was refused before


@pytest.mark.django_db
def test_a_reviewer_sees_what_changed_since_the_refusal() -> None:
    door, judge = Door.opened().submitted(), reviewer("judge")
    for key in PAPERS:
        decide(door, judge, key, accepted=key != "account_name", reason="trademark_clash", note="class 41")
    assert row(door, judge, "account_name").state == "changes_needed"
    applications.answer(door.merchant, "account_name", {"account_name": "木棉与海"}, by=door.by)
    papers.hand_in(door.merchant, "account_name", filename="same.jpg", data=picture(), by=door.by)
    applications.submit(door.merchant, user=door.user, by=door.by)
    seen = row(door, judge, "account_name")
    assert [(one.field, one.before, one.after) for one in seen.changes] == [
        ("account_name", "木棉摄影", "木棉与海")
    ]
    assert seen.refusal is not None
    assert (seen.refusal.reason, seen.refusal.note, seen.same_paper) == ("trademark_clash", "class 41", True)
    assert [paper.number for paper in seen.papers] == [1, 2]
    applications.withdraw(door.merchant, by=door.by)
    papers.hand_in(door.merchant, "account_name", filename="new.png", data=picture("PNG"), by=door.by)
    applications.submit(door.merchant, user=door.user, by=door.by)
    assert not row(door, judge, "account_name").same_paper
    assert row(door, judge, "shop_name").refusal is None


@pytest.mark.django_db
def test_a_paper_that_changed_under_review_is_not_decided_unseen() -> None:
    door, judge = Door.opened().submitted(), reviewer("judge")
    reviews.claim(door.merchant, reviewer=judge)
    seen = door.case.version
    applications.withdraw(door.merchant, by=door.by)
    papers.hand_in(door.merchant, "shop_name", filename="other.png", data=picture("PNG"), by=door.by)
    with pytest.raises(Refused, match="changed"):
        decide(door, judge, "shop_name", version=seen)
    applications.submit(door.merchant, user=door.user, by=door.by)
    with pytest.raises(Refused, match="changed"):
        decide(door, judge, "shop_name", version=seen)
    assert (door.states()["shop_name"], acts(door).count("accept")) == ("in_review", 0)
    decide(door, judge, "shop_name")
    with tenancy.acting_for(door.merchant):
        told = ReviewEvent.objects.get(act="accept")
    assert told.digest == row(door, judge, "shop_name").papers[-1].digest


@pytest.mark.django_db
def test_after_an_appeal_somebody_else_decides_and_the_old_reason_is_gone() -> None:
    door, one, two = Door.opened().submitted(), reviewer("one"), reviewer("two")
    for key in PAPERS:
        decide(door, one, key, accepted=key != "shop_name", reason="unreadable")
    applications.appeal(door.merchant, "It can be read.", by=door.by)
    assert row(door, one, "shop_name").barrier == "appeal"
    decide(door, two, "shop_name")
    item = door.items()["shop_name"]
    assert (item.state, item.reason, item.note, door.case.state) == ("accepted", "", "", "approved")


@pytest.mark.django_db
def test_what_happened_is_never_changed_or_deleted() -> None:
    door, judge = Door.opened().submitted(), reviewer("judge")
    decide(door, judge, "shop_name")
    with (
        tenancy.acting_for(door.merchant),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
    ):
        ReviewEvent.objects.update(note="another")


# -- the letter


@pytest.mark.django_db
def test_a_letter_tells_what_was_refused_and_then_that_it_is_approved() -> None:
    door, judge = Door.opened().submitted(), reviewer("judge")
    User.objects.filter(pk=door.user.pk).update(language="en")
    for key in PAPERS:
        decide(door, judge, key, accepted=key != "shop_name", reason="cropped", note="left side")
    assert outbox.drain(door.merchant) == 1
    [letter] = mail.outbox
    assert (letter.to, letter.subject) == (["owner@example.com"], "木棉摄影: some answers need changes")
    for words in ("Part of it is missing", "all four corners", "left side", "/onboarding/"):
        assert words in letter.body
        assert words in letter.alternatives[0].content
    assert "seal" not in letter.body
    User.objects.filter(pk=door.user.pk).update(language="zh-hans")
    papers.hand_in(door.merchant, "shop_name", filename="sign.png", data=picture("PNG"), by=door.by)
    applications.submit(door.merchant, user=door.user, by=door.by)
    decide(door, judge, "shop_name")
    assert outbox.drain(door.merchant) == 1
    assert (len(mail.outbox), mail.outbox[1].subject) == (2, "木棉摄影审核通过")


@pytest.mark.django_db
def test_no_letter_goes_out_about_a_case_that_is_another_by_now() -> None:
    door, judge = Door.opened().submitted(), reviewer("judge")
    for key in PAPERS:
        decide(door, judge, key, accepted=key != "shop_name", reason="cropped")
    papers.hand_in(door.merchant, "shop_name", filename="sign.png", data=picture("PNG"), by=door.by)
    applications.submit(door.merchant, user=door.user, by=door.by)
    assert (outbox.drain(door.merchant), mail.outbox) == (1, [])
    assert len(events.handlers_of(reviews.CONCLUDED)) == 1


# -- at once


def at_once(*acts_: Callable[[], Any]) -> list[str]:
    """What each said, sorted: ``done``, or the code it was refused with."""

    def run(act: Callable[[], Any]) -> str:
        try:
            act()
        except Refused as why:
            return why.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(acts_)) as pool:
        return sorted(pool.map(run, acts_))


@pytest.mark.xdist_group("reliability")
@pytest.mark.usefixtures("committed")
def test_two_reviewers_at_once_make_one_decision() -> None:
    door, one, two = Door.opened().submitted(), reviewer("one"), reviewer("two")
    seen = door.case.version

    def judged(judge: User, *, accepted: bool) -> Callable[[], Any]:
        return lambda: reviews.decide(
            door.merchant, "shop_name", accepted=accepted, reviewer=judge, version=seen, reason="unreadable"
        )

    assert at_once(judged(one, accepted=True), judged(two, accepted=False)) == ["changed", "done"]
    item = door.items()["shop_name"]
    assert (item.state in {"accepted", "changes_needed"}, item.second_reviewer) == (True, None)
    assert (door.case.version, len([act for act in acts(door) if act in {"accept", "refuse"}])) == (
        seen + 1,
        1,
    )


@pytest.mark.xdist_group("reliability")
@pytest.mark.usefixtures("committed")
def test_two_reviewers_who_claim_at_once_do_not_both_hold_the_case() -> None:
    door, one, two = Door.opened().submitted(), reviewer("one"), reviewer("two")

    def claimed(judge: User) -> Callable[[], Any]:
        return lambda: reviews.claim(door.merchant, reviewer=judge)

    assert at_once(claimed(one), claimed(two)) == ["done", "held"]
    assert acts(door).count("claim") == 1


@pytest.mark.xdist_group("reliability")
@pytest.mark.usefixtures("committed")
def test_a_case_that_is_submitted_twice_at_once_is_submitted_once() -> None:
    door = Door.opened().answer_all()
    merchant = Merchant.objects.get(pk=door.merchant.pk)

    def submit() -> Any:
        return applications.submit(merchant, user=door.user, by=door.by)

    assert at_once(submit, submit, submit) == ["done", "not_now", "not_now"]
    assert (door.case.round, acts(door)) == (1, ["start", "submit"])
