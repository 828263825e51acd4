"""A newer rule and a merchant that was let in before: seen with its day, answered, reviewed; and what waits if not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from merchants import tenancy
from merchants.models import Agreement, Application
from merchants.onboarding.requirements import Capability, Stage
from merchants.operations import agreements, applications, papers, readiness
from merchants.operations.readiness import Held
from merchants.queries import onboarding, requirement_sets
from tests.merchants.agreements.parties import BY, gather
from tests.merchants.documents.papers import picture
from tests.merchants.onboarding.doors import PAPERS, Door
from tests.merchants.onboarding.test_further_trades import decide, submit

pytestmark = pytest.mark.django_db(databases=["default", "dispatch"])
TODAY = timezone.localdate()


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, settings: Any) -> None:
    settings.STATE = tmp_path
    settings.SECOND_LOOKS = 0


@pytest.fixture
def door() -> Door:
    """A wedding studio that was let in today."""
    opened = Door.opened().submitted()
    for key in PAPERS:
        decide(opened, key)
    return opened


@pytest.fixture
def newer(door: Door, monkeypatch: pytest.MonkeyPatch) -> str:
    """The next version of the account's set, in force from today, asks for one more paper that selling rests on."""
    published = requirement_sets.published()
    [old] = [one for one in published if one.code == "cn.account"][-1:]
    [licence] = [one for one in old.requirements if one.key == "stamped_letter"]
    more = replace(licence, key="food_letter", blocks=(Capability.SELL,), deadline_days=None, any_of="")
    version = replace(old, version=TODAY, starts_on=TODAY, requirements=(*old.requirements, more))
    at_launch = requirement_sets.published(Stage.LAUNCH)
    told = {Stage.ENTRY: [*published, version], Stage.LAUNCH: at_launch}
    monkeypatch.setattr(requirement_sets, "published", lambda stage=Stage.ENTRY: told[stage])
    return more.key


def waits(door: Door, later: int) -> set[Capability]:
    with tenancy.acting_for(door.merchant):
        return set(onboarding.restricted(door.merchant, TODAY + timedelta(days=later)))


def answer(door: Door, key: str) -> None:
    applications.answer(door.merchant, key, {"operator_name": "王小明"}, by=door.by)
    papers.hand_in(door.merchant, key, filename="new.jpg", data=picture(), by=door.by)


def page(door: Door) -> str:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(door.user)
    return client.get(f"/m/{door.merchant.code}/onboarding/").content.decode()


def test_what_is_newly_asked_is_seen_with_its_day_answered_reviewed_and_accepted(
    door: Door, newer: str
) -> None:
    seen = page(door)
    assert (f'id="{newer}"' in seen, "To be handed in by" in seen) == (True, True)
    assert "Submit for review" not in seen
    answer(door, newer)
    assert (door.case.state, "Submit for review" in page(door)) == ("approved", True)
    submit(door)
    assert (door.case.state, door.states()[newer], waits(door, 0)) == ("submitted", "in_review", set())
    decide(door, newer)
    assert (door.case.state, door.states()[newer], waits(door, 31)) == ("approved", "accepted", set())


def test_after_its_time_only_what_the_paper_backs_waits_until_it_is_accepted(door: Door, newer: str) -> None:
    assert (waits(door, 30), waits(door, 31)) == (set(), {Capability.SELL})
    answer(door, newer)
    submit(door)
    decide(door, newer)
    assert waits(door, 31) == set()


def test_nothing_is_launched_while_a_paper_of_the_category_is_out(door: Door, newer: str) -> None:
    day = datetime.now(UTC) + timedelta(days=31)
    with time_machine.travel(day, tick=False), pytest.raises(Held) as held:
        readiness.launch(door.merchant, "wedding_photography", knowing=True, by=door.by)
    assert held.value.keys == (newer,)
    row = readiness.launch(door.merchant, "wedding_photography", knowing=True, by=door.by)
    assert row.trade == "wedding_photography"


def test_nothing_new_is_agreed_with_an_agency_whose_papers_are_out() -> None:
    parties = gather()
    offered = parties.offered(parties.brand, parties.agency, figures=["delivery"])
    with tenancy.acting_for(parties.agency):
        Application.objects.create(
            merchant=parties.agency, name="Lamp", form="company", brand="none", trades=["mcn"],
            state="approved",
        )  # fmt: skip
    with time_machine.travel(datetime.now(UTC) + timedelta(days=400), tick=False):
        with pytest.raises(agreements.Refused, match="papers"):
            agreements.accept(parties.agency, offered.pk, by=BY)
        with pytest.raises(agreements.Refused, match="papers"):
            parties.offered(parties.blogger, parties.agency, rights=["notes"])
    with tenancy.acting_for(parties.brand):
        assert Agreement.objects.get().state == "offered"
