"""Where campaigns are placed, from a file of the console or of cost to the models page and the matrix."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from measurement.attribution import samples
from measurement.choices import Placement
from measurement.models import Campaign, JourneyModel
from measurement.operations import journey_models, journeys
from measurement.process.placement import Carrier
from measurement.queries import matrix
from merchants import tenancy
from merchants.models import Merchant, Upload
from merchants.operations import uploads
from merchants.periods import Period, day_of
from tests.conftest import make_member
from tests.measurement.world import World

TODAY = day_of(timezone.now())


@pytest.fixture(autouse=True)
def state(settings: Any, tmp_path: Any) -> None:
    settings.STATE = tmp_path


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


def hand_in(merchant: Merchant, kind: str, *lines: str) -> Upload:
    """A file as a person brings it: read, checked, confirmed and applied if nothing was refused; its row
    afterwards."""
    text = "\n".join(lines) + "\n"
    upload = uploads.accept(merchant, kind=kind, filename="f.csv", chunks=[text.encode()], by="user:1").upload
    uploads.check(merchant, upload.pk)
    if now(merchant, upload).rows_rejected == 0:
        uploads.confirm(merchant, upload, by="user:1")
        uploads.apply(merchant, upload.pk)
    return now(merchant, upload)


def now(merchant: Merchant, upload: Upload) -> Upload:
    with tenancy.acting_for(merchant):
        return Upload.objects.get(pk=upload.pk)


def placed(merchant: Merchant) -> dict[str, str]:
    with tenancy.acting_for(merchant):
        return dict(Campaign.objects.for_merchant(merchant).values_list("external_id", "placement"))


CONSOLE = "日期,消费,计划ID,计划名称,投放位置"


def test_a_file_of_the_console_says_where_each_campaign_stands(merchant: Merchant) -> None:
    hand_in(
        merchant, "juguang", CONSOLE,
        f"{ago(3)},10,1,Autumn,信息流", f"{ago(3)},10,2,Winter,搜索", f"{ago(3)},10,3,Spring,全站智投",
        f"{ago(3)},10,4,Summer,视频流", f"{ago(3)},10,5,Sale,", f"{ago(2)},10,2,Winter,2",
    )  # fmt: skip
    assert placed(merchant) == {"1": "feed", "2": "search", "3": "site", "4": "video_feed", "5": ""}


def test_a_file_of_cost_says_it_too_and_of_two_statements_the_last_one_stands(merchant: Merchant) -> None:
    hand_in(merchant, "spend", "day,amount,campaign_id,placement", f"{ago(3)},10,1,search")
    assert placed(merchant) == {"1": "search"}
    hand_in(merchant, "spend", "day,amount,campaign_id", f"{ago(2)},10,1")
    assert placed(merchant) == {"1": "search"}  # a silent row forgets nothing
    hand_in(merchant, "spend", "day,amount,campaign_id,placement", f"{ago(3)},10,1,feed")
    assert placed(merchant) == {"1": "feed"}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("10,2,Winter,开屏", ("placement", "not_a_choice")),
        ("10,,,搜索", ("placement", "placement_without_campaign")),
        ("10,1,Autumn,搜索", ("placement", "two_placements")),
    ],
)
def test_a_placement_that_cannot_be_is_refused_and_nothing_is_written(
    merchant: Merchant, line: str, problem: tuple[str, str]
) -> None:
    upload = hand_in(merchant, "juguang", CONSOLE, f"{ago(3)},10,1,Autumn,信息流", f"{ago(2)},{line}")
    assert [(one["column"], one["code"]) for one in upload.errors] == [problem]
    assert placed(merchant) == {}


def test_a_row_without_a_placement_has_the_key_and_content_it_always_had(merchant: Merchant) -> None:
    rows = f"{ago(3)},10,1,Autumn"
    hand_in(merchant, "juguang", "日期,消费,计划ID,计划名称", rows)
    again = hand_in(merchant, "juguang", CONSOLE, rows + ",")
    assert again.preview["receipt"] == {"received": 1, "repeated": 1}


def test_the_matrix_has_the_carrier_that_the_file_tells(merchant: Merchant) -> None:
    """Ben met the note by a campaign and bought for ¥60; the file tells that the campaign stands in search."""
    world = World(merchant)
    world.touch("ben", ago(9), "Winter repair", campaign="Winter")
    world.order("T1", ago(8), 6000, person="ben")
    world.compute()
    asked = Period(date.fromisoformat(ago(20)), TODAY)
    assert {one.carrier for one in matrix.matrix(merchant, asked)} == {Carrier.FEED}
    hand_in(merchant, "juguang", CONSOLE, f"{ago(9)},12.00,{campaign_of(merchant)},Winter,搜索")
    [cell] = [one for one in matrix.matrix(merchant, asked) if one.credited]
    assert (cell.carrier, cell.credited) == (Carrier.SEARCH, 6000)
    assert (
        sum(one.cost or 0 for one in matrix.matrix(merchant, asked) if one.carrier == Carrier.SEARCH) == 1200
    )


def campaign_of(merchant: Merchant) -> str:
    return Campaign.objects.for_merchant(merchant).get().external_id


def test_the_models_page_shares_orders_among_the_placements_of_the_file(
    merchant: Merchant, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three buyers: two met a campaign in the feed, one a campaign in search; Dan met the former and bought nothing
    within the 29 days of the cycle."""
    monkeypatch.setattr(samples, "CONVERSIONS", 3)
    monkeypatch.setattr(samples, "PASSAGES", 1)
    world = World(merchant)
    for person, campaign in (("ann", "Autumn"), ("ben", "Autumn"), ("cem", "Winter")):
        world.touch(person, ago(20), "Repair", campaign=campaign)
        world.order(person, ago(10), 1000, person=person)
    world.touch("dan", ago(40), "Repair", campaign="Autumn")
    world.compute()
    ids = dict(Campaign.objects.for_merchant(merchant).values_list("name", "external_id"))
    hand_in(
        merchant, "juguang", CONSOLE,
        f"{ago(20)},12,{ids['Autumn']},Autumn,信息流", f"{ago(20)},12,{ids['Winter']},Winter,搜索",
    )  # fmt: skip
    client.force_login(make_member(merchant, "viewer"))
    client.cookies["django_language"] = "en"
    address = reverse("measurement:models", args=[merchant.code])
    client.get(address, {"by": "placement"})
    journeys.drain(merchant)
    journey_models.drain(merchant)
    answer = JourneyModel.objects.get(by="placement").answer
    shares = {name: round(said["shapley"]) for name, said in answer["channels"].items()}
    assert shares == {Placement.FEED: 2000, Placement.SEARCH: 1000}
    page = client.get(address, {"by": "placement"}).content.decode()
    assert ("Feed" in page, "Search" in page, "Video feed" in page) == (True, True, False)
