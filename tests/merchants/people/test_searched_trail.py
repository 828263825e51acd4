"""The trail is found by who, what, on what and when; and looks that are worth a question stand out."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from merchants import audit
from merchants.models import AuditEvent, Merchant, User
from merchants.queries.searched_trail import Search, found, unusual
from merchants.unusual import Looks, Why
from tests.conftest import make_member, make_merchant

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 20, 12, tzinfo=SHANGHAI)
NOW = datetime(2026, 11, 21, 12, tzinfo=SHANGHAI)
REVEALED = "leads.contact.revealed"


def noon(days_ago: int) -> datetime:
    """By day, whenever the tests run."""
    return (timezone.now().astimezone(SHANGHAI) - timedelta(days=days_ago)).replace(hour=12)


def happened(
    merchant: Merchant, act: str = "merchants.token.issued", *, times: int = 1, **fields: Any
) -> None:
    AuditEvent.objects.bulk_create(
        AuditEvent(merchant=merchant, act=act, **({"actor": "user:1", "at": NOON} | fields))
        for _ in range(times)
    )


def shown(merchant: Merchant, **asked: str) -> list[tuple[str, str]]:
    return [(row.actor, row.act.split(".")[-1]) for row in found(merchant, Search.of(asked))]


@pytest.fixture
def told(merchant: Merchant) -> Merchant:
    day = timedelta(days=1)
    happened(merchant, at=NOON - 2 * day, object_kind="apitoken", object_id="7")
    happened(
        merchant,
        "merchants.token.revoked",
        at=NOON - day,
        actor="user:2",
        object_kind="apitoken",
        object_id="7",
    )
    happened(merchant, "leads.deal.closed", at=NOON, actor="user:2", object_kind="deal", object_id="7")
    return merchant


@pytest.mark.parametrize(
    ("asked", "acts"),
    [
        ({}, ["closed", "revoked", "issued"]),
        ({"who": "user:2"}, ["closed", "revoked"]),
        ({"act": "merchants.token.issued"}, ["issued"]),
        ({"number": "7", "kind": "apitoken"}, ["revoked", "issued"]),
        ({"from": "2026-11-19", "to": "2026-11-19"}, ["revoked"]),
        ({"to": "2026-11-18"}, ["issued"]),
        ({"who": "user:2", "kind": "deal"}, ["closed"]),
        ({"who": "user:9"}, []),
        ({"from": "yesterday", "to": "9999-12-31", "who": ""}, ["closed", "revoked", "issued"]),
    ],
)
def test_what_is_asked_for_is_found(told: Merchant, asked: dict[str, str], acts: list[str]) -> None:
    assert [act for _, act in shown(told, **asked)] == acts


def test_a_day_is_that_of_the_merchants_clock(merchant: Merchant) -> None:
    happened(merchant, at=datetime(2026, 11, 19, 23, 59, tzinfo=SHANGHAI))
    happened(merchant, "merchants.token.revoked", at=datetime(2026, 11, 20, 0, 0, tzinfo=SHANGHAI))
    assert [act for _, act in shown(merchant, **{"from": "2026-11-20"})] == ["revoked"]
    Merchant.objects.filter(pk=merchant.pk).update(time_zone="UTC")
    merchant.refresh_from_db()
    assert shown(merchant, **{"from": "2026-11-20"}) == []


def test_the_page_offers_what_there_is_and_says_when_nothing_fits(
    told: Merchant, owner: User, client: Client
) -> None:
    client.force_login(owner)
    client.cookies["django_language"] = "en"
    page = client.get("/m/glow/trail/?act=leads.deal.closed")
    assert len(page.context["rows"]) == 1
    assert [key for key, _ in page.context["offered"]["act"]] == [
        "", "leads.deal.closed", "merchants.token.issued", "merchants.token.revoked",
    ]  # fmt: skip
    nothing = client.get("/m/glow/trail/?number=12345").content.decode()
    assert 'data-reason="filter"' in nothing


# -- unusual looks


@pytest.mark.parametrize(
    ("count", "at_night", "merchants", "why"),
    [
        (49, 4, 5, ()),
        (50, 0, 1, (Why.MANY,)),
        (5, 5, 1, (Why.NIGHT,)),
        (6, 0, 6, (Why.MERCHANTS,)),
        (80, 9, 7, (Why.MANY, Why.NIGHT, Why.MERCHANTS)),
    ],
)
def test_looks_are_unusual_when_many_at_night_or_at_many_merchants(
    count: int, at_night: int, merchants: int, why: tuple[Why, ...]
) -> None:
    assert Looks("user:1", date(2026, 11, 20), count, at_night, merchants).why == why


def test_many_looks_of_one_person_on_one_day_stand_out(
    merchant: Merchant, owner: User, client: Client
) -> None:
    at = noon(2)
    happened(merchant, REVEALED, times=49, actor=f"user:{owner.pk}", at=at)
    client.force_login(owner)
    assert client.get("/m/glow/trail/").context["unusual"] == []
    happened(merchant, REVEALED, actor=f"user:{owner.pk}", at=at)
    (row,) = client.get("/m/glow/trail/").context["unusual"]
    assert (row["who"], row["looks"].count) == ("owner-glow", 50)
    that_day = client.get(f"/m/glow/trail/?{row['query']}")
    assert that_day.context["page"].paginator.count == 50


def looked(merchant: Merchant) -> list[tuple[str, int, int]]:
    rows = AuditEvent.objects.for_merchant(merchant)
    return [
        (one.actor, one.count, one.at_night) for one in unusual(rows, audit.looks(), zone=SHANGHAI, now=NOW)
    ]


def test_five_looks_before_six_in_the_morning_stand_out(merchant: Merchant) -> None:
    happened(merchant, REVEALED, times=5, at=datetime(2026, 11, 20, 6, 0, tzinfo=SHANGHAI))
    assert looked(merchant) == []
    happened(merchant, REVEALED, times=4, at=datetime(2026, 11, 20, 5, 59, tzinfo=SHANGHAI))
    assert looked(merchant) == []
    happened(merchant, REVEALED, at=datetime(2026, 11, 20, 0, 0, tzinfo=SHANGHAI))
    assert looked(merchant) == [("user:1", 10, 5)]


def test_only_looks_of_people_in_the_last_thirty_days_count(merchant: Merchant) -> None:
    happened(merchant, "leads.deal.closed", times=60)
    happened(merchant, REVEALED, times=60, actor="token:1")
    happened(merchant, REVEALED, times=60, at=NOW - timedelta(days=30, seconds=1))
    assert looked(merchant) == []


@pytest.mark.xdist_group("committed")
def test_an_operator_sees_who_looked_at_many_merchants(committed: None, client: Client) -> None:
    operator = User.objects.create_superuser("operator", password="correct horse battery")
    at = noon(1)
    for number in range(6):
        merchant = make_merchant(f"m{number}")
        make_member(merchant)
        AuditEvent.objects.using("operator").create(
            merchant=merchant, act="merchants.support.opened", actor=f"user:{operator.pk}", at=at
        )
    client.force_login(operator)
    (row,) = client.get("/admin/merchants/auditevent/unusual/").context["unusual"]
    assert (row["who"], row["looks"].merchants, row["looks"].why) == ("operator", 6, (Why.MERCHANTS,))
    found_by = client.get(f"/admin/merchants/auditevent/?q=user:{operator.pk}")
    assert found_by.context["cl"].result_count == 6
    one = client.get("/admin/merchants/auditevent/?q=m3")
    assert one.context["cl"].result_count == 1
