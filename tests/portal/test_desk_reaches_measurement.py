"""A consultation is a touch and a deal is a line of an order: the desk's events, as measurement takes them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from leads.operations import deals
from measurement.models import Category, Credit, ItemMapping, OrderLine, Spu, Touch
from measurement.operations import consultations, recompute
from merchants import tenancy
from merchants.models import Merchant
from merchants.operations import outbox
from tests.leads.desks import BY, DAY, NOON, Desk


@pytest.fixture
def desk(merchant: Merchant) -> Desk:
    spu = Spu.objects.create(
        merchant=merchant, code="travel", name="Travel", category=Category.objects.get(code="facial-essence")
    )
    ItemMapping.objects.create(merchant=merchant, platform="store", item_id="travel", spu=spu)
    return Desk(merchant)


def settle(merchant: Merchant) -> None:
    outbox.drain(merchant)
    recompute.drain(merchant)


def test_a_deal_is_credited_to_the_talk_and_the_note_it_came_from(desk: Desk, merchant: Merchant) -> None:
    session = desk.say("ann", skill="travel", origin={"note_id": "n1"})
    deal = deals.close(
        merchant, desk.lead_of(session), fen=899_900, closed_at=NOON + 3 * DAY, order_number="1", by=BY
    )
    settle(merchant)
    with tenancy.acting_for(merchant):
        touch = Touch.objects.get()
        assert (touch.occurred_at, touch.channel.kind, touch.channel.note.external_id) == (
            NOON,
            "consultation",
            "n1",
        )
        assert OrderLine.objects.get().net_fen == 0  # agreed, and not paid yet
    deals.post(merchant, deal, kind="deposit", fen=100_000, reference="a", by=BY)
    settle(merchant)
    with tenancy.acting_for(merchant):
        credit = Credit.objects.get()
        assert (credit.fen_linear, credit.grade, credit.touch_id) == (100_000, "A", touch.pk)
    deals.post(merchant, deal, kind="refund", fen=40_000, reference="b", by=BY)
    settle(merchant)
    with tenancy.acting_for(merchant):
        assert Credit.objects.get().fen_linear == 60_000


def test_the_same_events_in_any_order_and_again_leave_the_same(desk: Desk, merchant: Merchant) -> None:
    told = {
        "deal": 7, "source": "xiaohongshu_im", "platform_user": "ann", "closed_at": NOON.isoformat(),
        "cancelled_at": None, "skill": "travel", "origin": {},
    }  # fmt: skip
    first = {**told, "statement": 0, "paid_fen": 0, "refunded_fen": 0}
    paid = {**told, "statement": 1, "paid_fen": 500, "refunded_fen": 0}
    back = {**told, "statement": 2, "paid_fen": 500, "refunded_fen": 200}
    with tenancy.acting_for(merchant):
        for one in (back, first, paid, back):
            consultations.dealt(merchant, one, 1)
        line = OrderLine.objects.get()
        assert (line.paid_fen, line.refunded_fen, line.net_fen) == (500, 200, 300)


def test_of_two_openings_the_earlier_stands(desk: Desk, merchant: Merchant) -> None:
    told = {"consultation": 3, "source": "xiaohongshu_im", "platform_user": "ann", "origin": {}, "skill": ""}
    early = {**told, "opened_at": NOON.isoformat()}
    late = {**told, "opened_at": (NOON + timedelta(minutes=5)).isoformat()}
    with tenancy.acting_for(merchant):
        for one in (late, early, late):
            consultations.consulted(merchant, one, 1)
        assert [touch.occurred_at for touch in Touch.objects.filter(retracted=False)] == [NOON]


def test_whoever_the_platform_does_not_name_is_no_touch_and_an_unjoined_order(
    desk: Desk, merchant: Merchant
) -> None:
    nobody = {"source": "own", "platform_user": "", "origin": {}, "skill": "travel"}
    opened = {**nobody, "consultation": 3, "opened_at": NOON.isoformat()}
    deal = {
        **nobody, "deal": 7, "closed_at": NOON.isoformat(), "cancelled_at": None,
        "statement": 1, "paid_fen": 500, "refunded_fen": 0,
    }  # fmt: skip
    with tenancy.acting_for(merchant):
        consultations.consulted(merchant, opened, 1)
        consultations.dealt(merchant, deal, 1)
    recompute.drain(merchant)
    with tenancy.acting_for(merchant):
        assert not Touch.objects.exists()
        assert (Credit.objects.get().grade, OrderLine.objects.get().person_key) == ("U", None)
