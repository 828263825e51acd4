"""Sales, buyers, live streams and the matrix, worked out by hand on small worlds."""

from __future__ import annotations

import html
import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from measurement.metrics import credit_interval
from measurement.models import Channel, Comment, CommentLabel, LiveResult, LiveStream, Note
from measurement.operations import sales
from measurement.process.placement import Carrier
from measurement.queries import lives, matrix
from merchants.models import Merchant
from merchants.periods import Period
from tests.conftest import make_member
from tests.measurement.world import World, at

OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1))


@pytest.fixture
def world(merchant: Merchant) -> World:
    return World(merchant)


def counted(world: World) -> None:
    world.compute()
    assert sales.renew(world.merchant, force=True)


def test_a_buyer_of_the_period_counts_once_and_is_new_without_an_earlier_order(world):
    """Ann bought in September and twice in October; Ben in October and again in November; Cem once, and one
    order names nobody."""
    for number, (day, who) in enumerate(
        [("2026-09-20", "ann"), ("2026-10-03", "ann"), ("2026-10-20", "ann"), ("2026-10-05", "ben"),
         ("2026-11-04", "ben"), ("2026-10-09", "cem"), ("2026-10-10", "")]
    ):  # fmt: skip
        world.order(f"T{number}", day, 10000, person=who)
    counted(world)
    [essence], whole = matrix.sold(world.merchant, OCTOBER)
    assert (essence.orders, essence.units, essence.known) == (5, 5, 4)
    assert (essence.buyers, essence.new, essence.returning, essence.again) == (3, 2, 1, 1)
    assert (essence.orders_per_buyer, essence.repeat_share) == (Decimal(4) / 3, Decimal("0.5"))
    assert (whole.buyers, whole.new, whole.again) == (3, 2, 1)


def test_distinct_buyers_of_any_span_are_a_sum(world):
    for number, day in enumerate(["2026-10-01", "2026-10-02", "2026-10-08", "2026-10-30"]):
        world.order(f"T{number}", day, 100, person="ann")
    counted(world)
    for first in range(1, 31):
        for last in range(first + 1, 32):
            span = Period(date(2026, 10, first), date(2026, 10, last))
            expected = any(first <= day < last for day in (1, 2, 8, 30))
            assert matrix.sold(world.merchant, span)[1].buyers == expected


def test_a_person_of_two_products_is_one_buyer_of_all(world):
    world.order("T1", "2026-10-01", 100, person="ann")
    world.order("T2", "2026-10-02", 100, person="ann", spu=world.spu("cream"))
    counted(world)
    rows, whole = matrix.sold(world.merchant, OCTOBER)
    assert [row.buyers for row in rows] == [1, 1]
    assert (whole.buyers, whole.orders) == (1, 2)


def test_the_seeded_share_is_taken_of_joinable_orders_only(world):
    """Ann read and bought: seeded. Ben read another product: joinable, not seeded. Of Cem nothing is known."""
    world.touch("ann", "2026-10-01", "Winter repair")
    world.touch("ben", "2026-10-01", "Creamy", spu=world.spu("cream"))
    for number, who in enumerate(["ann", "ben", "cem"]):
        world.order(f"T{number}", "2026-10-04", 100, person=who)
    counted(world)
    row = next(row for row in matrix.sold(world.merchant, OCTOBER)[0] if row.name == "essence")
    assert (row.orders, row.joinable, row.seeded, row.seeded_share) == (3, 2, 1, Decimal("0.5"))


def test_nothing_is_counted_again_while_the_ledger_stands_still(world):
    world.order("T1", "2026-10-01", 100, person="ann")
    counted(world)
    assert sales.renew(world.merchant) is False


@pytest.fixture
def stream(world) -> LiveStream:
    return LiveStream.objects.create(
        merchant=world.merchant,
        external_id="L1",
        title="Night talk",
        blogger=world.blogger("Lin"),
        curator=world.blogger("Lin"),
        started_at=at("2026-10-10", 20),
        ended_at=at("2026-10-10", 23),
    )


def watch(world: World, stream: LiveStream, who: str, hour: int) -> None:
    Channel.objects.get_or_create(
        merchant=world.merchant, key="live_view||", defaults={"kind": "live_view", "live_stream": stream}
    )
    world.touch(who, "2026-10-10", kind="live_view", hour=hour)


def test_what_viewers_bought_within_24_hours_and_in_the_30_days_after(world, stream):
    """Ann watched at 20 and 21 o'clock and paid at 19:59… the next day within 24 h, then in 30 days; Ben
    watched at 21 and bought only later; Cem watched and never bought; Dan bought without watching."""
    for who, hour in (("ann", 20), ("ann", 21), ("ben", 21), ("cem", 22)):
        watch(world, stream, who, hour)
    world.order("before", "2026-10-10", 700, person="ann", hour=19)
    world.order("soon", "2026-10-11", 10000, person="ann", refunded=3000, platform="jd", hour=20)
    world.order("later", "2026-10-30", 5000, person="ann", hour=20)
    world.order("ben", "2026-11-10", 4000, person="ben", hour=20)
    world.order("too late", "2026-11-11", 900, person="ben", hour=22)
    world.order("dan", "2026-10-11", 800, person="dan")
    counted(world)
    found = lives.lives(world.merchant, OCTOBER, "stream")
    [row] = found.rows
    assert (row.name, row.host, row.curator, row.views, row.viewers) == ("Night talk", "Lin", "Lin", 4, 3)
    assert (row.buyers, row.orders, row.paid_fen, row.refunded_fen) == (1, 1, 10000, 3000)
    assert (row.later_buyers, row.later_paid_fen) == (2, 9000)
    assert (row.platforms, found.platforms) == ({"jd": 1, "taobao": 0}, {"jd": (1, 10000), "taobao": (0, 0)})
    by_curator = lives.lives(world.merchant, OCTOBER, "curator")
    assert [(one.name, one.streams, one.paid_fen) for one in by_curator.rows] == [("Lin", 1, 10000)]


def test_a_stream_without_touches_is_unknown_and_one_without_orders_is_zero(world, stream):
    [row] = lives.lives(world.merchant, OCTOBER, "stream").rows
    assert (row.views, row.paid_fen) == (None, None)
    watch(world, stream, "ann", 20)
    counted(world)
    [row] = lives.lives(world.merchant, OCTOBER, "stream").rows
    assert (row.views, row.viewers, row.orders, row.paid_fen) == (1, 1, 0, 0)
    assert LiveResult.objects.for_merchant(world.merchant).count() == 1


def test_the_matrix_splits_cost_and_return_by_carrier(world, merchant):
    """A paid note (K, ¥50) whose creative ran in the feed (F, ¥12, 30 TI) and a reader of each who bought."""
    essence = world.spu()
    note = world.note("Winter repair", "Lin", essence)
    Note.objects.filter(pk=note.pk).update(
        buying_point="Repair", scene="Winter", published_at=at("2026-10-03")
    )
    world.spend("2026-10-02", 5000, note="Winter repair")
    ad = world.spend(
        "2026-10-05", 1200, creative_of="Winter repair", campaign="Feed", level="creative",
        metrics={"ti_user_num": 30},
    )  # fmt: skip
    world.spend("2026-10-05", 1200, campaign="Feed", level="campaign", metrics={"ti_user_num": 30})
    ad.campaign.placement = "1"
    ad.campaign.save()
    world.touch("ann", "2026-10-04", "Winter repair")
    world.touch("ben", "2026-10-05", "Winter repair", campaign="Feed")
    world.order("T1", "2026-10-06", 10000, person="ann")
    world.order("T2", "2026-10-06", 6000, person="ben")
    world.compute()
    cells = {cell.carrier: cell for cell in matrix.matrix(merchant, OCTOBER)}
    assert set(cells) == {Carrier.KOL, Carrier.FEED}
    kol, feed = cells[Carrier.KOL], cells[Carrier.FEED]
    assert {(cell.spu, cell.point, cell.scene) for cell in cells.values()} == {
        ("essence", "Repair", "Winter")
    }
    assert (kol.cost, kol.credited, kol.roi, kol.notes) == (5000, 10000, Decimal(2), 1)
    assert (feed.cost, feed.credited, feed.cost_per_ti, feed.roi) == (1200, 6000, Decimal(40), Decimal(5))
    assert (kol.cost_per_ti, feed.cadence) == (None, None)
    assert kol.cadence == Decimal(1) / (Decimal(31) / 7)


@pytest.mark.parametrize("name", ["measurement:live", "measurement:matrix"])
def test_the_pages_open_with_and_without_data_and_a_stranger_finds_nothing(
    client, world, stream, merchant, name
):
    address = reverse(name, args=[merchant.code]) + "?from=2026-10-01&to=2026-10-31"
    client.force_login(make_member(merchant, "viewer"))
    for language in ("en", "zh-hans"):
        client.cookies["django_language"] = language
        assert client.get(address).status_code == 200
    watch(world, stream, "ann", 20)
    world.order("T1", "2026-10-11", 10000, person="ann")
    counted(world)
    said = client.get(address).content.decode()
    assert "100" in said
    stranger = Merchant.objects.create(code="other", name="Other")
    client.force_login(make_member(stranger, "owner"))
    assert client.get(address).status_code == 404


def test_a_cell_says_its_orders_its_interval_and_what_its_comments_say(world, merchant):
    """Two orders of ¥100 and ¥60 under one unpaid note: squares are 10000² + 6000²; 40 comments praise
    and 10 blame, 20 of the 50 repeat the buying point."""
    essence = world.spu()
    note = world.note("Winter repair", "Lin", essence)
    Note.objects.filter(pk=note.pk).update(buying_point="Repair", scene="Winter")
    for who, fen in (("ann", 10000), ("ben", 6000)):
        world.touch(who, "2026-10-04", "Winter repair")
        world.order(f"T-{who}", "2026-10-06", fen, person=who)
    world.compute()
    for number in range(50):
        comment = Comment.objects.create(
            merchant=merchant, note=note, posted_at=at("2026-10-07"), stated_at=at("2026-10-07"),
            external_id=f"c{number}", text="…",
        )  # fmt: skip
        CommentLabel.objects.create(
            merchant=merchant, comment=comment, polarity="positive" if number < 40 else "negative",
            echoes=number < 20, speaks_of_self=False, intents=[], source="words",
            version="1", stated_at=at("2026-10-07"),
        )  # fmt: skip
    found = matrix.board(merchant, OCTOBER, None, date(2026, 12, 1))
    [cell] = found.cells
    assert (cell.carrier, cell.credited, cell.orders, cell.squares) == (
        Carrier.OTHER,
        16000,
        2,
        10000**2 + 6000**2,
    )
    assert cell.interval == credit_interval(16000, 10000**2 + 6000**2, 8000)
    liked, echo = cell.parts["liked"], cell.parts["echo"]
    assert (liked.n, liked.value, echo.n, echo.value) == (50, 0.8, 50, 0.4)
    assert found.coverage == Decimal(1)


def test_a_period_is_compared_with_the_one_before_at_the_same_age(world, merchant):
    """¥100 in October; in September ¥80 until the same age, and ¥50 that came later and is left out."""
    world.touch("ann", "2026-10-04", "Winter repair")
    world.order("T1", "2026-10-06", 10000, person="ann")
    world.touch("ben", "2026-09-05", "Winter repair")
    world.order("T2", "2026-09-07", 8000, person="ben")
    world.touch("cem", "2026-09-06", "Winter repair")
    world.order("T3", "2026-09-29", 5000, person="cem")
    world.compute()
    october, september = (
        Period(date(2026, 10, 1), date(2026, 10, 8)),
        Period(date(2026, 9, 3), date(2026, 9, 10)),
    )
    found = matrix.board(merchant, october, september, date(2026, 10, 8))
    [cell] = found.cells
    assert found.through is not None
    assert (cell.credited, found.before[cell.key].credited) == (10000, 8000)


@pytest.mark.parametrize(("name", "queries"), [("measurement:matrix", 25), ("measurement:live", 14)])
def test_pages_ask_the_same_queries_however_many_rows(
    client, world, stream, merchant, name, queries, django_assert_num_queries
):
    client.force_login(make_member(merchant, "viewer"))
    address = reverse(name, args=[merchant.code]) + "?from=2026-10-01&to=2026-10-31"
    client.get(address)
    for number in range(3):
        for more in range(number + 1):
            world.touch(f"p{number}{more}", "2026-10-04", f"Note {number}{more}", blogger=f"B{more}")
            world.order(f"Q{number}{more}", "2026-10-06", 100, person=f"p{number}{more}")
        watch(world, stream, f"w{number}", 20)
        counted(world)
        with django_assert_num_queries(queries):
            assert client.get(address).status_code == 200


def test_a_host_opens_its_streams_and_a_stream_its_orders(client, world, stream, merchant):
    client.force_login(make_member(merchant, "viewer"))
    watch(world, stream, "ann", 20)
    counted(world)
    address = reverse("measurement:live", args=[merchant.code])
    hosts = client.get(f"{address}?from=2026-10-01&to=2026-10-31&by=host").context["rows"]
    [shown] = [row for row in hosts if row["row"].key]
    inside = client.get(address + shown["streams_url"])
    [row] = inside.context["rows"]
    assert row["row"].host == shown["row"].name
    other = client.get(f"{address}?from=2026-10-01&to=2026-10-31&host={int(shown['row'].key) + 1}")
    assert other.context["rows"] == []


def test_a_stream_its_host_and_its_curator_open_their_own_orders_and_lead_back(
    client, world, stream, merchant
):
    """Ann watched Lin's stream, in which Lin also sells, and bought; Ben watched another's, the same day, and bought
    too."""
    other = LiveStream.objects.create(
        merchant=merchant, external_id="L2", title="Day talk", blogger=world.blogger("Mei"),
        started_at=at("2026-10-10", 19),
    )  # fmt: skip
    watch(world, stream, "ann", 20)
    Channel.objects.create(merchant=merchant, key="live_view||L2", kind="live_view", live_stream=other)
    world.touch("ben", "2026-10-10", kind="live_view", campaign="L2", hour=21)
    world.order("ann's", "2026-10-11", 10000, person="ann")
    world.order("ben's", "2026-10-11", 7000, person="ben")
    world.compute()
    counted(world)
    client.force_login(make_member(merchant, "viewer"))
    client.cookies["django_language"] = "en"
    live = reverse("measurement:live", args=[merchant.code])
    for by, key, pk in (
        ("stream", "live", stream.pk),
        ("host", "host", stream.blogger_id),
        ("curator", "curator", stream.curator_id),
    ):
        address = f"{live}?from=2026-10-01&to=2026-10-31&by={by}"
        said = html.unescape(client.get(address).content.decode())
        [link] = re.findall(rf'href="([^"]*/orders/[^"]*&{key}={pk}&[^"]*)"', said)
        opened = client.get(link)
        assert [one["line"].order_number for one in opened.context["rows"]] == ["ann's"]
        assert f'class="way-back" href="{html.escape(address)}"' in opened.content.decode()
        assert [chip["label"] for chip in opened.context["chips"]] == [
            {"stream": "Live stream: Night talk", "host": "Host: Lin", "curator": "Buyer-curator: Lin"}[by]
        ]
