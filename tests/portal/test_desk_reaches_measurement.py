"""A consultation is a touch and a deal is a line of an order: the desk's events, as measurement takes them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import Sum

from leads.operations import contacts, deals, replies, stages
from measurement.models import Category, Credit, ItemMapping, OrderLine, Spu, Touch
from measurement.operations import consultations, recompute
from merchants import tenancy
from merchants.models import Merchant
from merchants.operations import outbox
from tests.leads import arriving
from tests.leads.channels import wire
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


MONEY: list[tuple[str, list[tuple[str, int]], tuple[int, int, int, str]]] = [
    # what was posted; then paid, refunded and net in fen, and what the order is
    ("nothing yet", [], (0, 0, 0, "unpaid")),
    ("a deposit", [("deposit", 50_000)], (50_000, 0, 50_000, "paid")),
    ("all of it", [("deposit", 50_000), ("balance", 849_900)], (899_900, 0, 899_900, "paid")),
    (
        "a part back after the balance",
        [("deposit", 50_000), ("balance", 849_900), ("refund", 120_001)],
        (899_900, 120_001, 779_899, "refunded_partially"),
    ),
    (
        "two parts back",
        [("deposit", 50_000), ("balance", 849_900), ("refund", 120_001), ("refund", 1)],
        (899_900, 120_002, 779_898, "refunded_partially"),
    ),
    ("cancelled before any payment", [("cancel", 0)], (0, 0, 0, "cancelled")),
    ("cancelled, the deposit kept", [("deposit", 50_000), ("cancel", 0)], (50_000, 0, 50_000, "paid")),
    (
        "cancelled, a part of the deposit back",
        [("deposit", 50_000), ("cancel", 20_000)],
        (50_000, 20_000, 30_000, "refunded_partially"),
    ),
    (
        "cancelled after the balance, all back",
        [("deposit", 50_000), ("balance", 849_900), ("refund", 399_900), ("cancel", 500_000)],
        (899_900, 899_900, 0, "refunded"),
    ),
]


@pytest.mark.parametrize(("posted", "line"), [row[1:] for row in MONEY], ids=[row[0] for row in MONEY])
def test_an_order_line_is_paid_and_refunded_what_the_postings_of_the_deal_add_up_to(
    desk: Desk, merchant: Merchant, posted: list[tuple[str, int]], line: tuple[int, int, int, str]
) -> None:
    session = desk.say("ann", skill="travel")
    deal = deals.close(
        merchant, desk.lead_of(session), fen=899_900, closed_at=NOON + DAY, order_number="1", by=BY
    )
    for number, (kind, fen) in enumerate(posted):
        deals.post(merchant, deal, kind=kind, fen=fen, reference=f"r{number}", by=BY)
        deals.post(merchant, deal, kind=kind, fen=fen, reference=f"r{number}", by=BY)  # said twice is once
    settle(merchant)
    with tenancy.acting_for(merchant):
        found = OrderLine.objects.select_related("order").get()
        assert (found.paid_fen, found.refunded_fen, found.net_fen, found.order.status) == line
        assert (Credit.objects.aggregate(fen=Sum("fen_linear"))["fen"] or 0) == line[2]
        assert deals.paid_of(deal) == line[2]


def test_another_deal_after_a_cancelled_one_is_another_order(desk: Desk, merchant: Merchant) -> None:
    lead = desk.lead_of(desk.say("ann", skill="travel"))
    first = deals.close(merchant, lead, fen=899_900, closed_at=NOON + DAY, order_number="1", by=BY)
    deals.post(merchant, first, kind="deposit", fen=50_000, reference="a", by=BY)
    deals.post(merchant, first, kind="cancel", fen=0, reference="b", by=BY)
    second = deals.close(merchant, lead, fen=499_900, closed_at=NOON + 2 * DAY, order_number="2", by=BY)
    deals.post(merchant, second, kind="deposit", fen=499_900, reference="a", by=BY)
    settle(merchant)
    with tenancy.acting_for(merchant):
        lines = OrderLine.objects.order_by("paid_at").values_list("order__external_id", "net_fen")
        assert list(lines) == [(f"deal:{first.pk}", 50_000), (f"deal:{second.pk}", 499_900)]


def test_a_household_has_several_contacts_and_one_deal_which_is_one_line(
    desk: Desk, merchant: Merchant
) -> None:
    """Both ask, are joined, and buy together: one deal, one line, credited to the one whose lead it is."""
    ann, ben = desk.lead_of(desk.say("ann", skill="travel")), desk.lead_of(desk.say("ben", skill="travel"))
    replies.take_contact(merchant, ann.session, kind="phone", text="13812345678", by=BY)
    replies.take_contact(merchant, ben.session, kind="wechat", text="ben_and_ann", by=BY)
    contacts.merge(merchant, survivor=ann.contact, absorbed=ben.contact, by=BY)
    stages.move(merchant, ben, to="invalid", reason="duplicate", duplicate_of=ann, by=BY)
    deal = deals.close(merchant, ann, fen=899_900, closed_at=NOON + DAY, order_number="1", by=BY)
    with pytest.raises(deals.Refused, match="standing"):
        deals.close(merchant, ann, fen=899_900, closed_at=NOON + DAY, order_number="2", by=BY)
    deals.post(merchant, deal, kind="deposit", fen=50_001, reference="a", by=BY)
    settle(merchant)
    with tenancy.acting_for(merchant):
        ways = ann.contact.details.order_by("kind").values_list("kind", flat=True)
        assert list(ways) == ["phone", "wechat"]
        assert ann.contact.identities.count() == 2
        assert Touch.objects.filter(retracted=False).count() == 2
        assert (OrderLine.objects.get().net_fen, Credit.objects.get().fen_linear) == (50_001, 50_001)


CAME_BY = {"note_id": "n1", "campaign_id": "c1", "live_room_id": "r1"}


@pytest.mark.parametrize(
    "order",
    [("message", "lead"), ("lead", "message"), ("message", "bare", "lead"), ("message", "lead", "bare")],
    ids=" then ".join,
)
@pytest.mark.parametrize("handed_out", ["each", "at the end"])
def test_a_pushed_consultation_is_a_touch_of_what_it_came_from(
    desk: Desk, merchant: Merchant, order: tuple[str, ...], handed_out: str
) -> None:
    """The message says nothing of where the person came from; what is left in the conversation does."""
    source = arriving.chats(merchant)
    left = {"phone": "13800138000", "user_id": "u1", "conversation_id": "k1"}
    for place, name in enumerate(order):
        if name == "message":
            arriving.said(source, "u1", at=arriving.NOON)
        else:
            told = left | (CAME_BY if name == "lead" else {})
            body = {
                "content": wire.enciphered(told),
                "timestamp": arriving.NOON + (place + 1) * arriving.MINUTE,
            }
            arriving.brought(source, body, below="api/open/im/third/data")
        if handed_out == "each":
            outbox.drain(merchant)
    settle(merchant)
    with tenancy.acting_for(merchant):
        touch = Touch.objects.get(retracted=False)
        channel = touch.channel
        assert (channel.kind, channel.note.external_id) == ("consultation", "n1")
        assert (channel.campaign.external_id, channel.live_stream.external_id) == ("c1", "r1")
        assert touch.occurred_at.isoformat() == "2026-03-01T04:00:00+00:00"


def test_an_origin_that_the_source_puts_right_moves_the_touch(desk: Desk, merchant: Merchant) -> None:
    source = arriving.chats(merchant)
    arriving.said(source, "u1", at=arriving.NOON)
    for minute, note in ((1, "n1"), (2, "n2"), (3, "n2")):
        told = {"phone": "13800138000", "user_id": "u1", "lead_id": 7, "note_id": note}
        body = {"content": wire.enciphered(told), "timestamp": arriving.NOON + minute * arriving.MINUTE}
        arriving.brought(source, body, below="api/open/im/third/data")
    settle(merchant)
    with tenancy.acting_for(merchant):
        assert Touch.objects.get(retracted=False).channel.note.external_id == "n2"


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
