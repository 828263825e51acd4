"""The page of partners: offer, answer, end; and the blogger's profile."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from merchants import tenancy
from merchants.models import Agreement, Merchant
from merchants.queries import agreements
from tests.conftest import make_member
from tests.merchants.agreements.parties import Parties, gather


@pytest.fixture
def parties(db: None) -> Parties:
    return gather()


def member(merchant: Merchant, role: str = "owner") -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(make_member(merchant, role))
    return client


def text(answer: Any) -> str:
    return unescape(answer.content.decode())


def state_of(row: Agreement) -> str:
    with tenancy.acting_for(row.merchant_id):
        return Agreement.objects.get(pk=row.pk).state


def test_an_offer_goes_out_is_accepted_and_ends(parties: Parties) -> None:
    brand, agency = member(parties.brand), member(parties.agency)
    number = text(agency.get("/m/lamp/partners/")).split("<code>")[1].split("</code>")[0]
    offer = {"number": number, "figures": ["delivery", "return"], "starts_on": f"{parties.ago(9)}"}
    assert brand.post("/m/glow/partners/offer/", offer).status_code == 302
    with tenancy.acting_for(parties.brand):
        row = Agreement.objects.get()
    assert (row.partner, row.figures, row.until) == (parties.agency, ["delivery", "return"], None)
    assert "Waiting for your answer" in text(agency.get("/m/lamp/partners/"))
    assert agency.post(f"/m/lamp/partners/{row.pk}/accept/").status_code == 302
    assert state_of(row) == "accepted"
    assert f"/m/glow/shared/{row.pk}/" in text(brand.get("/m/glow/partners/"))
    assert brand.post(f"/m/glow/partners/{row.pk}/end/").status_code == 302
    assert state_of(row) == "revoked"
    assert f"/m/lamp/shared/{row.pk}/" not in text(agency.get("/m/lamp/partners/"))


def test_the_last_day_belongs_to_the_agreement(parties: Parties) -> None:
    last = parties.today + timedelta(days=3)
    offer = {
        "number": str(parties.agency.public_id), "figures": ["cost"],
        "starts_on": f"{parties.today}", "ends_on": f"{last}",
    }  # fmt: skip
    member(parties.brand).post("/m/glow/partners/offer/", offer)
    with tenancy.acting_for(parties.brand):
        assert Agreement.objects.get().until == last + timedelta(days=1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"number": "nobody"}, "Nobody has this partner number"),
        ({"figures": []}, "Choose what the agreement covers"),
        ({"starts_on": ""}, "This field is required"),
        ({"ends_on": "2020-01-01"}, "The last day must be today or later"),
    ],
)
def test_an_offer_that_makes_no_sense_is_told_and_nothing_is_made(
    parties: Parties, change: dict[str, Any], said: str
) -> None:
    offer = {"number": str(parties.agency.public_id), "figures": ["cost"], "starts_on": f"{parties.today}"}
    answer = member(parties.brand).post("/m/glow/partners/offer/", offer | change)
    assert (answer.status_code, said in text(answer)) == (422, True)
    assert list(agreements.of_merchant(parties.brand)) == []


def test_ones_own_offer_cannot_be_accepted_and_anothers_is_not_found(parties: Parties) -> None:
    row = parties.offered(parties.brand, parties.agency, figures=["cost"])
    assert member(parties.brand).post(f"/m/glow/partners/{row.pk}/accept/").status_code == 302
    assert member(parties.rival).post(f"/m/rival/partners/{row.pk}/accept/").status_code == 404
    assert state_of(row) == "offered"
    member(parties.agency).post(f"/m/lamp/partners/{row.pk}/decline/")
    assert state_of(row) == "declined"


def test_a_blogger_states_the_profile_and_nobody_else_has_one(parties: Parties) -> None:
    blogger = member(parties.blogger)
    told = {
        "name": "小满",
        "external_id": "5e8f0a1b000000000100c2d3",
        "followers": "90000",
        "about": "敏感肌",
    }
    assert blogger.post("/m/xiaoman/partners/profile/", told).status_code == 302
    profile = agreements.profile_of(parties.blogger)
    assert profile is not None
    assert (profile.name, profile.followers) == ("小满", 90_000)
    assert blogger.post("/m/xiaoman/partners/profile/", told | {"name": ""}).status_code == 422
    parties.bound()
    taken = blogger.post("/m/xiaoman/partners/profile/", told | {"external_id": "x"})
    assert (taken.status_code, "Agreements name this id" in text(taken)) == (422, True)
    assert member(parties.agency).post("/m/lamp/partners/profile/", told).status_code == 404


def test_who_may_not_agree_is_refused(parties: Parties) -> None:
    assert member(parties.brand, "finance").get("/m/glow/partners/").status_code == 403
    assert member(parties.brand, "marketing").get("/m/glow/partners/").status_code == 200
