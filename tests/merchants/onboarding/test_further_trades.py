"""A merchant that was let in applies for another category, while what it has goes on."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from merchants import tenancy
from merchants.models import ApplicationItem, AuditEvent, Merchant, ReviewEvent
from merchants.onboarding.cases import Refused
from merchants.operations import applications, further, outbox, papers, reviews
from merchants.operations.applications import Blocked, Faulty
from merchants.queries import onboarding
from tests.conftest import make_member
from tests.merchants.documents.papers import picture
from tests.merchants.onboarding.doors import PAPERS, STUDIO, Door, reviewer

pytestmark = pytest.mark.django_db(databases=["default", "dispatch"])
TODAY = datetime.now(UTC).date()
BEAUTY = ["product_qualification", "category_deposit"]


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, settings: Any) -> None:
    settings.STATE = tmp_path
    settings.SECOND_LOOKS = 0


def decide(door: Door, key: str, *, accepted: bool = True, by: str = "judge") -> None:
    person = door.user.__class__.objects.filter(username=by).first() or reviewer(by)
    reviews.decide(
        door.merchant, key, accepted=accepted, reviewer=person, version=door.case.version, reason="unreadable"
    )  # fmt: skip
    door.merchant.refresh_from_db()


@pytest.fixture
def door() -> Door:
    """A wedding studio that was let in."""
    opened = Door.opened().submitted()
    for key in PAPERS:
        decide(opened, key)
    return opened


def answer_beauty(door: Door) -> None:
    papers.hand_in(door.merchant, "product_qualification", filename="q.jpg", data=picture(), by=door.by)
    applications.answer(door.merchant, "product_qualification", {"filing_number": "1"}, by=door.by)
    applications.answer(door.merchant, "category_deposit", {}, by=door.by)


def restricted(door: Door) -> dict[Any, Any]:
    with tenancy.acting_for(door.merchant):
        return dict(onboarding.restricted(door.merchant, TODAY))


def submit(door: Door) -> None:
    applications.submit(door.merchant, user=door.user, by=door.by)


def test_only_what_the_category_asks_for_beside_is_open_and_nothing_waits_meanwhile(door: Door) -> None:
    before = Merchant.objects.get(pk=door.merchant.pk).status
    further.apply_for(door.merchant, "beauty", by=door.by)
    assert (door.case.state, door.case.trades, door.case.further) == (
        "draft",
        ["wedding_photography"],
        ["beauty"],
    )
    with pytest.raises(Blocked) as blocked:
        submit(door)
    assert blocked.value.keys == BEAUTY
    assert (before, restricted(door)) == ("active", {})
    answer_beauty(door)
    submit(door)
    assert (restricted(door), door.states()["product_qualification"], door.states()["shop_name"]) == (
        {},
        "in_review",
        "accepted",
    )


def test_it_is_refused_corrected_and_then_joins_what_the_merchant_has(door: Door) -> None:
    further.apply_for(door.merchant, "beauty", by=door.by)
    answer_beauty(door)
    submit(door)
    decide(door, "product_qualification", accepted=False)
    assert (door.case.state, door.merchant.status, restricted(door)) == ("changes_needed", "active", {})
    papers.hand_in(door.merchant, "product_qualification", filename="q2.jpg", data=picture(), by=door.by)
    submit(door)
    decide(door, "product_qualification")
    assert (door.case.state, door.case.trades, door.case.further) == (
        "approved",
        ["beauty", "wedding_photography"],
        [],
    )
    assert (door.merchant.kind, restricted(door)) == ("service", {})
    with tenancy.acting_for(door.merchant):
        acts = list(ReviewEvent.objects.order_by("pk").values_list("act", "note", "after"))[6:]
        noted = AuditEvent.objects.filter(act="merchants.application.widened").get()
        handed_in = (
            ReviewEvent.objects.filter(act="submit").order_by("pk").values_list("values__trades", flat=True)
        )
        both = ["beauty", "wedding_photography"]
        assert list(handed_in) == [["wedding_photography"], both, both]
    assert acts == [
        ("widen", "beauty", "draft"), ("submit", "", "submitted"), ("refuse", "", "changes_needed"),
        ("submit", "", "submitted"), ("accept", "", "approved"),
    ]  # fmt: skip
    assert noted.data == {"trade": "beauty"}


def test_a_shop_that_adds_a_service_gets_the_desk(door: Door) -> None:
    Merchant.objects.filter(pk=door.merchant.pk).update(kind="brand")
    further.apply_for(door.merchant, "beauty", by=door.by)
    answer_beauty(door)
    submit(door)
    assert Merchant.objects.get(pk=door.merchant.pk).kind == "brand"
    decide(door, "product_qualification")
    assert door.merchant.kind == "service"


def test_a_letter_says_which_category_was_added(door: Door) -> None:
    door.user.language = "en"
    door.user.save()
    further.apply_for(door.merchant, "beauty", by=door.by)
    answer_beauty(door)
    submit(door)
    decide(door, "product_qualification")
    outbox.drain(door.merchant)
    [letter] = mail.outbox
    assert letter.subject == "木棉摄影 is approved for Beauty and skin care"
    assert "Your other categories stay as they are." in letter.body


def test_what_has_run_out_does_not_count_for_another_category(door: Door) -> None:
    ran_out = {"valid_until": (TODAY - timedelta(days=1)).isoformat()}
    item = door.items()["business_licence"]
    with tenancy.acting_for(door.merchant):
        ApplicationItem.objects.filter(pk=item.pk).update(values=item.values | ran_out)
    further.apply_for(door.merchant, "beauty", by=door.by)
    answer_beauty(door)
    with pytest.raises(Blocked) as blocked:
        submit(door)
    assert blocked.value.keys == ["business_licence"]
    papers.hand_in(door.merchant, "business_licence", filename="new.jpg", data=picture(), by=door.by)
    applications.answer(door.merchant, "business_licence", {"valid_until": "permanent"}, by=door.by)
    submit(door)
    assert door.states()["business_licence"] == "in_review"


@pytest.mark.parametrize("trade", ["wedding_photography", "mcn", "moon_travel"])
def test_a_category_it_has_or_cannot_have_is_refused_and_changes_nothing(door: Door, trade: str) -> None:
    seen = door.case.version
    with pytest.raises(Faulty, match="closed"):
        further.apply_for(door.merchant, trade, by=door.by)
    assert (door.case.state, door.case.version) == ("approved", seen)


def test_a_category_of_companies_is_not_offered_to_a_person(door: Door) -> None:
    case = door.case
    with tenancy.acting_for(door.merchant):
        assert set(onboarding.further_trades(case, TODAY)) == {"beauty", "baby_food", "medical_aesthetics"}
        case.form = "person"
        offered = set(onboarding.further_trades(case, TODAY))
    assert "medical_aesthetics" not in offered


def test_nobody_widens_what_is_not_let_in_or_being_reviewed(door: Door) -> None:
    fresh = Door.opened(name="fresh")
    with pytest.raises(Refused, match="not_now"):
        further.apply_for(fresh.merchant, "beauty", by=fresh.by)
    further.apply_for(door.merchant, "beauty", by=door.by)
    answer_beauty(door)
    submit(door)
    for act in (lambda: further.apply_for(door.merchant, "baby_food", by=door.by),
                lambda: further.let_go(door.merchant, by=door.by)):  # fmt: skip
        with pytest.raises(Refused, match="not_now"):
            act()


def test_a_category_that_is_given_up_leaves_the_case_approved_as_it_was(door: Door) -> None:
    further.apply_for(door.merchant, "beauty", by=door.by)
    answer_beauty(door)
    submit(door)
    applications.withdraw(door.merchant, by=door.by)
    further.let_go(door.merchant, by=door.by)
    assert (door.case.state, door.case.trades, door.case.further) == (
        "approved",
        ["wedding_photography"],
        [],
    )
    with pytest.raises(Refused, match="not_now"):
        further.let_go(door.merchant, by=door.by)


def test_a_renewal_under_way_outlives_a_category_that_is_given_up(door: Door) -> None:
    item = door.items()["business_licence"]
    with tenancy.acting_for(door.merchant):
        values = item.values | {"valid_until": (TODAY + timedelta(days=20)).isoformat()}
        ApplicationItem.objects.filter(pk=item.pk).update(values=values)
    further.apply_for(door.merchant, "beauty", by=door.by)
    papers.hand_in(door.merchant, "business_licence", filename="new.jpg", data=picture(), by=door.by)
    further.let_go(door.merchant, by=door.by)
    assert (door.case.state, door.states()["business_licence"]) == ("draft", "uploaded")


def test_each_application_has_its_own_appeal(door: Door) -> None:
    further.apply_for(door.merchant, "beauty", by=door.by)
    answer_beauty(door)
    submit(door)
    decide(door, "product_qualification", accepted=False)
    applications.appeal(door.merchant, "It can be read.", by=door.by)
    decide(door, "product_qualification", accepted=False, by="other")
    with pytest.raises(Refused, match="once"):
        applications.appeal(door.merchant, "Again.", by=door.by)
    further.let_go(door.merchant, by=door.by)
    further.apply_for(door.merchant, "baby_food", by=door.by)
    assert (door.case.appealed_at, door.case.appeal) == (None, "")


def test_a_merchant_that_was_let_in_does_not_describe_itself_into_another_category(door: Door) -> None:
    further.apply_for(door.merchant, "beauty", by=door.by)
    both = replace(STUDIO, trades=["wedding_photography", "medical_aesthetics"])
    with pytest.raises(Refused, match="let_in"):
        applications.describe(door.merchant, both, by=door.by)
    assert door.case.trades == ["wedding_photography"]


# -- the pages


@pytest.fixture
def owner(door: Door, client: Client) -> Client:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(door.user)
    return client


def open_items(page: str) -> list[str]:
    return re.findall(r'<section class="card requirement[^"]*" id="(\w+)"', page)


def test_readiness_leads_to_the_application_for_a_new_category(door: Door, owner: Client) -> None:
    path = f"/m/{door.merchant.code}"
    page = owner.get(f"{path}/readiness/?trade=beauty").content.decode()
    assert "You have not applied for Beauty and skin care yet" in page
    assert "To your papers" not in page
    answer = owner.post(f"{path}/onboarding/categories/", {"trade": "beauty"})
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{path}/onboarding/")
    page = owner.get(f"{path}/onboarding/").content.decode()
    assert "You apply for Beauty and skin care" in page
    assert open_items(page) == BEAUTY
    assert "Your business" not in page.split("<main")[1]
    page = owner.get(f"{path}/readiness/?trade=beauty").content.decode()
    assert ("You have not applied" in page, "To your papers" in page) == (False, True)


def test_the_page_refuses_what_cannot_be_applied_for(door: Door, owner: Client) -> None:
    path = f"/m/{door.merchant.code}/onboarding/"
    assert owner.post(f"{path}categories/", {}).status_code == 404
    page = owner.post(f"{path}categories/", {"trade": "mcn"}, follow=True).content.decode()
    assert "This trade is not open to your legal form" in page
    page = owner.post(f"{path}categories/let-go/", follow=True).content.decode()
    assert "This is not possible now" in page
    page = owner.get(f"{path}business/", follow=True).content.decode()
    assert "You were let in as the business is described" in page
    owner.post(f"{path}categories/", {"trade": "beauty"})
    page = owner.post(f"{path}categories/let-go/", follow=True).content.decode()
    assert "Given up; your other categories stay as they are." in page
    assert door.case.state == "approved"


def test_nobody_without_the_right_applies(door: Door, client: Client) -> None:
    client.force_login(make_member(door.merchant, role="marketing", username="marketer"))
    path = f"/m/{door.merchant.code}/onboarding/categories/"
    assert client.post(path, {"trade": "beauty"}).status_code == 403
    assert door.case.further == []
