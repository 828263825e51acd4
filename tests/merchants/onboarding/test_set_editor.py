"""The operator copies a requirement set, edits it, is told what is wrong with it, and publishes it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
import time_machine
from django.test import Client

from merchants.models import RequirementSet, User
from tests.merchants.onboarding.test_requirement_sets import rooms  # noqa: F401 - a fixture

pytestmark = pytest.mark.xdist_group("requirement sets")
LIST = "/admin/merchants/requirementset/"


@pytest.fixture
def operator(rooms: None) -> Iterator[Client]:  # noqa: F811
    User.objects.create_superuser("operator", password="s3cret-of-the-operator")
    client = Client()
    with time_machine.travel("2026-11-26 12:00+08:00", tick=False):
        client.force_login(User.objects.get())
        yield client


def draft() -> RequirementSet:
    return RequirementSet.objects.using("operator").get(published_at=None)


def copied(operator: Client) -> RequirementSet:
    published = RequirementSet.objects.using("operator").get(code="cn.beauty")
    operator.post(LIST, {"action": "copy_as_next", "_selected_action": published.pk})
    return draft()


def test_a_published_set_is_shown_and_cannot_be_changed(operator: Client) -> None:
    row = RequirementSet.objects.using("operator").get(code="cn.beauty")
    page = operator.get(f"{LIST}{row.pk}/change/")
    assert (page.status_code, "美妆护肤" in page.content.decode()) == (200, True)
    assert "<textarea" not in page.content.decode()
    assert operator.post(f"{LIST}{row.pk}/change/", {"text": "set: x"}).status_code == 403


def test_a_copy_is_edited_and_holds_from_its_day(operator: Client) -> None:
    row = copied(operator)
    assert row.version == date(2026, 11, 26)
    text = operator.get(f"{LIST}{row.pk}/change/").context["adminform"].form["text"].value()
    text = text.replace("amount_fen: null", "amount_fen: 500000").replace(
        "starts_on: '2026-11-26'", "starts_on: 2026-12-01"
    )
    assert operator.post(f"{LIST}{row.pk}/change/", {"text": text}).status_code == 302
    operator.post(LIST, {"action": "publish", "_selected_action": row.pk})
    row = RequirementSet.objects.using("operator").get(pk=row.pk)
    assert (row.starts_on, row.published_by[:5]) == (date(2026, 12, 1), "user:")
    assert [one["amount_fen"] for one in row.data["requirements"] if "amount_fen" in one] == [500_000]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("kind: verified", "kind: guessed", "requirements[0].kind: &#x27;guessed&#x27; is none of"),
        ("set: cn.beauty", "set: cn.other", "set: this is the draft of cn.beauty"),
        ("applies:", "applies: [", "line"),
        ("categories:\n  - beauty", "categories: beauty", "applies.categories: a list is needed"),
        ("kind: verified", "kind: verified\n  kind: verified", "kind stands there twice"),
        ("reasons:\n  - unreadable", "reasons:\n  - unreadible", "is none of unreadable"),
        ("set: cn.beauty", "set: &x [*x]", "references are not taken"),
        ("set: cn.beauty", "set: 2026-02-30", "a day, number or tag that is none"),
        ("set: cn.beauty", "set: !!set {cn.beauty}", "set: tables, lists, texts"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_nothing_is_kept(
    operator: Client, before: str, after: str, told: str
) -> None:
    row = copied(operator)
    text = operator.get(f"{LIST}{row.pk}/change/").context["adminform"].form["text"].value()
    page = operator.post(f"{LIST}{row.pk}/change/", {"text": text.replace(before, after, 1)})
    assert (page.status_code, told in page.content.decode()) == (200, True)
    assert draft().data == row.data


def test_nobody_else_copies_or_publishes(operator: Client) -> None:
    person = User.objects.create_user("looks", password="s3cret-of-who-looks", is_staff=True)
    client = Client()
    client.force_login(person)
    assert client.get(LIST).status_code == 403
    assert client.post(LIST, {"action": "publish", "_selected_action": 1}).status_code == 403
