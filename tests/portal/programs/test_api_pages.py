"""Programs read every report page as its file has it."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from measurement import printed
from merchants.models import Merchant
from merchants.operations import tokens
from merchants.periods import day_of
from tests.conftest import make_member, make_merchant
from tests.measurement.world import World

TODAY = day_of(timezone.now())


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


@pytest.fixture
def world(merchant: Merchant) -> World:
    made = World(merchant)
    for number, fen in enumerate((9_000, 7_000, 5_000)):
        made.touch(f"p{number}", ago(12), f"Note {number}")
        made.order(f"T{number}", ago(10), fen, person=f"p{number}")
        made.spend(ago(12), 1_000, note=f"Note {number}")
    made.compute()
    return made


def program(merchant: Merchant, *scopes: str) -> dict[str, str]:
    owner = make_member(merchant, "owner", f"owner-{merchant.code}-{'-'.join(scopes)}".replace(":", "-"))
    _, secret = tokens.issue(merchant, name="reader", scopes=scopes or ("reports:read",), user=owner)
    return {"Authorization": f"Bearer {secret}", "Accept-Language": "en"}


def asked(headers: dict[str, str], page: str, **parameters: str) -> Any:
    return Client().get(f"/api/v1/pages/{page}", parameters, headers=headers)


@pytest.mark.parametrize("page", sorted(printed.PAGES))
def test_every_page_answers_or_says_that_it_is_not_ready(world: World, page: str) -> None:
    answer = asked(program(world.merchant), page)
    assert answer.status_code in (200, 409), answer.content
    told = answer.json()
    if answer.status_code == 409:
        assert told["error"]["code"] == "not_ready"
        assert answer.headers["Retry-After"] == "5"
    else:
        assert told["page"] == page
        assert told["table"]["columns"]


def test_rows_are_those_of_the_file(client: Client, world: World) -> None:
    told = asked(program(world.merchant), "results", query="by=note&period=90d").json()
    assert [(row["name"], row["credited"]) for row in told["table"]["rows"]][:3] == [
        ("Note 0", 9_000),
        ("Note 1", 7_000),
        ("Note 2", 5_000),
    ]
    assert told["query"]["period"] == "90d"
    client.force_login(make_member(world.merchant, "owner"))
    address = reverse("measurement:export", args=[world.merchant.code, "results", "csv"])
    file = client.get(f"{address}?by=note&period=90d", headers={"Accept-Language": "en"})
    lines = list(csv.reader(io.StringIO(b"".join(file.streaming_content).decode("utf-8-sig"))))
    assert len(lines) - 1 == len(told["table"]["rows"])
    names = [column["code"] for column in told["table"]["columns"]]
    assert len(lines[0]) == len(names)
    credited = names.index("credited")
    assert [line[credited] for line in lines[1:4]] == ["90.00", "70.00", "50.00"]


def test_unknown_is_null_and_a_ratio_is_text(world: World) -> None:
    world.touch("q", ago(9), "Unpaid")
    world.order("Q", ago(8), 100, person="q")
    world.compute()
    rows = asked(program(world.merchant), "results", query="by=note").json()["table"]["rows"]
    unpaid = next(row for row in rows if row["name"] == "Unpaid")
    paid = next(row for row in rows if row["name"] == "Note 0")
    assert (unpaid["cost"], unpaid["roi"], paid["roi"]) == (None, None, "9.0000")


def test_a_long_page_is_read_in_parts(world: World) -> None:
    headers, seen, cursor = program(world.merchant), [], None
    whole = asked(headers, "results", query="by=note").json()["table"]["rows"]
    while True:
        part = asked(
            headers, "results", query="by=note", limit="2", **({"cursor": cursor} if cursor else {})
        ).json()
        assert len(part["table"]["rows"]) <= 2
        seen += part["table"]["rows"]
        cursor = part["next_cursor"]
        if cursor is None:
            break
    assert seen == whole


@pytest.mark.parametrize(
    "query",
    ["by=moon&from=2026-99-99", "a" * 1_999, "=&&==", "%00%ff"],
    ids=["unknown", "long", "empty", "bytes"],
)
def test_an_address_that_makes_no_sense_gives_the_default_and_says_what_was_understood(
    world: World, query: str
) -> None:
    answer = asked(program(world.merchant), "results", query=query)
    assert answer.status_code == 200
    assert "by" not in answer.json()["query"]


@pytest.mark.parametrize("query", ["\0", "a" * 2_001], ids=["a null", "too long"])
def test_what_no_address_can_be_is_refused(world: World, query: str) -> None:
    answer = asked(program(world.merchant), "results", query=query)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_parameter")


def test_an_unknown_page_is_not_found_and_another_scope_is_refused(world: World) -> None:
    assert asked(program(world.merchant), "moon").status_code == 404
    assert asked(program(world.merchant, "orders:write"), "results").status_code == 403
    assert asked({}, "results").status_code == 401


def test_another_merchant_sees_nothing_of_it(world: World) -> None:
    other = make_merchant("other")
    answer = asked(program(other), "results", query="by=note")
    assert answer.status_code == 200
    assert "Note 0" not in answer.content.decode()
