"""A member who is kept to some stores sees those and no other, in lists, single pages, counts and files."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from leads.models import Appointment, Lead
from leads.operations import appointments, exports
from leads.queries.asked import Asked
from merchants import tenancy
from merchants.models import AuditEvent, Membership, Merchant, Store, User
from merchants.operations import members
from tests.conftest import make_member
from tests.leads.desks import BY, HOUR, Desk

TODAY = timezone.now().replace(microsecond=0)


class Two:
    """A desk with a consultation, a lead and an appointment at each of two stores, and one of no store."""

    def __init__(self, merchant: Merchant) -> None:
        self.desk = Desk(merchant)
        self.stores = {
            "sea": self.desk.store,
            "hill": Store.objects.create(merchant=merchant, code="hill", name="Hill studio"),
        }
        self.sessions, self.leads, self.visits = {}, {}, {}
        for name in ("sea", "hill", "none"):
            at = TODAY - timedelta(days=2)
            session = self.desk.say(
                f"{name} person", at=at, nickname=f"{name} person", store=self.stores.get(name)
            )
            self.sessions[name], self.leads[name] = session, self.desk.lead_of(session)
        for name, store in self.stores.items():
            slot = (TODAY + timedelta(days=1)).replace(hour=3, minute=0, second=0)
            self.visits[name] = appointments.book(
                merchant, self.leads[name], store=store, starts_at=slot, by=BY
            )


@pytest.fixture
def two(merchant: Merchant, settings: Any, tmp_path: Path) -> Two:
    settings.STATE = tmp_path
    return Two(merchant)


@pytest.fixture
def manager(merchant: Merchant, two: Two) -> User:
    person = make_member(merchant, "manager")
    members.keep_to_stores(
        merchant, Membership.objects.get(user=person), stores=[two.stores["sea"].pk], by=BY
    )
    return person


@pytest.fixture
def browser(manager: User, client: Client) -> Client:
    client.force_login(manager)
    client.cookies["django_language"] = "en"
    return client


def seen(page: str) -> list[str]:
    return [name for name in ("sea", "hill", "none") if f"{name} person" in page]


@pytest.mark.parametrize(
    "path",
    [
        "inbox/",
        "inbox/queue/",
        "leads/",
        "leads/?q=person",
        "funnel/rows/?of=enquiry&by=store",
        "funnel/rows/?of=sessions",
    ],
)
def test_lists_show_their_stores_and_nothing_that_belongs_to_no_store(
    two: Two, browser: Client, path: str
) -> None:
    answer = browser.get(f"/m/glow/{path}")
    assert (answer.status_code, seen(answer.content.decode())) == (200, ["sea"])


def test_who_is_kept_to_no_store_sees_all(two: Two, merchant: Merchant, client: Client) -> None:
    client.force_login(make_member(merchant, "agent"))
    assert seen(client.get("/m/glow/leads/").content.decode()) == ["sea", "hill", "none"]


def test_counts_are_of_the_same_rows(two: Two, browser: Client) -> None:
    assert browser.get("/m/glow/leads/").context["total"] == 1
    assert browser.get("/m/glow/inbox/").context["waiting"] == 1
    assert browser.get("/m/glow/funnel/").context["steps"][0]["count"] == 1


@pytest.mark.parametrize(("name", "status"), [("sea", 200), ("hill", 404), ("none", 404)])
def test_single_pages_of_other_stores_are_not_found(
    two: Two, browser: Client, name: str, status: int
) -> None:
    session, lead = two.sessions[name], two.leads[name]
    for path in (f"inbox/{session.pk}/", f"inbox/{session.pk}/lines/", f"leads/{lead.pk}/"):
        assert browser.get(f"/m/glow/{path}").status_code == status, path


def test_nothing_of_other_stores_can_be_changed(two: Two, browser: Client) -> None:
    session, lead, visit = two.sessions["hill"], two.leads["hill"], two.visits["hill"]
    for path in (
        f"leads/{lead.pk}/move/",
        f"leads/{lead.pk}/contact/",
        f"calendar/{visit.pk}/cancel/",
        f"inbox/{session.pk}/close/",
    ):
        answer = browser.post(f"/m/glow/{path}", {"to": "lost", "reason": "price"})
        assert answer.status_code == 404, path
    assert Appointment.objects.get(pk=visit.pk).state == "booked"
    at = f"{TODAY + timedelta(days=2):%Y-%m-%d}T11:00"
    elsewhere = {"store": two.stores["hill"].pk, "starts_at": at}
    booked = browser.post(f"/m/glow/leads/{two.leads['sea'].pk}/book/", elsewhere)
    assert booked.status_code == 422


def test_the_calendar_and_the_codes_of_visits_are_of_their_stores(two: Two, browser: Client) -> None:
    page = browser.get(
        f"/m/glow/calendar/?store={two.stores['hill'].pk}&day={two.visits['sea'].starts_at:%Y-%m-%d}"
    )
    assert [name for _pk, name in page.context["stores"]] == ["Sea studio"]
    assert seen(page.content.decode()) == ["sea"]
    two.visits["hill"].refresh_from_db()
    Appointment.objects.filter(pk=two.visits["hill"].pk).update(starts_at=TODAY, ends_at=TODAY + HOUR)
    refused = browser.post("/m/glow/leads/visit/", {"code": two.visits["hill"].code})
    assert refused.context["scan"].why == "unknown"
    assert Lead.objects.get(pk=two.leads["hill"].pk).visited_at is None


def test_files_hold_their_stores_also_when_they_were_narrowed_meanwhile(two: Two, merchant: Merchant) -> None:
    person = make_member(merchant, "manager", "other")
    row = exports.ask(merchant, person, kind="leads", form="csv", asked=Asked(), language="en")
    members.keep_to_stores(
        merchant, Membership.objects.get(user=person), stores=[two.stores["hill"].pk], by=BY
    )
    exports.write(merchant, row.pk)
    row.refresh_from_db()
    text = b"".join(exports.take(merchant, row)).decode("utf-8-sig")
    assert [line["Name"] for line in csv.DictReader(io.StringIO(text))] == ["hill person"]


def test_what_is_of_the_whole_merchant_is_closed_to_them(two: Two, browser: Client, manager: User) -> None:
    for path in ("", "results/", "desk/", "duplicates/", "lead-sources/", "trail/", "lead-costs/", "alarms/"):
        assert browser.get(f"/m/glow/{path}").status_code == 403, path
    assert browser.get("/").headers["Location"] == "/m/glow/inbox/"


def test_the_scope_ends_with_the_request(two: Two, browser: Client, merchant: Merchant) -> None:
    browser.get("/m/glow/leads/")
    assert Lead.objects.for_merchant(merchant).count() == 3
    with tenancy.kept_to_stores([two.stores["hill"].pk]):
        assert Lead.objects.for_merchant(merchant).count() == 1


def test_an_owner_keeps_an_agent_to_stores_and_another_role_ends_it(
    two: Two, merchant: Merchant, owner: User, client: Client
) -> None:
    row = Membership.objects.get(user=make_member(merchant, "agent"))
    client.force_login(owner)
    page = f"/m/glow/settings/members/{row.pk}"
    client.post(f"{page}/stores/", {"stores": [two.stores["hill"].pk]})
    row.refresh_from_db()
    assert row.stores == [two.stores["hill"].pk]
    assert "Hill studio" in client.get("/m/glow/settings/").content.decode()
    client.post(f"{page}/role/", {"role": "marketing"})
    row.refresh_from_db()
    assert (row.role, row.stores) == ("marketing", [])
    act = AuditEvent.objects.get(act="merchants.member.stores_set")
    assert act.data == {"user": row.user_id, "before": [], "after": [two.stores["hill"].pk]}


@pytest.mark.parametrize("role", ["owner", "marketing", "finance", "analyst", "viewer"])
def test_other_roles_cannot_be_kept_to_stores(two: Two, merchant: Merchant, role: str) -> None:
    row = Membership.objects.get(user=make_member(merchant, role, "somebody"))
    with pytest.raises(ValueError, match="not a role"):
        members.keep_to_stores(merchant, row, stores=[two.stores["sea"].pk], by=BY)


def test_a_store_of_another_merchant_is_none(two: Two, merchant: Merchant, stranger: Merchant) -> None:
    row = Membership.objects.get(user=make_member(merchant, "agent"))
    with tenancy.acting_for(stranger):
        theirs = Store.objects.create(merchant=stranger, code="x", name="x")
    with pytest.raises(ValueError, match="not a role"):
        members.keep_to_stores(merchant, row, stores=[theirs.pk], by=BY)
