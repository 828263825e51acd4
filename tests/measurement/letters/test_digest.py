"""The page for a chief executive, over a world that was worked out by hand."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from measurement.letters import digest
from measurement.operations import saved
from merchants import tenancy
from merchants.models import Merchant
from merchants.periods import Period, day_of
from tests.conftest import make_member
from tests.measurement.world import World

NOW = timezone.now()


def ago(days: int) -> str:
    return (day_of(NOW) - timedelta(days=days)).isoformat()


@pytest.fixture
def world(merchant: Merchant) -> World:
    """In the four weeks before these thirty people met a note and bought for ¥1 each the next day; in these,
    thirty for ¥1.10, and two of another note for ¥9. The campaign of eighty days ago cost ¥500 and brought
    nothing: its 29 days are over."""
    made = World(merchant)
    for number in range(30):
        made.touch(f"then {number}", ago(40), "Autumn glow")
        made.order(f"B{number}", ago(39), 100, person=f"then {number}")
        made.touch(f"now {number}", ago(12), "Winter repair")
        made.order(f"N{number}", ago(11), 110, person=f"now {number}")
    for who in ("ann", "ben"):
        made.touch(who, ago(10), "Morning care")
        made.order(f"M-{who}", ago(9), 900, person=who)
    made.spend(ago(80), 50_000, campaign="Old banner")
    made.spend(ago(12), 1_000, note="Winter repair")
    made.compute()
    return made


def test_it_says_what_came_in_what_carried_it_and_what_was_not_recouped(world: World) -> None:
    with tenancy.acting_for(world.merchant):
        found = digest.digest(world.merchant, now=NOW)
    total = found.money.total
    assert (total.credited, total.cost, total.orders, total.people) == (5_100, 1_000, 32, 32)
    assert str(total.roi) == "5.1"
    assert found.change is not None
    assert str(found.change) == "0.7"  # 5,100 against 3,000
    assert [(row.name, row.credited) for row in found.carried] == [
        ("Winter repair", 3_300),
        ("Morning care", 1_800),
    ]
    assert [(row.name, row.cost, row.credited) for row in found.losing] == [("Old banner", 50_000, 0)]


def test_the_letter_says_the_same(world: World) -> None:
    with tenancy.acting_for(world.merchant), translation.override("en"):
        letter = digest.compose(world.merchant, now=NOW)
    for said in ("Winter repair", "¥33", "Morning care", "¥18", "Old banner", "¥500", "+70", "¥51"):
        assert said in unescape(letter.html), said
    assert "Winter repair" in letter.text


def test_every_row_opens_to_its_orders_with_a_way_back(client: Client, world: World) -> None:
    client.force_login(make_member(world.merchant, "owner"))
    page = client.get(reverse("measurement:digest", args=[world.merchant.code])).content.decode()
    orders = reverse("measurement:orders", args=[world.merchant.code])
    links = [unescape(one) for one in re.findall(rf'href="({orders}\?[^"]+)"', page)]
    assert len(links) == 3
    assert all("back=" in link for link in links)
    carried = client.get(links[1]).content.decode()
    assert set(re.findall(r"(?<![\w-])(?:M-ann|M-ben|N\d+|B\d+)(?![\w-])", carried)) == {"M-ann", "M-ben"}


def test_each_figure_of_the_letter_leads_to_the_page_that_shows_it(
    client: Client, world: World, settings: Any
) -> None:
    with tenancy.acting_for(world.merchant):
        saved.annotate(
            world.merchant, first_day=day_of(NOW) - timedelta(days=12), last_day=day_of(NOW) - timedelta(days=12),
            text="Price cut", by="user:1",
        )  # fmt: skip
        with translation.override("en"):
            letter = digest.compose(world.merchant, now=NOW)
    client.force_login(make_member(world.merchant, "owner"))
    client.cookies["django_language"] = "en"
    found = [(unescape(url), unescape(re.sub(r"<[^>]+>", "", said)))
             for url, said in re.findall(r'<a href="([^"]+)"[^>]*>(.*?)</a>', letter.html, re.DOTALL)]  # fmt: skip
    assert all(url.startswith(f"{settings.SITE_URL}/m/{world.merchant.code}/") for url, _ in found)
    shown = {said: client.get(url.removeprefix(settings.SITE_URL)) for url, said in found}
    assert {answer.status_code for answer in shown.values()} == {200}

    total = shown["¥51.00"].context["report"].total
    assert (total.credited, total.cost, str(total.roi)) == (5_100, 1_000, "5.1")
    for said in ("¥51.00", "¥10.00", "5.10", "10%"):
        assert shown[said].context["report"].total == total
        assert said in unescape(shown[said].content.decode())
    for said, name, credited in (
        ("Winter repair · ¥33.00", "Winter repair", 3_300),
        ("Morning care · ¥18.00", "Morning care", 1_800),
    ):
        [row] = shown[said].context["report"].rows
        assert (row.name, row.credited, shown[said].context["report"].total.credited) == (
            name,
            credited,
            credited,
        )
    [losing] = shown["Old banner · ¥500"].context["report"].rows
    assert (losing.name, losing.cost, str(losing.verdict)) == ("Old banner", 50_000, "losing")
    [by_day] = [answer for said, answer in shown.items() if said.startswith("+70")]
    assert by_day.context["report"].before.credited == 3_000
    [note] = [answer for url, said in found if "by=day" in url and not said.startswith("+70")
              for answer in [client.get(url.removeprefix(settings.SITE_URL))]]  # fmt: skip
    assert note.context["report"].query.period == digest_period()
    assert set(re.findall(r"https?://\S+", letter.text)) <= {url for url, _ in found}


def digest_period() -> Period:
    return Period(day_of(NOW) - timedelta(days=28), day_of(NOW))


def test_a_letter_read_a_week_later_still_leads_to_its_own_days(world: World) -> None:
    with tenancy.acting_for(world.merchant), translation.override("en"):
        letter = digest.compose(world.merchant, now=NOW)
    days = set(re.findall(r"from=([\d-]+)&amp;to=([\d-]+)", letter.html))
    assert days == {(ago(28), ago(1)), (ago(90), ago(1))}
