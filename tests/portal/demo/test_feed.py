"""The world lives on: every turn a page arrives, with the touches before it, while the switch is on."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from measurement.models import Credit, Order, OrderLine, Touch
from measurement.operations import deliveries, recompute
from merchants import tenancy
from merchants.models import Membership, Merchant, RawDelivery, User
from portal.demo import accounts, feed, shelves
from portal.demo.cast.luya import LUYA
from portal.demo.content import content_of
from tests.conftest import make_member

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def luya(committed: None) -> Merchant:
    merchant = accounts.merchant_of(LUYA)
    content = content_of(LUYA, timezone.localdate(merchant.created_at), accounts.DEMO_SEED)
    shelves.fill(merchant, content)
    shelves.map_codes(merchant, content)
    return merchant


def turns(merchant: Merchant, count: int) -> list[str | None]:
    """So many turns, two seconds apart, and what the workers would do after them."""
    living, now = feed.Feed(random.Random(5)), timezone.now()
    said = [living.turn(now + timedelta(seconds=2 * turn)) for turn in range(count)]
    with tenancy.acting_for(merchant):
        waiting = list(RawDelivery.objects.for_merchant(merchant).values_list("pk", flat=True))
    for pk in waiting:
        deliveries.apply(merchant, pk, again=False)
    recompute.drain(merchant)
    return said


def test_shops_take_turns_and_each_order_becomes_credit(luya):
    said = turns(luya, 30)
    assert {what.split(":")[0] for what in said if what} == {shop.code for shop in LUYA.shops}
    with tenancy.acting_for(luya):
        orders = Order.objects.for_merchant(luya).filter(feed="shop")
        assert orders.count() == sum("returned" not in what for what in said if what)
        assert not RawDelivery.objects.for_merchant(luya).exclude(state=RawDelivery.State.APPLIED).exists()
        kept = OrderLine.objects.for_merchant(luya).filter(net_fen__gt=0).count()
        credited = Credit.objects.for_merchant(luya).values("line").distinct().count()
        assert credited >= kept > 0
        assert "A" in set(Credit.objects.for_merchant(luya).values_list("grade", flat=True))


def test_the_touches_that_led_to_an_order_lie_before_it(luya):
    turns(luya, 12)
    with tenancy.acting_for(luya):
        latest = Touch.objects.for_merchant(luya).order_by("-occurred_at").first()
        last_order = Order.objects.for_merchant(luya).filter(feed="shop").order_by("-paid_at").first()
    assert latest is not None
    assert latest.occurred_at < last_order.paid_at


def test_some_of_what_was_bought_goes_back(luya):
    said = turns(luya, 60)
    with tenancy.acting_for(luya):
        back = Order.objects.for_merchant(luya).filter(feed="shop", status="refunded").count()
    assert back == sum("returned" in what for what in said if what) > 0


def test_nothing_arrives_while_the_switch_is_off(luya):
    feed.switch(luya, on=False, by="system:test")
    assert feed.is_on(luya) is False
    assert turns(luya, 4) == [None] * 4
    feed.switch(luya, on=True, by="system:test")
    assert feed.is_on(luya) is True
    assert None not in turns(luya, 2)


@pytest.fixture
def running_demo(settings) -> None:
    settings.DEMO = True


def page(merchant: Merchant) -> str:
    return reverse("portal:demo-feed", args=[merchant.code])


def test_the_page_shows_the_switch_and_turns_it(luya, client, running_demo):
    client.force_login(make_member(luya, "marketing"))
    assert b'value="0"' in client.get(page(luya)).content
    assert b'value="1"' in client.post(page(luya), {"on": "0"}, headers={"HX-Request": "true"}).content
    assert feed.is_on(luya) is False
    client.post(page(luya), {"on": "1"})
    assert feed.is_on(luya) is True


def test_who_may_only_read_cannot_turn_it(luya, client, running_demo):
    client.force_login(make_member(luya, "viewer"))
    assert b"<button" not in client.get(page(luya)).content
    assert client.post(page(luya), {"on": "0"}).status_code == 403
    assert feed.is_on(luya) is True


def test_a_merchant_that_is_not_fed_has_no_switch(luya, client, running_demo):
    studio = accounts.merchant_of(next(brand for brand in accounts.BRANDS if brand.code == "yuntingli"))
    user = User.objects.create_user(username="song")
    Membership.objects.create(user=user, merchant=studio, role="owner")
    client.force_login(user)
    assert client.get(page(studio)).content == b""


def test_there_is_no_switch_outside_the_demo(luya, client, settings):
    settings.DEMO = False
    client.force_login(make_member(luya, "owner"))
    assert client.get(page(luya)).status_code == 404
