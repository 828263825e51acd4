"""An operator suspends a merchant, parts with it, and looks at its pages: with a reason, in its trail."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from merchants import tenancy
from merchants.models import (
    Agreement,
    ApiToken,
    AuditEvent,
    Connection,
    Membership,
    Merchant,
    OperatorAct,
    SupportView,
    User,
)
from merchants.operations import invites, tokens
from merchants.operations.supervision import looking_on, standing
from merchants.operations.supervision.noting import NoReason, NotNow
from merchants.queries.agreements import covered
from tests.conftest import make_member, make_merchant
from tests.merchants.agreements.parties import BLOGGER_ID, gather

pytestmark = [pytest.mark.xdist_group("committed"), pytest.mark.usefixtures("committed")]
BY = "user:1"


@pytest.fixture
def glow() -> Merchant:
    return make_merchant("glow")


@pytest.fixture
def operator() -> User:
    return User.objects.create_superuser("operator", password="correct horse battery")


def browser(person: User) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(person)
    return client


def acts(merchant: Merchant) -> list[tuple[str, str]]:
    """What its own trail says an operator did, with the reason or the page."""
    with tenancy.acting_for(merchant):
        rows = AuditEvent.objects.filter(act__startswith="merchants.sup").order_by("id")
        return [
            (row.act.removeprefix("merchants."), row.data.get("reason", row.data.get("page", "")))
            for row in rows
        ]


# -- suspended


def test_a_suspended_merchant_is_read_and_not_changed(glow: Merchant) -> None:
    owner, viewer = make_member(glow), make_member(glow, "viewer")
    row = Membership.objects.get(user=viewer)
    standing.suspend(glow, reason="unpaid since May", by=BY)
    client = browser(owner)
    page = client.get("/m/glow/settings/")
    assert page.status_code == 200
    assert "unpaid since May" in page.content.decode()
    refused = client.post(f"/m/glow/settings/members/{row.pk}/role/", {"role": "owner"})
    assert refused.status_code == 403
    assert (
        "glow is suspended or has left: unpaid since May. You can read"
        in refused.content.decode().replace("Glow", "glow")
    )
    row.refresh_from_db()
    assert row.role == "viewer"
    standing.resume(glow, reason="paid", by=BY)
    client.post(f"/m/glow/settings/members/{row.pk}/role/", {"role": "marketing"})
    row.refresh_from_db()
    assert row.role == "marketing"
    assert acts(glow) == [("supervision.suspended", "unpaid since May"), ("supervision.resumed", "paid")]


def test_its_lists_can_still_be_taken_away(glow: Merchant) -> None:
    client = browser(make_member(glow))
    standing.suspend(glow, reason="unpaid", by=BY)
    asked = client.post("/m/glow/exports/", {"kind": "leads", "form": "csv"})
    assert asked.status_code == 302


def test_its_programs_read_and_are_told_why_they_cannot_write(glow: Merchant) -> None:
    _, secret = tokens.issue(glow, name="till", scopes=tokens.SCOPES, user=make_member(glow))
    standing.suspend(glow, reason="unpaid", by=BY)
    client, by_token = Client(), {"authorization": f"Bearer {secret}"}
    assert client.get("/api/v1/work", headers=by_token).status_code == 200
    refused = client.post("/api/v1/orders", "[]", "application/json", headers=by_token)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "merchant_closed")


def test_parting_ends_its_tokens_its_sources_and_its_open_invitations(glow: Merchant) -> None:
    _, secret = tokens.issue(glow, name="till", scopes=tokens.SCOPES, user=make_member(glow))
    _, letter = invites.send(glow, email="mei@example.org", role="viewer", by=BY)
    with tenancy.acting_for(glow):
        Connection.objects.create(merchant=glow, source="jd", shop="1", name="京东")
    standing.offboard(glow, reason="moves to a competitor", by=BY)
    assert Client().get("/api/v1/work", headers={"authorization": f"Bearer {secret}"}).status_code == 401
    assert invites.find("glow", letter) is None
    with tenancy.acting_for(glow):
        assert Connection.objects.get().paused
    standing.resume(glow, reason="came back", by=BY)
    assert ApiToken.objects.get().revoked_at is not None


def test_parting_ends_all_agreements_and_resuming_brings_none_back() -> None:
    parties = gather()
    bound, cooperating = parties.bound(), parties.cooperating()
    own = parties.offered(parties.agency, parties.blogger, rights=["live"])
    others = parties.offered(make_merchant("other"), parties.agency, figures=["cost"])
    standing.offboard(parties.agency, reason="closes", by=BY)
    standing.resume(parties.agency, reason="opens again", by=BY)
    with tenancy.acting_for(parties.agency):
        states = dict(Agreement.objects.values_list("pk", "state"))
        acts = AuditEvent.objects.filter(act__startswith="merchants.agreement").order_by("-id")[:4]
        assert {row.act.rpartition(".")[2] for row in acts} == {"revoked", "withdrawn", "declined"}
    assert states == {
        bound.pk: "revoked", cooperating.pk: "revoked", own.pk: "withdrawn", others.pk: "declined",
    }  # fmt: skip


@pytest.mark.parametrize("side", ["agency", "blogger", "brand"])
def test_while_a_side_is_suspended_nothing_of_its_agreements_is_shown(side: str) -> None:
    parties = gather()
    parties.bound()
    cooperation = parties.cooperating()

    def shown() -> list[str]:
        return [one.blogger for one in covered(Agreement.objects.get(pk=cooperation.pk), parties.today)]

    with tenancy.acting_for(parties.brand):
        assert shown() == [BLOGGER_ID]
        standing.suspend(getattr(parties, side), reason="looked into", by=BY)
        assert shown() == []
        standing.resume(getattr(parties, side), reason="cleared", by=BY)
        assert shown() == [BLOGGER_ID]


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_nothing_is_done_without_a_reason(glow: Merchant, operator: User, reason: str) -> None:
    for act in (standing.suspend, standing.offboard):
        with pytest.raises(NoReason):
            act(glow, reason=reason, by=BY)
    with pytest.raises(NoReason):
        looking_on.begin(glow, operator=operator, role="owner", reason=reason)
    assert Merchant.objects.get().status == "active"
    with pytest.raises(IntegrityError), transaction.atomic():
        OperatorAct.objects.create(actor=BY, act="x", merchant_code="glow", merchant_name="Glow", reason="")


def test_what_is_not_active_cannot_be_suspended_again(glow: Merchant) -> None:
    standing.suspend(glow, reason="unpaid", by=BY)
    with pytest.raises(NotNow):
        standing.suspend(glow, reason="unpaid", by=BY)
    applying = make_merchant("new", status="applying")
    for act in (standing.suspend, standing.resume, standing.offboard):
        with pytest.raises(NotNow):
            act(applying, reason="x", by=BY)
    assert OperatorAct.objects.count() == 1


# -- looking on


def look(glow: Merchant, operator: User, role: str = "owner") -> Client:
    looking_on.begin(glow, operator=operator, role=role, reason="ticket 12")
    return browser(operator)


def test_an_operator_sees_nothing_of_a_merchant_without_saying_why(glow: Merchant, operator: User) -> None:
    client = browser(operator)
    assert client.get("/m/glow/settings/").status_code == 404
    client.post(
        reverse("admin:merchants_merchant_acts", args=[glow.pk]), {"act": "look", "look-role": "owner"}
    )
    assert client.get("/m/glow/settings/").status_code == 404
    asked = {"act": "look", "look-role": "owner", "look-reason": "ticket 12"}
    began = client.post(reverse("admin:merchants_merchant_acts", args=[glow.pk]), asked)
    assert began.headers["Location"] == "/m/glow/"
    page = client.get("/m/glow/settings/")
    assert page.status_code == 200
    assert "because: ticket 12" in page.content.decode()


def test_each_page_stands_in_the_trail_of_the_merchant(glow: Merchant, operator: User) -> None:
    client = look(glow, operator)
    for path in ("/m/glow/settings/", "/m/glow/trail/", "/m/glow/trail/?page=2"):
        client.get(path)
    client.post("/support/end/")
    assert client.get("/m/glow/trail/").status_code == 404
    assert acts(glow) == [
        ("support.began", "ticket 12"),
        ("support.opened", "/m/glow/settings/"),
        ("support.opened", "/m/glow/trail/"),
        ("support.ended", ""),
    ]
    owner = browser(make_member(glow))
    assert "ticket 12" in owner.get("/m/glow/trail/").content.decode()


def test_nothing_can_be_changed_by_looking(glow: Merchant, operator: User) -> None:
    row = Membership.objects.get(user=make_member(glow, "viewer"))
    client = look(glow, operator)
    refused = client.post(f"/m/glow/settings/members/{row.pk}/role/", {"role": "owner"})
    assert refused.status_code == 403
    assert "You are looking on" in refused.content.decode()
    row.refresh_from_db()
    assert row.role == "viewer"


def test_postgres_refuses_what_a_page_would_write_on_the_way(glow: Merchant, operator: User) -> None:
    """A paper's reader is noted by the page that shows it, so it is a page that writes."""
    with transaction.atomic():
        tenancy.enter(glow)
        tenancy.forbid_writing()
        with pytest.raises(Exception, match="read-only transaction") as refused, transaction.atomic():
            AuditEvent.objects.create(merchant=glow, actor=BY, act="merchants.paper.viewed")
    assert tenancy.was_forbidden(refused.value)


def test_files_contacts_and_keys_are_withheld(glow: Merchant, operator: User) -> None:
    client = look(glow, operator)
    assert client.get("/m/glow/exports/").status_code == 403
    page = client.get("/m/glow/settings/").content.decode()
    assert reverse("merchants:issue_token", args=["glow"]) not in page


def test_a_look_sees_what_its_role_sees(glow: Merchant, operator: User) -> None:
    assert look(glow, operator, "viewer").get("/m/glow/settings/").status_code == 403


def test_a_look_ends_by_itself_after_half_an_hour(glow: Merchant, operator: User) -> None:
    before = datetime.now(UTC) - timedelta(minutes=30, seconds=1)
    looking_on.begin(glow, operator=operator, role="owner", reason="ticket 12", now=before)
    assert browser(operator).get("/m/glow/settings/").status_code == 404


def test_a_look_is_the_operators_own_and_of_this_merchant(glow: Merchant, operator: User) -> None:
    look(glow, operator)
    other = User.objects.create_superuser("another", password="correct horse battery")
    make_merchant("moss")
    assert browser(other).get("/m/glow/settings/").status_code == 404
    assert browser(operator).get("/m/moss/settings/").status_code == 404


def test_who_is_no_staff_any_more_sees_nothing(glow: Merchant, operator: User) -> None:
    client = look(glow, operator)
    User.objects.filter(pk=operator.pk).update(is_staff=False)
    assert client.get("/m/glow/settings/").status_code == 404


def test_beginning_again_ends_the_look_before(glow: Merchant, operator: User) -> None:
    look(glow, operator)
    look(glow, operator, "viewer")
    with tenancy.acting_for(glow):
        rows = list(SupportView.objects.order_by("pk").values_list("role", "ended_at"))
    assert [(role, ended is None) for role, ended in rows] == [("owner", False), ("viewer", True)]


# -- the page


def test_only_superusers_act(glow: Merchant) -> None:
    staff = User.objects.create_user("staff", password="correct horse battery", is_staff=True)
    page = reverse("admin:merchants_merchant_acts", args=[glow.pk])
    assert browser(staff).get(page).status_code == 403
    assert browser(staff).post(page, {"act": "suspend", "suspend-reason": "x"}).status_code == 403
    assert Merchant.objects.get().status == "active"


def test_the_page_offers_what_can_be_done_now_and_shows_what_was(glow: Merchant, operator: User) -> None:
    client, page = browser(operator), reverse("admin:merchants_merchant_acts", args=[glow.pk])

    def offered() -> list[str]:
        return [act.code for act, _ in client.get(page).context["acts"]]

    assert offered()[:3] == ["look", "suspend", "offboard"]
    assert client.post(page, {"act": "suspend", "suspend-reason": " "}).status_code == 422
    assert client.post(page, {"act": "resume", "resume-reason": "x"}).status_code == 302  # not now
    assert Merchant.objects.get().status == "active"
    client.post(page, {"act": "suspend", "suspend-reason": "unpaid since May"})
    assert offered()[:3] == ["look", "resume", "offboard"]
    assert "unpaid since May" in client.get(page).content.decode()
    assert client.get(reverse("admin:merchants_merchant_change", args=[glow.pk])).status_code == 200
