"""A blogger registers, is reviewed, and has a profile that partners find."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from merchants import tenancy
from merchants.models import BloggerProfile, Claim
from merchants.operations import applications, claims, papers, reviews
from merchants.operations.applications import Business, Faulty
from merchants.queries import onboarding
from tests.conftest import make_merchant
from tests.merchants.documents.papers import picture
from tests.merchants.onboarding.doors import Door, reviewer

pytestmark = pytest.mark.django_db(databases=["default", "dispatch"])
BLOGGER = Business("小满护肤日记", "person", "none", ["blogger"])
ACCOUNT = "5e8f0a1b000000000100c2d3"
ANSWERS = {
    "identity_card": {
        "legal_name": "王小满",
        "identity_number": "11010519491231002X",
        "valid_until": "permanent",
    },
    "platform_account": {"account_id": ACCOUNT, "account_name": "小满护肤日记"},
    "contact": {"phone": "13800138000"},
    "marked_as_advertising": {},
}


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, settings: Any) -> None:
    settings.STATE = tmp_path
    settings.SECOND_LOOKS = 0


@pytest.fixture
def door() -> Door:
    return Door.opened(BLOGGER)


def approve(door: Door) -> None:
    for key, values in ANSWERS.items():
        if key in ("identity_card", "platform_account"):
            papers.hand_in(door.merchant, key, filename=f"{key}.jpg", data=picture(), by=door.by)
        applications.answer(door.merchant, key, values, by=door.by)
    applications.submit(door.merchant, user=door.user, by=door.by)
    for key, names in {"identity_card": ("one", "two"), "platform_account": ("three",)}.items():
        for name in names:
            reviews.decide(
                door.merchant, key, accepted=True, reviewer=reviewer(name), version=door.case.version
            )
    door.merchant.refresh_from_db()


def test_a_blogger_that_was_let_in_has_its_profile_and_its_portal(door: Door, client: Client) -> None:
    assert (door.merchant.kind, door.merchant.status) == ("blogger", "applying")
    approve(door)
    assert (door.case.state, door.merchant.status) == ("approved", "active")
    with tenancy.acting_for(door.merchant):
        profile = BloggerProfile.objects.get()
        claim = Claim.objects.get()
    assert (profile.external_id, profile.name, profile.followers) == (ACCOUNT, "小满护肤日记", None)
    assert (claim.kind, claim.value, claim.state) == ("blogger", ACCOUNT, "standing")
    client.force_login(door.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert client.get(f"/m/{door.merchant.code}/partners/rates/").status_code == 200
    home = client.get(f"/m/{door.merchant.code}/", follow=True)
    assert (home.status_code, [one["label"] for one in home.context["nav"]]) == (
        200,
        ["Cooperations", "Rate card", "Partners", "Settings"],
    )


def test_an_account_that_somebody_else_claims_lets_the_blogger_in_without_a_profile(door: Door) -> None:
    claims.claim(make_merchant("other", kind="blogger"), Claim.Kind.BLOGGER, ACCOUNT, "", by="user:1")
    approve(door)
    assert door.merchant.status == "active"
    with tenancy.acting_for(door.merchant):
        assert not BloggerProfile.objects.exists()


@pytest.mark.parametrize(
    ("business", "code"),
    [
        (Business("x", "company", "none", ["blogger"]), "closed"),
        (Business("x", "person", "none", ["blogger", "beauty"]), "mixed"),
        (Business("x", "company", "none", ["mcn", "beauty"]), "mixed"),
    ],
)
def test_who_sells_nothing_applies_for_that_alone(business: Business, code: str) -> None:
    with pytest.raises(Faulty, match=code):
        Door.opened(business, name="somebody")


def test_nothing_that_is_sold_can_be_added_to_a_blogger(door: Door) -> None:
    approve(door)
    with tenancy.acting_for(door.merchant):
        assert onboarding.further_trades(door.case, door.case.created_at.date()) == {}
