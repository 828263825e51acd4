"""The sets that are shipped, and how an operator makes the next version."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import date

import pytest
import time_machine
from django.db import connections
from django.db.utils import IntegrityError

from merchants.models import RequirementSet
from merchants.onboarding.requirements import (
    SELLS_NOTHING,
    Applicant,
    Brand,
    Form,
    Invalid,
    Kind,
    Stage,
    asked,
    closed_trades,
    in_force,
    trades,
)
from merchants.onboarding.set_data import parsed
from merchants.onboarding.shipped import as_text, plain_data, shipped
from merchants.operations import requirement_sets
from merchants.queries import requirement_sets as told

SHIPPED = [one for one in map(parsed, shipped()) if one.stage == Stage.ENTRY]


def test_there_is_a_set_for_each_trade_of_the_first_door() -> None:
    assert set(trades(SHIPPED)) == {
        "beauty", "baby_food", "wedding_photography", "medical_aesthetics", "mcn", "blogger",
    }  # fmt: skip


def test_every_requirement_names_its_source_and_its_day() -> None:
    rows = [row for one in SHIPPED for row in one.requirements]
    assert len(rows) == 28
    assert {row.source_date for row in rows} == {date(2026, 11, 23), date(2026, 11, 27)}
    assert all(row.source for row in rows)
    assert all(row.accept for row in rows if row.kind == Kind.VERIFIED)


def test_only_sourced_amounts_are_stated() -> None:
    amounts = {
        (one.code, row.key): row.amount_fen for one in SHIPPED for row in one.requirements if row.costs
    }
    assert amounts == {
        ("cn.account", "account_fee"): 60_000,
        ("cn.baby_food", "food_deposit"): None,
        ("cn.beauty", "category_deposit"): None,
        ("cn.medical_aesthetics", "medical_deposit"): None,
        ("cn.mcn", "certification_deposit"): 2_000_000,
    }


def test_a_person_is_not_let_into_a_trade_that_asks_a_licence() -> None:
    about = Applicant("CN", Form.PERSON, frozenset({"medical_aesthetics", "wedding_photography"}), Brand.OWN)
    assert closed_trades(SHIPPED, about) == ["medical_aesthetics"]


def test_a_clinic_is_asked_for_its_licence_by_two_people() -> None:
    about = Applicant("CN", Form.COMPANY, frozenset({"medical_aesthetics"}), Brand.OWN)
    found = {row.key: row.eyes for row in asked(in_force(SHIPPED, date(2026, 11, 27)), about)}
    assert found == {
        "business_licence": 1, "legal_person_check": 1, "stamped_letter": 1, "contact": 1, "account_name": 1,
        "account_fee": 1, "medical_licence": 2, "trade_advertising": 2, "medical_deposit": 1,
    }  # fmt: skip


def test_a_blogger_is_asked_its_own_few_and_nothing_of_a_shop() -> None:
    about = Applicant("CN", Form.PERSON, frozenset({"blogger"}), Brand.OWN)
    found = [row.key for row in asked(in_force(SHIPPED, date(2026, 11, 27)), about)]
    assert found == ["identity_card", "platform_account", "contact", "marked_as_advertising"]
    assert closed_trades(SHIPPED, replace(about, form=Form.COMPANY)) == ["blogger"]


def test_what_one_category_asks_about_its_goods_no_other_answers() -> None:
    """One answer satisfies every set that asks for its key: so no two categories share one."""
    selling = [one for one in SHIPPED if one.categories and one.portal not in SELLS_NOTHING]
    keys = [row.key for one in selling for row in one.requirements]
    assert sorted(keys) == sorted(set(keys))


def test_a_shop_of_two_categories_is_asked_for_the_papers_of_both() -> None:
    about = Applicant("CN", Form.COMPANY, frozenset({"beauty", "baby_food"}), Brand.EXCLUSIVE)
    alone = replace(about, categories=frozenset({"beauty"}))
    found, before = (
        {row.key for row in asked(in_force(SHIPPED, date(2026, 11, 27)), one)} for one in (about, alone)
    )
    assert found - before == {
        "food_licence",
        "food_brand_authorisation",
        "food_qualification",
        "food_deposit",
    }
    assert {"brand_authorisation", "product_qualification", "category_deposit"} < before


def test_a_set_goes_through_its_text_unchanged() -> None:
    for data in shipped():
        assert plain_data(as_text(data)) == data


@pytest.mark.parametrize(
    ("path", "spoil"),
    [
        ("version", lambda data: data.update(version="soon")),
        ("label", lambda data: data["label"].pop("en")),
        ("applies", lambda data: data.pop("applies")),
        ("requirements[0].kind", lambda data: data["requirements"][0].update(kind="guessed")),
        ("requirements[0].blocks", lambda data: data["requirements"][0].update(blocks=[])),
        ("requirements[0].accept", lambda data: data["requirements"][0].update(accept=["svg"])),
        ("requirements[0].max_mb", lambda data: data["requirements"][0].update(max_mb="ten")),
        (
            "requirements[0].fields[0].type",
            lambda data: data["requirements"][0]["fields"][0].update(type="x"),
        ),
        (
            "requirements[0].expires.field",
            lambda data: data["requirements"][0]["expires"].update(field="uscc"),
        ),
        ("requirements[6].amount_fen", lambda data: data["requirements"][6].update(amount_fen=6.5)),
        ("requirements", lambda data: data["requirements"].append(data["requirements"][0])),
    ],
)
def test_what_is_wrong_with_a_set_is_named_with_its_place(path: str, spoil: object) -> None:
    data = deepcopy(shipped()[0])
    spoil(data)  # type: ignore[operator]
    with pytest.raises(Invalid) as refused:
        parsed(data)
    assert refused.value.path == path


@pytest.fixture
def rooms(committed: None) -> Iterator[None]:
    """Rows as the processes of the operator and of the app see them; what was added goes again."""
    kept = set(RequirementSet.objects.values_list("pk", flat=True))
    yield
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE merchants_requirementset DISABLE TRIGGER published_sets_are_frozen")
        cursor.execute("DELETE FROM merchants_requirementset WHERE NOT id = ANY(%s)", [sorted(kept)])
        cursor.execute("ALTER TABLE merchants_requirementset ENABLE TRIGGER published_sets_are_frozen")


pytestmark = pytest.mark.xdist_group("requirement sets")


def beauty() -> RequirementSet:
    return RequirementSet.objects.using("operator").get(code="cn.beauty")


def test_a_migration_brings_the_shipped_sets_once(rooms: None) -> None:
    assert RequirementSet.objects.count() == 9
    assert requirement_sets.load() == 0
    assert [one.code for one in told.published()] == [one.code for one in SHIPPED]


@pytest.mark.parametrize("alias", ["operator", "owner"])
def test_a_published_version_never_changes(rooms: None, alias: str) -> None:
    row = RequirementSet.objects.using(alias).get(code="cn.beauty")
    row.starts_on = date(2030, 1, 1)
    with pytest.raises(IntegrityError, match="never changes"):
        row.save(using=alias)
    with pytest.raises(IntegrityError, match="never changes"):
        row.delete(using=alias)
    with pytest.raises(requirement_sets.Frozen):
        requirement_sets.edit(beauty(), beauty().data)


@time_machine.travel("2026-11-26 12:00+08:00", tick=False)
def test_an_operator_copies_edits_and_publishes_the_next_version(rooms: None) -> None:
    draft = requirement_sets.copy(beauty(), version=date(2026, 12, 1))
    data = deepcopy(draft.data)
    deposit = next(row for row in data["requirements"] if row["key"] == "category_deposit")
    deposit["amount_fen"] = 1_000_000
    requirement_sets.edit(draft, data)
    assert [one.version for one in told.in_force(date(2026, 12, 2)) if one.code == "cn.beauty"] == [
        date(2026, 11, 1)
    ]  # a draft holds for nobody
    requirement_sets.publish(draft, starts_on=date(2026, 12, 1), by="user:1")
    [found] = [one for one in told.in_force(date(2026, 12, 1)) if one.code == "cn.beauty"]
    assert {row.key: row.amount_fen for row in found.requirements if row.costs} == {
        "category_deposit": 1_000_000
    }
    assert [one.version for one in told.in_force(date(2026, 11, 30)) if one.code == "cn.beauty"] == [
        date(2026, 11, 1)
    ]


@time_machine.travel("2026-11-26 12:00+08:00", tick=False)
def test_a_version_is_refused_that_exists_or_would_hold_since_yesterday(rooms: None) -> None:
    with pytest.raises(Invalid, match="already"):
        requirement_sets.copy(beauty(), version=date(2026, 11, 1))
    draft = requirement_sets.copy(beauty(), version=date(2026, 12, 1))
    with pytest.raises(Invalid, match="today"):
        requirement_sets.publish(draft, starts_on=date(2026, 11, 25), by="user:1")
    with pytest.raises(Invalid, match="copy a version"):
        requirement_sets.edit(draft, draft.data | {"set": "cn.other"})
