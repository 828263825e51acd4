"""A blogger registers, is reviewed, and has a profile that partners find."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from merchants import tenancy
from merchants.models import Application, ApplicationItem, BloggerProfile, Claim, User
from merchants.operations import applications, claims, expiry, papers, reviews
from merchants.operations.applications import Business, Faulty
from merchants.queries import onboarding
from tests.conftest import make_merchant
from tests.merchants.documents.papers import picture
from tests.merchants.onboarding.doors import Door, let_in, reviewer

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


@pytest.mark.parametrize(
    ("kind", "trade", "key"), [("blogger", "blogger", "identity_card"), ("agency", "mcn", "business_licence")]
)
def test_blogger_and_agency_hear_of_a_paper_that_runs_out_and_find_where_to_renew_it(
    client: Client, kind: str, trade: str, key: str
) -> None:
    merchant, last = make_merchant("small", kind=kind), date.today() + timedelta(days=90)
    let_in(merchant, until=last)
    with tenancy.acting_for(merchant):
        form = "person" if kind == "blogger" else "company"
        Application.objects.update(trades=[trade], form=form, brand="none")
        ApplicationItem.objects.update(key=key)
    heard = []
    for left in range(90, -1, -1):
        now = datetime.combine(last - timedelta(days=left), time(4), UTC)
        heard += [left] * expiry.write_due(merchant, now=now)
    assert heard == [60, 30, 7, 1]
    with tenancy.acting_for(merchant):
        ApplicationItem.objects.update(
            values={"valid_until": (date.today() + timedelta(days=30)).isoformat()}
        )
    client.force_login(User.objects.get(email="owner@example.com"))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    settings_page = client.get(f"/m/{merchant.code}/settings/")
    [url] = [tab["url"] for tab in settings_page.context["tabs"] if tab["label"] == "Papers"]
    page = client.get(url)
    assert [tab["active"] for tab in page.context["tabs"]] == [False, True]
    words = page.content.decode()
    assert ("To be renewed" in words, f"/answers/{key}/" in words) == (True, True)


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
