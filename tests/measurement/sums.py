"""A merchant of whom only sums are known: daily orders and the day report of its ads, from a simulated world."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from measurement.choices import PromotionKind
from measurement.models import Note, Order, OrderLine, Promotion, Spend, Spu
from measurement.response.series import Series
from merchants.models import Merchant
from merchants.periods import day_of

SHANGHAI = ZoneInfo("Asia/Shanghai")


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=SHANGHAI)


def sell(merchant: Merchant, spu: Spu, series: Series, through: date, platform: str = "taobao") -> None:
    """One order a day, of as many fen as the series says hundredths; the last day is ``through``."""
    first = through - timedelta(days=series.days - 1)
    days = [first + timedelta(days=n) for n in range(series.days)]
    orders = Order.objects.bulk_create(
        Order(
            merchant=merchant, platform=platform, feed="shop", external_id=f"{spu.code}-{platform}-{day}",
            status="paid", paid_fen=round(sold * 100), shipping_fen=0, paid_at=noon(day), received_at=noon(day),
        )
        for day, sold in zip(days, series.outcome, strict=True)
    )  # fmt: skip
    OrderLine.objects.bulk_create(
        OrderLine(
            merchant=merchant, order=order, external_id=f"{order.external_id}-1", spu=spu, quantity=1,
            paid_fen=order.paid_fen, refunded_fen=0, net_fen=order.paid_fen, platform=platform,
            paid_at=order.paid_at, bucket=0,
        )
        for order in orders
    )  # fmt: skip


def show(merchant: Merchant, spu: Spu, series: Series, through: date) -> Note:
    """The ads of a note of the product, day by day; told the morning after the last day."""
    first = through - timedelta(days=series.days - 1)
    note = Note.objects.create(merchant=merchant, external_id=f"note of {spu.code}", title="A note", spu=spu)
    Spend.objects.bulk_create(
        Spend(
            merchant=merchant, source="juguang", natural_key=f"{note.external_id}-{n}", level="creative",
            kind="ads", day=first + timedelta(days=n), fen=round(shown * 2), note=note,
            metrics={"click": round(shown), "impression": round(shown * 11)},
            stated_at=noon(through + timedelta(days=1)),
        )
        for n, shown in enumerate(series.exposure)
    )  # fmt: skip
    return note


def promote(merchant: Merchant, series: Series, through: date, **more: object) -> None:
    """The promotions of the series, each day one statement."""
    first = through - timedelta(days=series.days - 1)
    assert series.promo is not None
    Promotion.objects.bulk_create(
        Promotion(
            merchant=merchant, source="file", natural_key=f"promo {n} {more}", stated_at=noon(through),
            told_at=noon(through), content_hash="", first_day=first + timedelta(days=n),
            last_day=first + timedelta(days=n), name="会员日", kind=PromotionKind.PROMOTION, **more,
        )
        for n, on in enumerate(series.promo)
        if on
    )  # fmt: skip


def yesterday() -> date:
    return day_of(datetime.now(SHANGHAI)) - timedelta(days=1)
