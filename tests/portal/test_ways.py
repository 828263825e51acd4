"""The way back: a page that was opened from a figure leads to the exact address it was opened from."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

import pytest
from django.http import QueryDict
from django.test import RequestFactory
from django.urls import reverse

from portal import ways
from tests.conftest import make_member
from tests.measurement.world import World

FROM = "?from=2026-10-01&to=2026-10-31&by=blogger"


@pytest.fixture
def results(client, merchant):
    made = World(merchant)
    made.touch("ann", "2026-10-04", "Winter repair", blogger="Lin")
    made.order("T1", "2026-10-06", 10000, person="ann")
    made.compute()
    client.force_login(make_member(merchant, "owner"))
    client.cookies["django_language"] = "en"
    return reverse("measurement:results", args=[merchant.code])


def links(answer, part: str) -> list[str]:
    found = answer.content.decode().replace("&amp;", "&").split('href="')[1:]
    return [one.partition('"')[0] for one in found if part in one.partition('"')[0]]


def test_a_drill_carries_the_address_it_was_opened_from_and_its_page_leads_back(client, results, merchant):
    answer = client.get(results + FROM)
    [opened] = [one for one in links(answer, "blogger=") if "back=" in one]
    assert parse_qs(urlsplit(opened).query)["back"] == [results + FROM]
    inside = client.get(opened)
    assert f'class="way-back" href="{(results + FROM).replace("&", "&amp;")}"' in inside.content.decode()
    assert "Back to Overview" in inside.content.decode()


def test_the_way_back_is_kept_when_the_page_is_sorted_or_filtered(client, results):
    inside = client.get(f"{results}?back={quote(results + FROM, safe='')}&from=2026-10-01&to=2026-10-31")
    sorts = [one for one in links(inside, "sort=") if "back=" in one]
    assert parse_qs(urlsplit(sorts[0]).query)["back"] == [results + FROM]
    assert 'type="hidden" name="back"' in inside.content.decode()


@pytest.mark.parametrize(
    "given",
    ["https://elsewhere.example/m/glow/", "//elsewhere.example", "/m/other/results/", "/admin/", "javascript:1",
     "/m/glow/../../admin/" + "x" * 4000],
)  # fmt: skip
def test_nothing_but_a_page_of_the_same_merchant_is_a_way_back(client, results, given):
    said = client.get(results, {"back": given}).content.decode()
    assert "way-back" not in said


def test_a_chain_of_ways_is_cut_before_it_grows_without_end():
    request = RequestFactory().get("/m/glow/results/", {"by": "blogger", "back": "/m/glow/" + "x" * 2000})
    assert ways.here(request) == "/m/glow/results/?by=blogger"
    short = RequestFactory().get("/m/glow/results/", {"back": "/m/glow/"})
    assert QueryDict(urlsplit(ways.here(short)).query)["back"] == "/m/glow/"
