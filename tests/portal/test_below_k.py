"""Nobody is shown as a count below k: every page, file and API answer is walked in a world of k - 1 people.

97 people who never bought are all there is, with a threshold of 98. Each of them was shown a note, read, saved and
searched, twice each, watched a stream twice and looked at another product twice; so 97 is a number of people, and no
number of touches. The walk opens, as the owner,

- every page below a merchant that GET answers: home, results, over time, models, alliance, orders, whole, crowds,
  flow, audiences (and the count of one that is saved), empathy, process, ripening, moves, matrix, live, cycles,
  experiments, data, keeping, saved, the desk and its funnel, settings, the trail;
- the reports that have rows by each kind of row that they offer;
- each report as CSV; and each GET address of the API with a token that may read everything.

Twice the people of one cell, 194, is a number of touches and may stand.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from measurement.models import LiveStream
from measurement.operations import audiences, journeys, marks, recompute, sales, tallies
from measurement.printed import PAGES
from measurement.tasks import crowds as layer
from merchants.models import Merchant
from merchants.operations import tokens
from merchants.periods import day_of
from portal.addresses import addresses
from tests.conftest import make_member
from tests.measurement.world import World

K, PEOPLE = 98, 97
TODAY = day_of(timezone.now())
SHOWN = re.compile(rf"(?<![\w.,/#:+-]){PEOPLE}(?![\w.,/:+-])")
ROWS = (
    "note",
    "blogger",
    "campaign",
    "creative",
    "keyword",
    "spu",
    "audience",
    "kind",
    "platform",
    "day",
    "stream",
)
VARYING = {"cycle_key": "facial-essence", "kind": "touchpoints"}
pytestmark = pytest.mark.django_db


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


@pytest.fixture
def world(merchant: Merchant, settings: Any) -> World:
    settings.PRIVACY_THRESHOLD = K
    made = World(merchant)
    stream = LiveStream.objects.create(merchant=merchant, external_id="l", title="Evening")
    watched = made.channel(kind="live_view")
    watched.live_stream = stream
    watched.save()
    for number in range(PEOPLE):
        for hour in (10, 11):
            for kind in ("impression", "read", "save", "search"):
                made.touch(
                    f"p{number}",
                    ago(6),
                    "Winter repair",
                    hour=hour,
                    kind=kind,
                    blogger="Lin",
                    campaign="Warm",
                )
            made.touch(f"p{number}", ago(5), hour=hour, kind="live_view")
        for hour in (10, 11):
            made.touch(f"p{number}", ago(40), "Morning care", spu=made.spu("cream"), blogger="Lin", hour=hour)
    made.spend(ago(6), 12_000, note="Winter repair")
    made.spend(ago(6), 64_000, campaign="Warm", metrics={"impression": 5_000, "click": 400})
    made.order("T1", ago(3), 10_000)  # of a buyer nobody knows, so that reports have something to show
    marks.change(merchant, "touches", span=[f"{ago(60)}T00:00:00Z", f"{ago(0)}T00:00:00Z"])
    recompute.drain(merchant)
    tallies.rebuild(merchant)
    tallies.drain(merchant)
    sales.renew(merchant, force=True)
    journeys.drain(merchant)
    audiences.save(merchant, name="All of TI", definition={"layers": ["TI"]}, by="user:1")
    layer(merchant_id=merchant.pk)
    return made


def leaks(answers: dict[str, str]) -> list[str]:
    """Where the number of people stands, with what is around it."""
    return [
        f"{name}: …{told[max(0, found.start() - 60) : found.end() + 40]}…"
        for name, told in answers.items()
        for found in SHOWN.finditer(told)
    ]


def text(answer: Any) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return re.sub(r'(nonce|id|for|value|data-opens)="[^"]*"', "", content.decode(errors="replace"))


def walked(client: Client, merchant: Merchant) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in addresses():
        varying = set(one.parameters) - {"merchant_code"}
        if "merchant_code" not in one.parameters or "GET" not in one.methods or not varying <= set(VARYING):
            continue
        address = reverse(
            one.name, kwargs={"merchant_code": merchant.code} | {n: VARYING[n] for n in varying}
        )
        for query in (
            ({}, *({"by": by, "period": "90d", "show": "all"} for by in ROWS)) if not varying else ({},)
        ):
            answer = client.get(address, query)
            if answer.status_code == 200:
                found[f"{one.name} {query.get('by', '')}"] = text(answer)
    return found


def test_no_page_shows_fewer_than_k_people(world: World, client: Client) -> None:
    client.force_login(make_member(world.merchant, "owner"))
    client.cookies["django_language"] = "en"
    found = walked(client, world.merchant)
    pages = {name.partition(" ")[0].rpartition(":")[2] for name in found}
    assert pages >= {
        "home",
        "results",
        "crowds",
        "flow",
        "audiences",
        "process",
        "live",
        "models",
        "matrix",
        "keeping",
    }
    assert leaks(found) == []


def test_no_file_shows_fewer_than_k_people(world: World, client: Client) -> None:
    client.force_login(make_member(world.merchant, "owner"))
    found = {}
    for page in PAGES:
        address = reverse("measurement:export", args=[world.merchant.code, page, "csv"])
        for query in ({}, *({"by": by, "period": "90d", "show": "all"} for by in ROWS)):
            answer = client.get(address, query)
            if answer.status_code == 200:
                found[f"{page}.csv {query.get('by', '')}"] = text(answer)
    assert {name.partition(".")[0] for name in found} >= {
        "results",
        "crowds",
        "flow",
        "audiences",
        "process",
        "live",
    }
    assert leaks(found) == []


def test_no_answer_of_the_api_shows_fewer_than_k_people(world: World, client: Client) -> None:
    owner = make_member(world.merchant, "owner")
    _, secret = tokens.issue(world.merchant, name="all", scopes=tokens.SCOPES, user=owner)
    found = {}
    for one in addresses():
        if one.roles[0].startswith("token:") and "GET" in one.methods and not one.parameters:
            for query in ({}, *({"by": by, "period": "90d", "show": "all"} for by in ROWS)):
                answer = client.get(f"/{one.pattern}", query, headers={"authorization": f"Bearer {secret}"})
                if answer.status_code == 200:
                    found[f"{one.name} {query.get('by', '')}"] = text(answer)
    for page in PAGES:
        for query in ({}, *({"by": by, "period": "90d", "show": "all"} for by in ROWS)):
            asked = {"query": urlencode(query), "limit": "500"}
            answer = client.get(f"/api/v1/pages/{page}", asked, headers={"authorization": f"Bearer {secret}"})
            if answer.status_code == 200:
                found[f"{page} {query.get('by', '')}"] = text(answer)
    assert {"results", "process", "live"} <= {name.partition(" ")[0] for name in found}
    assert len({name.partition(" ")[0] for name in found}) >= 5
    assert leaks(found) == []


def test_the_walk_would_find_what_it_looks_for(world: World, client: Client, settings: Any) -> None:
    """With a threshold of one person less the same pages show the people, in steps: 97 of 97."""
    settings.PRIVACY_THRESHOLD = PEOPLE
    assert configured.PRIVACY_THRESHOLD == PEOPLE
    client.force_login(make_member(world.merchant, "owner"))
    client.cookies["django_language"] = "en"
    found = {place.partition(" ")[0] for place in leaks(walked(client, world.merchant))}
    assert found >= {"measurement:crowds", "measurement:process", "measurement:live"}
