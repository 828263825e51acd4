"""Who applied and was not let in is parted with, taken away and deleted like any merchant, and is told so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from merchants import tenancy
from merchants.models import Archive, Merchant, OperatorAct, User
from merchants.onboarding.cases import LAPSES, Case, Refused, is_over
from merchants.operations import applications, papers
from merchants.operations.applications import Business
from merchants.operations.supervision import archives, deletion, standing
from merchants.operations.supervision.noting import NotNow
from tests.merchants.documents.papers import picture
from tests.merchants.onboarding.doors import STUDIO, Door
from tests.merchants.onboarding.test_refusals import refuse

pytestmark = pytest.mark.usefixtures("committed")  # the operator's connection sees what is committed
NOW = timezone.now()
DAY = timedelta(days=1)
AGENCY = Business("星野机构", "company", "none", ["mcn"])
BLOGGER = Business("小满护肤日记", "person", "none", ["blogger"])


@pytest.fixture(autouse=True)
def own_state(tmp_path: Path, settings: Any) -> None:
    settings.STATE = tmp_path
    settings.SECOND_LOOKS = 0


@pytest.fixture
def door(committed: None, own_state: None) -> Door:
    return Door.opened().submitted()


def status(door: Door) -> str:
    return Merchant.objects.values_list("status", flat=True).get(pk=door.merchant.pk)


def part(door: Door, *, days: int = 0) -> None:
    door.merchant.refresh_from_db()
    standing.offboard(door.merchant, reason="not let in", by="user:1", now=timezone.now() + days * DAY)


def refuse_for_good(door: Door) -> None:
    refuse(door, "one", "two")
    applications.appeal(door.merchant, "The seal is real.", by=door.by)
    refuse(door, "three", "four")


@pytest.mark.parametrize(
    ("case", "appealed", "quiet", "over"),
    [
        (Case.SUBMITTED, True, 400 * DAY, False),
        (Case.IN_REVIEW, True, 400 * DAY, False),
        (Case.WITHDRAWN, False, 0 * DAY, True),
        (Case.REFUSED, True, 0 * DAY, True),
        (Case.REFUSED, False, LAPSES - DAY, False),
        (Case.REFUSED, False, LAPSES, True),
        (Case.DRAFT, False, LAPSES - DAY, False),
        (Case.DRAFT, False, LAPSES, True),
        (Case.CHANGES_NEEDED, True, LAPSES - DAY, False),
        (Case.CHANGES_NEEDED, True, LAPSES, True),
    ],
)
def test_an_application_is_over_when_withdrawn_refused_for_good_or_left_alone(
    case: Case, appealed: bool, quiet: timedelta, over: bool
) -> None:
    assert is_over(case, appealed=appealed, quiet=quiet) is over


def test_while_a_reviewer_has_it_or_an_appeal_is_open_nobody_parts_with_it(door: Door) -> None:
    with pytest.raises(NotNow):
        part(door, days=400)
    refuse(door, "one", "two")
    with pytest.raises(NotNow):
        part(door, days=29)
    assert (status(door), OperatorAct.objects.count()) == ("applying", 0)
    part(door, days=31)  # nobody appealed
    assert status(door) == "left"


def test_who_was_refused_for_good_is_written_down_and_deleted_with_every_paper(
    door: Door, tmp_path: Path
) -> None:
    ada, bo = (User.objects.create_superuser(name, password="correct horse") for name in ("ada", "bo"))
    refuse_for_good(door)
    with pytest.raises(NotNow):
        deletion.ask(door.merchant, reason="refused", operator=ada, now=NOW)
    part(door)
    row, _ = archives.ask(door.merchant, reason="asked for it", by="user:1", language="en")
    archives.write(door.merchant, row.pk)
    with tenancy.acting_for(door.merchant):
        told = Archive.objects.get().told
    assert told["merchants/application.csv"] == 1
    asked = deletion.ask(door.merchant, reason="refused", operator=ada, now=NOW - 15 * DAY)
    deletion.confirm(asked, reason="seen", operator=bo, now=NOW - 15 * DAY)
    (due,) = deletion.due(timezone.now())
    gone = door.merchant.pk
    deletion.carry_out(due, now=timezone.now())
    assert (deletion.remaining(gone), list(tmp_path.glob(f"*/{gone}/*"))) == ({}, [])
    assert not Merchant.objects.filter(pk=gone).exists()
    acts = OperatorAct.objects.order_by("id").values_list("act", flat=True)
    assert list(acts) == [
        "merchants.supervision.offboarded", "merchants.archive.asked", "merchants.deletion.asked",
        "merchants.deletion.confirmed", "merchants.deletion.done",
    ]  # fmt: skip


@pytest.mark.parametrize("business", [STUDIO, AGENCY, BLOGGER])
def test_a_business_an_agency_and_a_blogger_that_withdrew_or_went_away_are_parted_with(
    committed: None, business: Business
) -> None:
    door = Door.opened(business)
    with pytest.raises(NotNow):
        part(door, days=29)
    part(door, days=31)
    assert (status(door), Merchant.objects.get(pk=door.merchant.pk).never_let_in) == ("left", True)


def test_who_comes_back_applies_as_before_and_is_not_let_in_by_that(door: Door) -> None:
    applications.withdraw(door.merchant, by=door.by)
    part(door)
    with pytest.raises(Refused, match="not_now"):
        applications.submit(door.merchant, user=door.user, by=door.by)
    standing.resume(door.merchant, reason="a mistake", by="user:1")
    merchant = Merchant.objects.get(pk=door.merchant.pk)
    assert (merchant.status, merchant.never_let_in, merchant.is_outside) == ("applying", False, True)
    applications.submit(merchant, user=door.user, by=door.by)
    assert door.case.state == "submitted"


def test_a_merchant_that_was_let_in_comes_back_as_active(door: Door) -> None:
    Merchant.objects.filter(pk=door.merchant.pk).update(status="active")
    part(door)
    standing.resume(door.merchant, reason="came back", by="user:1")
    merchant = Merchant.objects.get(pk=door.merchant.pk)
    assert (merchant.status, merchant.never_let_in) == ("active", False)


# -- the pages


@pytest.mark.parametrize("before", [lambda door: None, refuse_for_good])
def test_the_applicant_reads_what_is_kept_and_for_how_long(
    door: Door, client: Client, before: Callable[[Door], None], settings: Any
) -> None:
    settings.DELETION_DAYS = 14
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(door.user)
    before(door)
    page = client.get(f"/m/{door.merchant.code}/onboarding/").content.decode()
    for words in (
        "What is kept, and how long",
        "It is kept until the operator deletes it",
        "14 days later every answer and every paper is gone",
        "left alone for 30 days",
    ):
        assert words in page


def test_once_parted_with_it_is_read_and_nothing_else_is_open(door: Door, client: Client) -> None:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    client.force_login(door.user)
    applications.withdraw(door.merchant, by=door.by)
    part(door)
    path = f"/m/{door.merchant.code}/onboarding/"
    answer = client.get(f"/m/{door.merchant.code}/settings/")
    assert (answer.status_code, answer.headers["Location"]) == (302, path)
    page = client.get(path)
    words = page.content.decode()
    assert [one["label"] for one in page.context["nav"]] == ["Onboarding"]
    assert ("not let in" in words, "Submit for review" in words) == (True, False)
    before = door.case.version
    assert client.post(f"{path}submit/").status_code == 403
    assert (door.case.version, door.case.state) == (before, "withdrawn")


def test_the_operator_finds_the_act_where_it_is_possible_and_only_there(door: Door, client: Client) -> None:
    client.force_login(User.objects.create_superuser("ada", password="correct horse"))
    page = reverse("admin:merchants_merchant_acts", args=[door.merchant.pk])
    assert 'id="act-offboard"' not in client.get(page).content.decode()
    refuse_for_good(door)
    assert 'id="act-offboard"' in client.get(page).content.decode()
    client.post(page, {"act": "offboard", "offboard-reason": "refused for good"})
    assert status(door) == "left"
    assert 'id="act-delete"' in client.get(page).content.decode()


def test_a_paper_handed_in_a_moment_ago_is_a_sign_of_life(committed: None) -> None:
    door = Door.opened()
    papers.hand_in(door.merchant, "shop_name", filename="a.jpg", data=picture(), by=door.by)
    assert standing.may_leave(door.merchant, timezone.now() + 29 * DAY) is False
    assert standing.may_leave(door.merchant, timezone.now() + 31 * DAY) is True
