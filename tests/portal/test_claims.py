"""Claims and disputes: one claim stands, another merchant disputes it, the operator decides with a reason."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from merchants import tenancy
from merchants.models import Agreement, AuditEvent, Claim, Dispute, Merchant, User
from merchants.operations import agreements, claims, profiles
from merchants.operations.claims import Refused
from merchants.queries.agreements import covered
from portal.queries.shared_notes import shared
from tests.conftest import make_member
from tests.merchants.agreements.parties import BLOGGER_ID, BY, Parties, gather
from tests.portal.shops import bare_shop

pytestmark = pytest.mark.usefixtures("committed")  # the claim of another merchant is read by another role


@pytest.fixture
def parties(committed: None) -> Parties:
    return gather()


@pytest.fixture
def operator(committed: None) -> User:
    return User.objects.create_superuser("operator", password="correct horse battery")


def state_of(merchant: Merchant, kind: str, value: str) -> str | None:
    with tenancy.acting_for(merchant):
        row = Claim.objects.filter(merchant=merchant, kind=kind, value=value).first()
    return row.state if row else None


def disputed(parties: Parties, kind: str, value: str) -> Dispute:
    return claims.dispute(parties.rival, kind, value, "它是我们的", by=BY)


# -- one claim stands


def test_a_claim_stands_once_and_a_name_is_folded(parties: Parties) -> None:
    first = claims.claim(parties.brand, "brand", " Ｇｌｏｗ  Skin ", "商标 12345678", by=BY)
    assert (first.value, first.state) == ("glow skin", "standing")
    assert claims.claim(parties.brand, "brand", "GLOW skin", "again", by=BY).pk == first.pk
    with pytest.raises(Refused, match="claimed"):
        claims.claim(parties.rival, "brand", "glow SKIN", "ours", by=BY)
    claims.give_up(parties.brand, first.pk, by=BY)
    assert claims.claim(parties.rival, "brand", "Glow Skin", "ours", by=BY).state == "standing"


@pytest.mark.parametrize("value", ["", "  ", "\0"])
def test_nothing_is_not_claimed(parties: Parties, value: str) -> None:
    with pytest.raises(Refused, match="empty"):
        claims.claim(parties.brand, "brand", value, "x", by=BY)


def test_a_bloggers_profile_claims_its_id_and_a_second_account_cannot(parties: Parties) -> None:
    assert state_of(parties.blogger, "blogger", BLOGGER_ID) == "standing"
    double = Merchant.objects.create(code="double", name="Double", kind="blogger")
    with pytest.raises(Refused, match="claimed"):
        profiles.state(double, {"external_id": BLOGGER_ID, "name": "me too"}, by=BY)
    profiles.state(parties.blogger, {"external_id": "another", "name": "小满"}, by=BY)
    assert state_of(parties.blogger, "blogger", BLOGGER_ID) == "given_up"


# -- disputes


def test_who_disputes_need_not_know_whose_claim_it_is(parties: Parties) -> None:
    claims.claim(parties.brand, "brand", "Glow", "商标", by=BY)
    row = disputed(parties, "brand", "glow")
    assert (row.merchant, row.claimant, row.state) == (parties.rival, parties.brand, "open")
    assert state_of(parties.brand, "brand", "glow") == "disputed"
    for merchant, seen in ((parties.rival, 1), (parties.brand, 1), (parties.agency, 0)):
        with tenancy.acting_for(merchant):
            assert Dispute.objects.count() == seen


@pytest.mark.parametrize(
    ("who", "value", "code"), [("rival", "nothing", "nothing_claimed"), ("brand", "glow", "own")]
)
def test_what_cannot_be_disputed_is_refused(parties: Parties, who: str, value: str, code: str) -> None:
    claims.claim(parties.brand, "brand", "Glow", "商标", by=BY)
    with pytest.raises(Refused, match=code):
        claims.dispute(getattr(parties, who), "brand", value, "x", by=BY)


def test_one_dispute_at_a_time_and_no_giving_up_meanwhile(parties: Parties) -> None:
    row = claims.claim(parties.brand, "brand", "Glow", "商标", by=BY)
    disputed(parties, "brand", "glow")
    with pytest.raises(Refused, match="disputed_already"):
        claims.dispute(parties.agency, "brand", "glow", "x", by=BY)
    with pytest.raises(Refused, match="not_now"):
        claims.give_up(parties.brand, row.pk, by=BY)


def test_a_dispute_that_is_taken_back_leaves_the_claim_standing(parties: Parties) -> None:
    claims.claim(parties.brand, "brand", "Glow", "商标", by=BY)
    row = disputed(parties, "brand", "glow")
    with pytest.raises(Dispute.DoesNotExist):
        claims.withdraw(parties.brand, row.pk, by=BY)
    claims.withdraw(parties.rival, row.pk, by=BY)
    assert state_of(parties.brand, "brand", "glow") == "standing"
    with pytest.raises(Refused, match="not_now"):
        claims.withdraw(parties.rival, row.pk, by=BY)


@pytest.mark.parametrize(
    ("outcome", "claimants", "disputers"),
    [("kept", "standing", None), ("given", "lost", "standing"), ("nobodys", "lost", None)],
)
def test_the_operator_decides_with_a_reason_in_both_trails(
    parties: Parties, operator: User, outcome: str, claimants: str, disputers: str | None
) -> None:
    claims.claim(parties.brand, "brand", "Glow", "商标", by=BY)
    row = disputed(parties, "brand", "glow")
    with pytest.raises(Refused, match="reason"):
        claims.decide(row.pk, parties.rival, outcome, "  ", user=operator)
    claims.decide(row.pk, parties.rival, outcome, "商标注册证已核实", user=operator)
    assert state_of(parties.brand, "brand", "glow") == claimants
    assert state_of(parties.rival, "brand", "glow") == disputers
    for merchant in (parties.brand, parties.rival):
        with tenancy.acting_for(merchant):
            told = AuditEvent.objects.get(act="merchants.dispute.decided")
        assert (told.actor, told.data["outcome"], told.data["reason"]) == (
            f"user:{operator.pk}", outcome, "商标注册证已核实",
        )  # fmt: skip
    with pytest.raises(Refused, match="not_now"):
        claims.decide(row.pk, parties.rival, "kept", "again", user=operator)


def test_a_lost_claim_is_not_made_again(parties: Parties, operator: User) -> None:
    claims.claim(parties.brand, "brand", "Glow", "商标", by=BY)
    claims.decide(disputed(parties, "brand", "glow").pk, parties.rival, "nobodys", "无证明", user=operator)
    with pytest.raises(Refused, match="lost"):
        claims.claim(parties.brand, "brand", "glow", "商标", by=BY)


# -- what a dispute blocks meanwhile


def test_a_disputed_blogger_is_covered_by_nothing_and_bound_by_nobody(parties: Parties) -> None:
    parties.bound()
    through_agency, direct = parties.cooperating(), parties.cooperating(parties.blogger)
    waiting = parties.offered(parties.brand, parties.blogger, figures=["cost"], starts_on=parties.ago(5))
    row = disputed(parties, "blogger", BLOGGER_ID)
    assert covered(through_agency, parties.today) == []
    assert covered(direct, parties.today) == []
    for act in (
        lambda: agreements.accept(parties.blogger, waiting.pk, by=BY),
        lambda: parties.offered(parties.blogger, parties.agency, rights=["live"]),
    ):
        with pytest.raises(agreements.Refused, match="disputed"):
            act()
    claims.withdraw(parties.rival, row.pk, by=BY)
    assert len(covered(through_agency, parties.today)) == len(covered(direct, parties.today)) == 1


def test_who_loses_a_blogger_loses_the_agreements_that_name_it(parties: Parties, operator: User) -> None:
    binding, direct = parties.bound(), parties.cooperating(parties.blogger)
    row = disputed(parties, "blogger", BLOGGER_ID)
    claims.decide(row.pk, parties.rival, "nobodys", "账号不是本人", user=operator)
    with tenancy.acting_for(parties.blogger):
        states = dict(Agreement.objects.values_list("pk", "state"))
    assert states == {binding.pk: "revoked", direct.pk: "revoked"}


def test_a_disputed_note_is_shown_to_no_partner(parties: Parties) -> None:
    shop = bare_shop(parties)
    with tenancy.acting_for(parties.brand):
        shop.publish("冬天的修护", 20)
        shop.publish("三分钟护肤", 10)
    cooperation = parties.cooperating(parties.blogger)
    claims.claim(parties.brand, "note", "冬天的修护", "合同 2026-31", by=BY)
    row = disputed(parties, "note", "冬天的修护")

    def titles() -> list[str]:
        found = shared(cooperation, now=timezone.now())
        assert found is not None
        return [line.title for line in found.lines]

    assert titles() == ["三分钟护肤"]
    claims.withdraw(parties.rival, row.pk, by=BY)
    assert titles() == ["三分钟护肤", "冬天的修护"]


def test_a_merchant_whose_brand_is_disputed_agrees_on_nothing_new(parties: Parties) -> None:
    waiting = parties.offered(parties.agency, parties.brand, figures=["cost"])
    claims.claim(parties.brand, "brand", "Glow", "商标", by=BY)
    row = disputed(parties, "brand", "glow")
    with pytest.raises(agreements.Refused, match="disputed"):
        agreements.accept(parties.brand, waiting.pk, by=BY)
    claims.withdraw(parties.rival, row.pk, by=BY)
    assert agreements.accept(parties.brand, waiting.pk, by=BY).state == "accepted"


# -- the pages


def as_person(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def text(answer: Any) -> str:
    return unescape(answer.content.decode())


def test_two_merchants_and_the_operator_on_their_pages(parties: Parties, operator: User) -> None:
    brand, rival = as_person(make_member(parties.brand)), as_person(make_member(parties.rival))
    told = {"kind": "brand", "value": "Glow", "grounds": "商标 12345678"}
    assert brand.post("/m/glow/claims/make/", told).status_code == 302
    taken = rival.post("/m/rival/claims/make/", told)
    assert (taken.status_code, "Somebody else claims this" in text(taken)) == (422, True)
    against = {"kind": "brand", "value": "glow", "reason": "我们先注册"}
    assert rival.post("/m/rival/claims/dispute/", against).status_code == 302
    with tenancy.acting_for(parties.rival):
        row = Dispute.objects.get()
    admin = as_person(operator)
    address = f"/admin/merchants/dispute/{row.pk}/change/"
    assert "我们先注册" in text(admin.get(address))
    assert admin.post(address, {"outcome": "given"}).status_code == 200  # no reason
    assert admin.post(address, {"outcome": "given", "decision": "注册在先"}).status_code == 302
    for client, code in ((brand, "glow"), (rival, "rival")):
        page = text(client.get(f"/m/{code}/claims/"))
        assert "注册在先" in page
        assert "The claim goes to who disputed it" in page
    assert "outcome" not in text(admin.get(address))


def test_strangers_end_nothing(parties: Parties) -> None:
    own = claims.claim(parties.brand, "brand", "Glow", "商标", by=BY)
    row = disputed(parties, "brand", "glow")
    agency = as_person(make_member(parties.agency))
    assert agency.post(f"/m/lamp/claims/{own.pk}/give-up/").status_code == 404
    assert agency.post(f"/m/lamp/claims/disputes/{row.pk}/withdraw/").status_code == 404
