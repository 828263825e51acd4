"""Pages of decision cycles: what they say, who may change what, and that a preview comes true."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from measurement.models import CycleLearning, CyclePreview, MerchantCycle, SpuCycle
from measurement.operations import cycle_learning, cycle_previews
from merchants.models import Merchant
from merchants.operations import tokens
from merchants.periods import day_of
from tests.conftest import make_member
from tests.measurement.world import World

TODAY = day_of(timezone.now())


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


@pytest.fixture
def world(merchant: Merchant) -> World:
    """240 people touched 25 days ago; 40 of them bought, half on the fourth day, half on the tenth."""
    made = World(merchant)
    for number in range(240):
        made.touch(f"p{number}", ago(25), "Winter repair")
    for number in range(40):
        made.order(f"T{number}", ago(22 if number < 20 else 16), 1000, person=f"p{number}")
    made.order("last", ago(1), 500)
    made.compute()
    return made


@pytest.fixture
def open_page(client, merchant):
    client.force_login(make_member(merchant, "owner"))
    client.cookies["django_language"] = "en"

    def get(name: str, *arguments: object, **query: str):
        return client.get(reverse(name, args=[merchant.code, *arguments]), query)

    return get


def learn(world: World) -> None:
    cycle_learning.begin(world.merchant, by="system:test")
    cycle_learning.finish(world.merchant)


def text(answer) -> str:
    return answer.content.decode()


def test_the_list_puts_published_set_and_learned_beside_each_other(world, open_page):
    learn(world)
    said = text(open_page("measurement:cycles"))
    for words in ("29", "4–10", "40", "240", "half have bought by day 4 and four in five by day 10"):
        assert words in said


def test_a_cycle_shows_its_curve_its_people_and_the_naive_value(world, open_page):
    learn(world)
    for key in ("facial-essence", f"spu-{world.spu().pk}"):
        said = text(open_page("measurement:cycle", key))
        for words in (
            "n = 240 people seeded, 40 bought",
            "still observed",
            "buyers alone: 10",
            "P80 10",
            "holds: 29",
        ):
            assert words in said
    assert open_page("measurement:cycle", "spu-999999").status_code == 404


def test_too_few_people_are_said_not_guessed_at(merchant, open_page):
    made = World(merchant)
    made.touch("ann", ago(20), "A")
    made.order("1", ago(3), 100, person="ann")
    made.compute()
    learn(made)
    said = text(open_page("measurement:cycle", "facial-essence"))
    assert "1 people seeded; at least 200 are needed" in said
    assert "cycle-chart" not in said
    assert "at least 200" in text(open_page("measurement:cycles"))


def test_nothing_learned_yet_is_an_open_page(merchant, open_page):
    World(merchant).spu()
    assert "Nothing has been learned yet" in text(open_page("measurement:cycles"))
    assert "Not learned yet" in text(open_page("measurement:cycle", "facial-essence"))


def cells(said: str, name: str) -> list[str]:
    """What stands in the row that this name begins, cell by cell, as read."""
    row = next(part for part in said.split("<tr") if f">{name}</a></th>" in part)
    inside = (re.sub(r"^[^>]*>|<[^>]*>", " ", cell) for cell in row.split("<td")[1:])
    return [" ".join(cell.split()) for cell in inside]


def test_what_is_not_learned_is_a_dash_with_its_reason(merchant, open_page):
    made = World(merchant)
    made.touch("ann", ago(20), "A")
    made.spu("cream")
    made.order("1", ago(3), 100, person="ann")
    made.compute()
    before = cells(text(open_page("measurement:cycles")), "essence")
    assert before[4:8] == ["– Nothing has been learned yet; it begins by itself at night.", "–", "–", "–"]
    learn(made)
    said = text(open_page("measurement:cycles"))
    few = "– 1 people seeded; at least 200 are needed to learn a cycle."
    assert cells(said, "essence")[4:8] == [few, "–", "0 1", "17"]
    nobody = "– No person whose key is known was seeded with it."
    assert cells(said, "cream")[4:8] == [nobody, "–", "–", "–"]


def test_a_program_reads_what_the_page_shows(world, client, merchant, owner):
    world.spu("cream")
    learn(world)
    secret = tokens.issue(merchant, name="desk", scopes=["reports:read"], user=owner)[1]
    told = client.get("/api/v1/reports/cycles", headers={"authorization": f"Bearer {secret}"}).json()
    assert [row["key"] for row in told["cycles"]] == [
        "facial-essence", f"spu-{world.spu('cream').pk}", f"spu-{world.spu().pk}"
    ]  # fmt: skip
    category, cream, essence = told["cycles"]
    assert (category["holds"], category["set"], category["adopted"]) == (category["published"], None, None)
    assert (category["holds"]["days"], category["holds"]["basis"], category["holds"]["own"]) == (
        29, "published", False
    )  # fmt: skip
    assert (cream["learned"], essence["learned"]) == (None, category["learned"])
    learned = category["learned"]
    assert (learned["people"], learned["buyers"], learned["lacking"]) == (240, 40, None)
    assert learned["share_who_buy"] == pytest.approx(40 / 240, abs=1e-6)
    assert learned["quantiles"]["p50"] == {"days": 4, "low": 4, "high": 10, "buyers_alone": 4}
    assert told["data_through"] == ago(1)
    blind = tokens.issue(merchant, name="blind", scopes=["orders:write"], user=owner)[1]
    refused = client.get("/api/v1/reports/cycles", headers={"authorization": f"Bearer {blind}"})
    assert refused.status_code == 403


def test_a_program_is_told_what_is_lacking_instead_of_days(merchant, client, owner):
    made = World(merchant)
    made.touch("ann", ago(20), "A")
    made.order("1", ago(3), 100, person="ann")
    made.compute()
    learn(made)
    secret = tokens.issue(merchant, name="desk", scopes=["reports:read"], user=owner)[1]
    told = client.get("/api/v1/reports/cycles", headers={"authorization": f"Bearer {secret}"}).json()
    assert told["cycles"][0]["learned"] == {
        "people": 1,
        "buyers": 0,
        "follow_up_days": 17,
        "share_who_buy": None,
        "settled": False,
        "lacking": "too_few_people",
        "quantiles": None,
    }


def test_trying_a_cycle_changes_nothing_until_it_is_adopted(world, client, open_page):
    learn(world)
    key = f"spu-{world.spu().pk}"
    answer = client.post(reverse("measurement:preview_cycle", args=[world.merchant.code, key]), {"days": "4"})
    row = CyclePreview.objects.for_merchant(world.merchant).get()
    assert answer["Location"] == reverse("measurement:cycle_preview", args=[world.merchant.code, row.pk])
    assert (row.basis, row.spu_id, row.days) == ("learned", world.spu().pk, 4)
    assert "P50 of 40 buyers among 240 people seeded" in row.source
    assert 'hx-trigger="every 1s"' in text(open_page("measurement:cycle_preview", row.pk))
    cycle_previews.finish(world.merchant)
    said = text(open_page("measurement:cycle_preview", row.pk, part="progress"))
    assert "<html" not in said
    for words in ("¥200", "now ¥400", "20 lines", "coverage of these orders: 98.8% now, 49.4% then"):
        assert words in said
    assert not SpuCycle.objects.exists()
    adopt = reverse("measurement:adopt_cycle", args=[world.merchant.code, row.pk])
    assert client.post(adopt).status_code == 302
    assert SpuCycle.objects.for_merchant(world.merchant).get().days == 4
    client.post(adopt)
    assert SpuCycle.objects.for_merchant(world.merchant).count() == 1
    assert "Adopted" in text(open_page("measurement:cycle_preview", row.pk))


@pytest.mark.parametrize("days", ["0", "731", "many", ""])
def test_a_cycle_that_cannot_be_is_refused_with_its_reason(world, client, open_page, days):
    open_page("measurement:cycles")
    target = reverse("measurement:preview_cycle", args=[world.merchant.code, "facial-essence"])
    answer = client.post(target, {"days": days})
    assert answer.status_code == 422
    assert not CyclePreview.objects.exists()
    assert not MerchantCycle.objects.exists()


def test_only_who_may_set_rules_learns_tries_or_adopts(world, client, stranger):
    row = cycle_previews.begin(world.merchant, of=world.category, days=7, source="x", by="user:1")
    code = world.merchant.code
    addresses = [
        reverse("measurement:learn_cycles", args=[code]),
        reverse("measurement:preview_cycle", args=[code, "facial-essence"]),
        reverse("measurement:adopt_cycle", args=[code, row.pk]),
    ]
    client.force_login(make_member(world.merchant, "viewer"))
    assert [client.post(address).status_code for address in addresses] == [403, 403, 403]
    assert client.get(reverse("measurement:cycle_preview", args=[code, row.pk])).status_code == 200
    client.force_login(make_member(stranger, "owner"))
    assert [client.post(address).status_code for address in addresses] == [404, 404, 404]
    own = reverse("measurement:cycle_preview", args=[stranger.code, row.pk])
    assert client.get(own).status_code == 404
    assert not CycleLearning.objects.exists()


def test_the_pages_take_the_same_queries_however_many_products(world, open_page, django_assert_num_queries):
    learn(world)
    open_page("measurement:cycles")
    for products in (1, 4):
        for number in range(products):
            world.spu(f"more {products} {number}")
        with django_assert_num_queries(14):
            open_page("measurement:cycles")
