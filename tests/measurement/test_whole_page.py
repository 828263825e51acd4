"""The page of the estimated whole: who sees it, what it says, and that it only reads rows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from measurement.charts.whole import weeks
from measurement.models import Category, ResponseEstimate, Spu
from measurement.views.whole import proposal
from merchants.models import Job, Merchant
from merchants.periods import day_of
from tests.conftest import make_member

TODAY = day_of(timezone.now())


def row(merchant: Merchant, name: str, **changes: object) -> ResponseEstimate:
    """An estimate as a worker would leave it: of 10,000 yuan in 28 days, 2,400 go along with seeding."""
    spu, _made = Spu.objects.get_or_create(
        merchant=merchant,
        code=name,
        defaults={"name": name, "category": Category.objects.get(code="facial-essence")},
    )
    fields: dict[str, object] = {
        "outcome": "revenue", "exposure": "reads", "first_day": TODAY - timedelta(days=28),
        "last_day": TODAY - timedelta(days=1), "cycle_p50": 14.8, "cycle_p95": 55.2, "cycle_basis": "published",
        "verdict": "effect", "total": 1_000_000.0, "effect": 240_000.0, "low": 180_000.0, "high": 300_000.0,
        "deviation": 30_600.0, "backtest_mape": 0.14, "placebo_rate": 0.04, "floor_fen": 130_000,
        "baseline": {"promotions": 2, "festivals": "public", "price": False},
        "daily": {"outcome": [1_000_000 / 28] * 28, "course": [1 / 28] * 28},
        "rule_version": "response-1", "inputs_hash": "x",
    }  # fmt: skip
    return ResponseEstimate.objects.create(merchant=merchant, spu=spu, **{**fields, **changes})


UNTOLD = {
    "verdict": "cannot_tell", "reasons": ["spans_zero"], "effect": 20_000.0, "low": -60_000.0, "high": 100_000.0,
}  # fmt: skip


@pytest.fixture
def page(client, merchant):
    client.force_login(make_member(merchant, "owner"))
    client.cookies["django_language"] = "en"
    return lambda **query: client.get(reverse("measurement:whole", args=[merchant.code]), query)


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_the_floor_and_the_whole_stand_side_by_side_and_are_never_added(page, merchant):
    row(merchant, "Essence")
    told = text(page())
    assert "¥2,400" in told or "¥2.4K" in told
    assert "¥1,300" in told or "¥1.3K" in told
    assert "¥3,700" not in told
    assert "¥3.7K" not in told
    assert "they are never added" in told
    assert "An association until a lift test says more." in told
    assert "About 24 % of what “Essence” sold goes along with its seeding; between 18 % and 30 %" in told
    assert "2 promotions and festivals of yours" in told


def test_what_cannot_be_told_says_why_and_opens_the_planner_filled_in(page, merchant):
    untold = row(merchant, "Candle", **UNTOLD)
    told = text(page())
    assert "cannot tell yet. Anything between -6 % and 10 %" in told
    assert "The interval contains zero" in told
    starts = TODAY + timedelta(days=7)
    ends = starts + timedelta(days=20)  # 14.8 days are three weeks
    assert proposal(untold, "pause", TODAY) == {
        "kind": "pause", "spu": untold.spu_id, "starts": starts.isoformat(), "ends": ends.isoformat(),
    }  # fmt: skip
    address = reverse("measurement:new_experiment", args=[merchant.code])
    assert f"{address}?kind=pause&amp;spu={untold.spu_id}&amp;starts={starts}&amp;ends={ends}" in told


def test_a_whole_brand_is_told_by_regions_or_people_and_never_by_the_pause_of_a_product(page, merchant):
    brand = row(merchant, "Candle", **UNTOLD)
    ResponseEstimate.objects.filter(pk=brand.pk).update(spu=None)
    kinds = [one["url"] for one in page().context["remedies"]]
    assert [("kind=geo" in url, "kind=holdout" in url, "spu=" in url) for url in kinds] == [
        (True, False, False), (False, True, False),
    ]  # fmt: skip


def test_effects_come_first_and_an_address_opens_another_product(page, merchant):
    candle = row(merchant, "Candle", **UNTOLD)
    row(merchant, "Essence")
    answer = page()
    assert [one["name"] for one in answer.context["rows"]] == ["Essence", "Candle"]
    assert answer.context["item"]["name"] == "Essence"
    assert "The days of 1 product go along with its seeding" in answer.context["takeaway"]
    assert page(spu=str(candle.spu_id)).context["item"]["name"] == "Candle"


def test_a_calibrated_estimate_shows_before_and_after(page, merchant):
    calibration = {
        "effect": 260_000.0, "low": 230_000.0, "high": 290_000.0, "test_effect": 270_000.0,
        "test_low": 235_000.0, "test_high": 305_000.0, "contradicts": False, "name": "North without",
    }  # fmt: skip
    row(merchant, "Essence", calibration=calibration)
    answer = page()
    assert answer.context["calibration"]["before"] == [240_000, 180_000, 300_000]
    assert answer.context["calibration"]["after"] == [260_000, 230_000, 290_000]
    assert answer.context["rows"][0]["effect"] == 260_000
    assert "North without" in text(answer)
    assert "this is no longer an association alone" in text(answer)


def test_a_past_day_shows_what_stood_then(page, merchant):
    old = row(merchant, "Essence", effect=100_000.0)
    ResponseEstimate.objects.filter(pk=old.pk).update(computed_at=timezone.now() - timedelta(days=5))
    row(merchant, "Essence")
    assert page().context["rows"][0]["effect"] == 240_000
    then = page(as_of=(TODAY - timedelta(days=3)).isoformat())
    assert then.context["rows"][0]["effect"] == 100_000
    assert "is not a day" in text(page(as_of="soon"))


def test_the_number_of_queries_does_not_grow_with_the_products(page, merchant):
    row(merchant, "Essence")
    page()
    with CaptureQueriesContext(connection) as few:
        page()
    for number in range(6):
        row(merchant, f"Candle {number}", **UNTOLD)
    with CaptureQueriesContext(connection) as many:
        page()
    assert len(many) == len(few)


def test_nothing_yet_says_what_would_fill_the_page(page, merchant):
    told = text(page())
    assert "Nothing sold is known yet" in told
    assert "nothing needs to be joined" in told


def test_asking_anew_is_a_right_and_keeps_what_is_shown(client, page, merchant):
    row(merchant, "Essence")
    address = reverse("measurement:estimate_whole", args=[merchant.code])
    assert client.post(address).status_code == 302
    assert Job.objects.for_merchant(merchant).get(kind="response").state == "queued"
    told = text(page())
    assert "Estimating anew" in told
    assert "¥2,400" in told or "¥2.4K" in told


def test_without_the_right_one_may_look_but_not_ask(client, merchant):
    row(merchant, "Essence")
    client.force_login(make_member(merchant, "finance"))
    assert client.get(reverse("measurement:whole", args=[merchant.code])).status_code == 200
    assert client.post(reverse("measurement:estimate_whole", args=[merchant.code])).status_code == 403


def test_weeks_end_with_the_last_day_and_hold_the_effect():
    """Ten days of 100 with an effect of 70 (35 to 140) spread evenly: the last seven carry 49 of it."""
    (week,) = weeks(TODAY, [100.0] * 10, [0.1] * 10, (70.0, 35.0, 140.0))
    assert week.first == TODAY + timedelta(days=3)
    assert (week.sold, week.without, week.low, week.high) == pytest.approx((700, 651, 602, 675.5))


def test_visitors_of_a_shop_are_not_called_sales(page, merchant):
    visitors = {"spu": None, "platform": "taobao", "outcome": "shop_visitors", "floor_fen": None}
    made = row(merchant, "Essence")
    ResponseEstimate.objects.filter(pk=made.pk).update(**visitors)
    told = text(page(outcome="shop_visitors"))
    assert "Shop visitors of “The whole brand”: about 24 % go along with its seeding" in told
    assert "Joined floor" not in told


def test_sums_handed_in_are_labelled_and_order_lines_are_not(page, merchant):
    row(merchant, "Essence", floor_fen=None, handed_in=True)
    row(merchant, "Candle")
    told = text(page())
    assert "reads from ads · sums as handed in" in told
    assert "reads from ads · order lines" not in told
    assert page(spu="x").context["item"]["source"] == "sums as handed in"


def test_the_whole_brand_comes_first_and_is_counted_as_no_product(page, merchant):
    brand = row(merchant, "Essence", effect=100_000.0)
    ResponseEstimate.objects.filter(pk=brand.pk).update(spu=None)
    row(merchant, "Candle")
    answer = page()
    assert [one["name"] for one in answer.context["rows"]] == ["The whole brand", "Candle"]
    assert "The days of 1 product go along" in answer.context["takeaway"]


def test_where_nothing_could_ever_be_joined_the_floor_is_unknown_not_zero(page, merchant):
    row(merchant, "Essence", floor_fen=0)
    answer = page()
    assert answer.context["item"]["row"].floor_fen is None
    assert "not known: no order could be tied to content" in text(answer)
