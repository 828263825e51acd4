"""The operator makes the set of a trade that was not shipped, and a visitor comes in by it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine
import yaml
from django.test import Client

from merchants.models import Merchant, RequirementSet, User
from merchants.operations import applications, papers, reviews
from tests.merchants.documents.papers import picture
from tests.merchants.onboarding.doors import Door, reviewer
from tests.merchants.onboarding.test_requirement_sets import rooms  # noqa: F401 - a fixture

pytestmark = pytest.mark.xdist_group("requirement sets")
LIST = "/admin/merchants/requirementset/"
SAID = {"zh-hans": "宠物寄养", "en": "Pet boarding"}
CONTENT = {
    "stage": "entry",
    "portal": "service",
    "label": SAID,
    "requirements": [
        {
            "key": "animal_permit",
            "kind": "verified",
            "label": {"zh-hans": "动物防疫条件合格证", "en": "Permit for keeping animals"},
            "why": {"zh-hans": "证明场所合格。", "en": "It shows that the place is fit."},
            "source": "the operator's own rule",
            "source_date": "2026-11-26",
            "accept": ["pdf", "jpg", "png", "webp"],
            "blocks": ["go_live"],
            "reasons": ["unreadable"],
        }
    ],
}


@pytest.fixture
def operator(rooms: None, tmp_path: Path, settings: Any) -> Iterator[Client]:  # noqa: F811
    settings.STATE, settings.SECOND_LOOKS = tmp_path, 0
    User.objects.create_superuser("operator", password="s3cret-of-the-operator")
    client = Client()
    with time_machine.travel("2026-11-26 12:00+08:00", tick=False):
        client.force_login(User.objects.get())
        yield client


def drafts() -> list[RequirementSet]:
    return list(RequirementSet.objects.using("operator").filter(published_at=None))


def begun(operator: Client, code: str, like: int | str = "") -> RequirementSet:
    page = operator.post(f"{LIST}add/", {"code": code, "like": like})
    [row] = drafts()
    assert (page.status_code, page["Location"]) == (302, f"{LIST}{row.pk}/change/")
    return row


def published(operator: Client, row: RequirementSet, content: dict[str, Any]) -> None:
    text = yaml.safe_dump(row.data | content, allow_unicode=True)
    assert operator.post(f"{LIST}{row.pk}/change/", {"text": text}).status_code == 302
    operator.post(LIST, {"action": "publish", "_selected_action": row.pk})
    assert drafts() == []


def answered(door: Door, *keys: str) -> None:
    told = {
        "business_licence": {
            "uscc": "91310000MA1FL70B67",
            "legal_name": "爪爪寄养有限公司",
            "valid_until": "permanent",
        },
        "stamped_letter": {"operator_name": "王小明"},
        "contact": {"phone": "021-5555 0100"},
        "account_name": {"account_name": "爪爪寄养", "trademark_number": "3456789"},
    }
    for key in keys:
        if key not in ("contact", "account_fee"):
            papers.hand_in(door.merchant, key, filename=f"{key}.jpg", data=picture(), by=door.by)
        applications.answer(door.merchant, key, told.get(key, {}), by=door.by)


def test_a_visitor_applies_in_a_trade_of_the_operators_and_is_let_in_with_the_portal_it_names(
    operator: Client,
) -> None:
    row = begun(operator, "cn.pet_boarding")
    applies = {"country": "CN", "categories": ["pet_boarding"], "forms": ["company"]}
    published(operator, row, CONTENT | {"applies": applies})

    visitor = User.objects.create_user("visitor", email="visitor@example.com", password="s3cret-of-visitor")
    visitor.emailaddress_set.create(email=visitor.email, verified=True, primary=True)
    client = Client(HTTP_ACCEPT_LANGUAGE="zh-hans")
    client.force_login(visitor)
    page = client.get("/apply/").content.decode()
    assert ("宠物寄养" in page, 'name="country"' in page) == (True, False)
    told = {"name": "爪爪寄养", "form": "company", "brand": "own", "trades": ["pet_boarding"]}
    assert client.post("/apply/", told).status_code == 302

    door = Door(visitor, Merchant.objects.get(memberships__user=visitor))
    assert "动物防疫条件合格证" in client.get(f"/m/{door.merchant.code}/onboarding/").content.decode()
    keys = ("business_licence", "stamped_letter", "contact", "account_name", "account_fee", "animal_permit")
    answered(door, *keys)
    applications.submit(door.merchant, user=visitor, by=door.by)
    judge = reviewer("judge")
    for key, state in door.states().items():
        if state == "in_review":
            reviews.decide(door.merchant, key, accepted=True, reviewer=judge, version=door.case.version)
    door.merchant.refresh_from_db()
    assert (door.case.state, door.merchant.status, door.merchant.kind) == ("approved", "active", "service")


def test_an_empty_set_is_published_only_once_it_is_filled_in(operator: Client) -> None:
    row = begun(operator, "cn.pet_boarding")
    assert (row.version, row.starts_on) == (date(2026, 11, 26), date(2026, 11, 26))
    page = operator.post(LIST, {"action": "publish", "_selected_action": row.pk}, follow=True)
    assert "label: a text in each of zh-hans, en is needed" in page.content.decode()
    assert drafts() == [row]


def test_a_copy_under_another_code_has_the_content_and_a_life_of_its_own(operator: Client) -> None:
    studio = RequirementSet.objects.using("operator").get(code="cn.wedding_photography")
    row = begun(operator, "cn.pet_boarding", studio.pk)
    assert {name for name in row.data if row.data[name] != studio.data.get(name)} == {
        "set", "version", "starts_on",
    }  # fmt: skip
    assert (row.data["set"], row.data["portal"]) == ("cn.pet_boarding", "service")


@pytest.mark.parametrize(
    ("code", "told"), [("cn.beauty", "exists already"), ("宠物", "small letters"), ("", "")]
)
def test_a_code_that_is_taken_or_none_begins_nothing(operator: Client, code: str, told: str) -> None:
    page = operator.post(f"{LIST}add/", {"code": code, "like": ""})
    assert (page.status_code, told in page.content.decode(), drafts()) == (200, True, [])


def test_where_sets_name_another_country_a_visitor_chooses_and_is_asked_by_it(operator: Client) -> None:
    row = begun(operator, "sg.pet_boarding")
    published(operator, row, CONTENT | {"applies": {"country": "SG", "categories": ["pet_boarding"]}})
    visitor = User.objects.create_user("visitor", email="visitor@example.com", password="s3cret-of-visitor")
    visitor.emailaddress_set.create(email=visitor.email, verified=True, primary=True)
    client = Client()
    client.force_login(visitor)
    told = {"name": "Paws", "form": "company", "brand": "own", "trades": ["pet_boarding"]}
    page = client.post("/apply/", told | {"country": "CN"})
    assert (page.status_code, Merchant.objects.filter(memberships__user=visitor).count()) == (422, 0)
    assert client.post("/apply/", told | {"country": "SG"}).status_code == 302
    door = Door(visitor, Merchant.objects.get(memberships__user=visitor))
    assert door.case.country == "SG"
    assert "动物防疫条件合格证" in client.get(f"/m/{door.merchant.code}/onboarding/").content.decode()
