"""A paper that runs out is renewed also while another category of the merchant is being reviewed, in either order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from merchants import tenancy
from merchants.models import ApplicationItem
from merchants.onboarding.cases import Refused
from merchants.operations import applications, further, papers
from merchants.operations.applications import Blocked
from tests.merchants.documents.papers import picture
from tests.merchants.onboarding.doors import ANSWERS, PAPERS, Door
from tests.merchants.onboarding.test_further_trades import answer_beauty, decide, restricted, submit

pytestmark = pytest.mark.django_db(databases=["default", "dispatch"])
TODAY = datetime.now(UTC).date()
LAST = TODAY + timedelta(days=20)
NEXT = {"valid_until": "2099-01-01"}


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, settings: Any) -> None:
    settings.STATE = tmp_path
    settings.SECOND_LOOKS = 0


@pytest.fixture
def door() -> Door:
    """A wedding studio that was let in, whose business licence runs out in 20 days."""
    opened = Door.opened().submitted()
    for key in PAPERS:
        decide(opened, key)
    with tenancy.acting_for(opened.merchant):
        licence = ApplicationItem.objects.get(key="business_licence")
        licence.values |= {"valid_until": LAST.isoformat()}
        licence.save()
    return opened


def apply_for_beauty(door: Door) -> None:
    further.apply_for(door.merchant, "beauty", by=door.by)
    answer_beauty(door)
    submit(door)


def hand_in(door: Door, **values: str) -> None:
    papers.hand_in(door.merchant, "business_licence", filename="new.jpg", data=picture(), by=door.by)
    told = ANSWERS["business_licence"] | NEXT | values
    applications.answer(door.merchant, "business_licence", told, by=door.by)


def test_a_paper_renewed_under_review_joins_the_review_and_the_old_one_holds_on(door: Door) -> None:
    apply_for_beauty(door)
    submitted, place = door.case.submitted_at, door.case.round
    hand_in(door)
    assert (door.case.state, door.states()["business_licence"]) == ("submitted", "uploaded")
    submit(door)
    assert (door.case.state, door.case.submitted_at, door.case.round) == ("submitted", submitted, place)
    assert (door.states()["business_licence"], restricted(door)) == ("in_review", {})
    decide(door, "product_qualification")
    assert (door.case.state, door.case.further) == ("in_review", ["beauty"])
    decide(door, "business_licence")
    assert (door.case.state, door.case.further) == ("approved", [])
    assert door.items()["business_licence"].values["valid_until"] == "2099-01-01"


def test_a_renewal_that_was_begun_when_the_review_ended_is_handed_over_afterwards(door: Door) -> None:
    apply_for_beauty(door)
    hand_in(door)
    decide(door, "product_qualification")
    assert (door.case.state, door.states()["business_licence"]) == ("approved", "uploaded")
    applications.answer(door.merchant, "business_licence", ANSWERS["business_licence"] | NEXT, by=door.by)
    submit(door)
    assert (door.case.state, door.states()["business_licence"]) == ("submitted", "in_review")
    decide(door, "business_licence")
    assert (door.case.state, restricted(door)) == ("approved", {})


def test_a_renewal_that_came_first_is_reviewed_together_with_the_category(door: Door) -> None:
    hand_in(door)
    assert door.case.state == "draft"
    apply_for_beauty(door)
    assert (door.states()["business_licence"], door.states()["product_qualification"]) == (
        "in_review",
        "in_review",
    )
    decide(door, "business_licence", accepted=False)
    assert door.case.state == "in_review"
    hand_in(door)  # corrected while the rest is still looked at
    submit(door)
    decide(door, "business_licence", by="other")
    decide(door, "product_qualification")
    assert (door.case.state, sorted(door.case.trades)) == ("approved", ["beauty", "wedding_photography"])


def test_when_answers_of_the_category_are_refused_the_renewal_goes_on(door: Door) -> None:
    apply_for_beauty(door)
    decide(door, "product_qualification", accepted=False)
    assert door.case.state == "changes_needed"
    hand_in(door)
    further.let_go(door.merchant, by=door.by)
    submit(door)
    decide(door, "business_licence")
    assert (door.case.state, door.case.trades) == ("approved", ["wedding_photography"])


def test_what_is_wrong_or_not_there_is_not_handed_over_and_other_answers_stay_closed(door: Door) -> None:
    apply_for_beauty(door)
    with pytest.raises(Refused, match="nothing_new"):
        submit(door)
    hand_in(door, valid_until="2020-01-01")
    with pytest.raises(Blocked) as blocked:
        submit(door)
    assert (blocked.value.keys, door.states()["business_licence"]) == (["business_licence"], "uploaded")
    with pytest.raises(Refused, match="not_now"):
        applications.answer(door.merchant, "product_qualification", {"filing_number": "2"}, by=door.by)


def test_the_page_takes_the_renewed_paper_during_a_review(door: Door, client: Client) -> None:
    apply_for_beauty(door)
    client.force_login(door.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    path = f"/m/{door.merchant.code}/onboarding/"
    words = client.get(path).content.decode()
    assert ("To be renewed" in words, "Submit for review" in words) == (True, False)
    told = ANSWERS["business_licence"] | NEXT
    form = {f"business_licence-{name}": value for name, value in told.items()}
    paper = SimpleUploadedFile("new.jpg", picture(), "image/jpeg")
    client.post(f"{path}answers/business_licence/", form | {"paper": paper})
    words = client.get(path).content.decode()
    assert ("To be renewed" in words, "Submit for review" in words) == (True, True)
    client.post(f"{path}submit/")
    assert (door.case.state, door.states()["business_licence"]) == ("submitted", "in_review")
    assert "Submit for review" not in client.get(path).content.decode()
