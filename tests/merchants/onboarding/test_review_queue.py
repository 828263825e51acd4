"""The queue in Django's admin: who waits longest, second looks, appeals, what expires, and the next case."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from merchants import tenancy
from merchants.models import Application, User
from merchants.operations import applications, reviews
from tests.merchants.onboarding.doors import PAPERS, STUDIO, Door, reviewer
from tests.merchants.onboarding.test_review_pages import address, judge, post, text

pytestmark = pytest.mark.usefixtures("committed")
LIST = "/admin/merchants/application/"


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, settings: Any) -> None:
    settings.STATE = tmp_path


def came(door: Door, **ago: float) -> Door:
    """As if it had been submitted so long ago."""
    with tenancy.acting_for(door.merchant):
        Application.objects.update(submitted_at=datetime.now(UTC) - timedelta(**ago))
    return door


def decide(door: Door, person: User, key: str, *, accepted: bool = True) -> None:
    reviews.decide(
        door.merchant, key, accepted=accepted, reviewer=person, version=door.case.version, reason="unreadable"
    )


def rows(client: Client, **asked: str) -> list[str]:
    """Ids of the cases of a queue, in their order."""
    page = client.get(LIST, asked).content.decode()
    return re.findall(r"application/(\d+)/change/", page)


def test_who_waits_longest_stands_first_and_is_taken_next() -> None:
    person, client = judge()
    assert "No case waits that you may decide about." in text(client.post(f"{LIST}next/", follow=True))
    young, old, draft = (
        came(Door.opened(name="young").submitted(), hours=1),
        came(Door.opened(name="old").submitted(), days=21),
        Door.opened(name="draft"),
    )
    ids = [str(door.case.pk) for door in (old, young)]
    assert rows(client) == ids
    assert rows(client, queue="everything") == [str(draft.case.pk), *sorted(ids, reverse=True)]
    page = text(client.get(LIST))
    assert page.count('class="late"') == 1
    assert re.findall(r"Waiting, oldest[^<]*", page) == ["Waiting, oldest first (2)"]
    assert client.post(f"{LIST}next/").headers["Location"] == address(old)
    other, second = judge("other")
    assert second.post(f"{LIST}next/").headers["Location"] == address(young)
    assert (old.case.holder, young.case.holder) == (person, other)
    assert rows(client, queue="mine") == [str(old.case.pk)]
    assert re.search(r"judge until \d\d:\d\d", text(client.get(LIST)))


def test_what_one_has_looked_at_waits_for_another(settings: Any) -> None:
    settings.SECOND_LOOKS = 100
    (person, client), (_, second) = judge(), judge("second")
    door = Door.opened().submitted()
    decide(door, person, "shop_name")
    assert (rows(client, queue="second"), rows(second, queue="second")) == ([], [str(door.case.pk)])
    assert "4 · 1 second look" in text(second.get(LIST))
    for key in PAPERS[:-1]:
        decide(door, person, key)
    assert "No case waits" in text(client.post(f"{LIST}next/", follow=True))  # nothing is left for the first
    assert second.post(f"{LIST}next/").headers["Location"] == address(door)


def test_an_appeal_has_its_queue_and_goes_past_who_refused() -> None:
    (person, client), (_, other) = judge(), judge("other")
    door = Door.opened().submitted()
    for key in PAPERS:
        decide(door, person, key, accepted=key != "shop_name")
    assert rows(other, queue="appeal") == []
    applications.appeal(door.merchant, "The sign can be read.", by=door.by)
    assert rows(other, queue="appeal") == [str(door.case.pk)]
    assert "No case waits" in text(client.post(f"{LIST}next/", follow=True))
    page = text(client.get(address(door)))
    assert ("The sign can be read." in page, "the appeal goes to somebody else" in page) == (True, True)
    other.post(f"{LIST}next/")
    assert post(other, door, key="shop_name", verdict="accept").status_code == 302
    assert (door.case.state, rows(other, queue="appeal")) == ("approved", [])


def test_licences_that_end_soon_have_their_queue() -> None:
    person, client = judge()
    soon, later = Door.opened(name="soon").answer_all(), Door.opened(name="later").answer_all()
    for door, days in ((soon, 60), (later, 61)):
        day = (datetime.now(UTC) + timedelta(hours=8)).date() + timedelta(days=days)
        applications.answer(door.merchant, "business_licence", {"valid_until": day.isoformat()}, by=door.by)
        applications.submit(door.merchant, user=door.user, by=door.by)
        decide(door, person, "business_licence")
    assert rows(client, queue="expiring") == [str(soon.case.pk)]


def test_a_case_that_is_held_is_given_to_nobody_else_until_the_lease_has_run_out() -> None:
    _, client = judge()
    door = Door.opened().submitted()
    reviews.claim(door.merchant, reviewer=reviewer("gone"))
    assert "No case waits" in text(client.post(f"{LIST}next/", follow=True))
    with tenancy.acting_for(door.merchant):
        Application.objects.update(held_until=datetime.now(UTC))
    assert "gone had claimed it, and the time has run out." in text(client.get(address(door)))
    assert client.post(f"{LIST}next/").headers["Location"] == address(door)


def test_a_longer_list_asks_the_database_no_more_often() -> None:
    _, client = judge()
    door = Door.opened().submitted()
    with CaptureQueriesContext(connections["operator"]) as few:
        client.get(LIST, {"queue": "everything"})
    for n in range(4):
        applications.start(User.objects.create_user(f"more{n}"), STUDIO, by=door.by)
    with CaptureQueriesContext(connections["operator"]) as many:
        assert len(rows(client, queue="everything")) == 5
    assert 0 < len(many) == len(few)
