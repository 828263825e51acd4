"""Saved views, letters and notes as a person meets them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from measurement.models import Annotation, SavedView, Schedule
from merchants.models import AuditEvent, Membership, Merchant, User
from tests.conftest import make_member


@pytest.fixture
def person(client: Client, merchant: Merchant) -> User:
    user = make_member(merchant, "owner")
    user.email = "owner@example.com"
    user.save()
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return user


def post(client: Client, merchant: Merchant, where: str, *ids: int, **told: object) -> Any:
    return client.post(reverse(f"measurement:{where}", args=[merchant.code, *ids]), told)


def page(client: Client, merchant: Merchant) -> str:
    return client.get(reverse("measurement:saved", args=[merchant.code])).content.decode()


VIEW = {"name": "Losing notes", "page": "measurement:results", "query": "by=note&class=losing"}


def test_a_report_is_saved_with_its_address_and_opens_again(
    client: Client, merchant: Merchant, person: User
) -> None:
    answer = post(client, merchant, "save_view", **VIEW)
    assert answer.url == f"/m/{merchant.code}/results/?by=note&class=losing"
    told = page(client, merchant)
    assert f'href="/m/{merchant.code}/results/?by=note&amp;class=losing"' in told
    assert "Losing notes" in told
    assert AuditEvent.objects.filter(act="measurement.view.saved").count() == 1


def test_a_name_that_is_taken_and_a_page_that_is_none_change_nothing(
    client: Client, merchant: Merchant, person: User
) -> None:
    post(client, merchant, "save_view", **VIEW)
    post(client, merchant, "save_view", **{**VIEW, "query": ""})
    assert [view.query for view in SavedView.objects.for_merchant(merchant)] == ["by=note&class=losing"]
    for wrong in ("merchants:settings", "measurement:nothing", "https://elsewhere.example/"):
        assert post(client, merchant, "save_view", **{**VIEW, "name": "x", "page": wrong}).status_code == 422
    assert SavedView.objects.for_merchant(merchant).count() == 1


def test_others_see_a_view_only_when_it_is_shared_and_never_remove_it(
    client: Client, merchant: Merchant, person: User
) -> None:
    post(client, merchant, "save_view", **VIEW)
    post(client, merchant, "save_view", **{**VIEW, "name": "For all", "shared": "on"})
    another = Client()
    another.force_login(make_member(merchant, "marketing"))
    told = page(another, merchant)
    assert "For all" in told
    assert "Losing notes" not in told
    shared = SavedView.objects.for_merchant(merchant).get(name="For all")
    assert post(another, merchant, "remove_view", shared.pk).status_code == 404


def test_a_schedule_goes_to_chosen_members_and_a_wrong_day_is_refused(
    client: Client, merchant: Merchant, person: User
) -> None:
    told = {"view": "digest", "rhythm": "weekly", "day": 1, "hour": 7, "form": "xlsx", "language": "en",
            "recipients": [person.pk]}  # fmt: skip
    assert post(client, merchant, "schedule", **{**told, "day": 9}).status_code == 422
    assert post(client, merchant, "schedule", **{**told, "recipients": [10**6]}).status_code == 422
    assert not Schedule.objects.for_merchant(merchant).exists()
    post(client, merchant, "schedule", **told)
    row = Schedule.objects.for_merchant(merchant).get()
    assert (row.recipients, row.day, row.view) == ([person.pk], 1, None)
    assert "Monday, 07:00" in page(client, merchant)
    post(client, merchant, "pause_schedule", row.pk)
    assert "paused" in page(client, merchant)
    post(client, merchant, "remove_schedule", row.pk)
    assert not Schedule.objects.for_merchant(merchant).exists()


def test_a_note_stands_until_it_is_taken_back(client: Client, merchant: Merchant, person: User) -> None:
    wrong = post(client, merchant, "annotate", first_day="2026-11-11", last_day="2026-11-10", text="Night")
    assert wrong.status_code == 422
    assert "It ends before it begins." in wrong.content.decode()
    post(client, merchant, "annotate", first_day="2026-11-11", text="Live night")
    assert "Live night" in page(client, merchant)
    row = Annotation.objects.for_merchant(merchant).get()
    post(client, merchant, "take_back", row.pk)
    assert "Live night" not in page(client, merchant)
    assert Annotation.objects.for_merchant(merchant).count() == 1


def test_a_viewer_reads_and_plans_nothing(client: Client, merchant: Merchant, person: User) -> None:
    client.force_login(make_member(merchant, "viewer"))
    assert "Schedule a report" not in page(client, merchant)
    assert post(client, merchant, "save_view", **VIEW).status_code == 403
    assert post(client, merchant, "annotate", first_day="2026-11-11", text="x").status_code == 403


def test_the_digest_opens_without_data(client: Client, merchant: Merchant, person: User) -> None:
    assert Membership.objects.filter(user=person).exists()
    answer = client.get(reverse("measurement:digest", args=[merchant.code]))
    assert answer.status_code == 200
