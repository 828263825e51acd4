"""A small world by hand: rows as ingest would leave them, credited by the real recompute."""

from __future__ import annotations

import hashlib
import itertools
import uuid
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from measurement.choices import Model
from measurement.models import (
    Blogger,
    Campaign,
    Category,
    Channel,
    Creative,
    Note,
    Order,
    OrderLine,
    Spend,
    Spu,
    SpuMargin,
    Touch,
)
from measurement.operations import marks, recompute
from merchants.models import Merchant

NOON = time(12, tzinfo=ZoneInfo("Asia/Shanghai"))
_numbers = itertools.count(1)


def at(day: str, hour: int = 12) -> datetime:
    return datetime.combine(date.fromisoformat(day), NOON).replace(hour=hour).astimezone(UTC)


def key(person: str) -> uuid.UUID:
    return uuid.UUID(bytes=hashlib.sha256(person.encode()).digest()[:16])


class World:
    """Names stand for rows: the same name is the same note, person or order."""

    def __init__(self, merchant: Merchant, category: str = "facial-essence") -> None:
        self.merchant = merchant
        self.category = Category.objects.get(code=category)
        self.touches = itertools.count(next(_numbers) * 1_000_000)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT measurement_add_touch_months(%s, %s)", [date(2026, 6, 1), date(2026, 12, 31)]
            )

    def spu(self, name: str = "essence", margin_bp: int | None = None) -> Spu:
        row, _ = Spu.objects.get_or_create(
            merchant=self.merchant, code=name, defaults={"name": name, "category": self.category}
        )
        if margin_bp is not None:
            SpuMargin.objects.create(
                merchant=self.merchant,
                spu=row,
                margin_bp=margin_bp,
                valid_from=date(2020, 1, 1),
                recorded_by="test",
            )
        return row

    def blogger(self, name: str) -> Blogger:
        return Blogger.objects.get_or_create(
            merchant=self.merchant, external_id=name, defaults={"name": name}
        )[0]

    def note(self, title: str, blogger: str = "", spu: Spu | None = None) -> Note:
        return Note.objects.get_or_create(
            merchant=self.merchant,
            external_id=title,
            defaults={"title": title, "spu": spu, "blogger": self.blogger(blogger) if blogger else None},
        )[0]

    def campaign(self, name: str) -> Campaign:
        return Campaign.objects.get_or_create(
            merchant=self.merchant, external_id=name, defaults={"name": name}
        )[0]

    def channel(
        self, note: str = "", *, kind: str = "read", blogger: str = "", campaign: str = ""
    ) -> Channel:
        row, _ = Channel.objects.get_or_create(
            merchant=self.merchant,
            key=f"{kind}|{note}|{campaign}",
            defaults={
                "kind": kind,
                "note": self.note(note, blogger) if note else None,
                "campaign": self.campaign(campaign) if campaign else None,
            },
        )
        return row

    def touch(
        self, person: str, day: str, note: str = "", *, hour: int = 12, spu: Spu | None = None,
        seconds: int | None = None, device: int | None = None, **where: str,
    ) -> None:  # fmt: skip
        number = next(self.touches)
        Touch.objects.create(
            id=number,
            merchant=self.merchant,
            person_key=key(person),
            spu=spu or self.spu(),
            channel=self.channel(note, **where),
            occurred_at=at(day, hour),
            tie=f"1{len(str(number)):03}{number} {number}",
            natural_key=uuid.uuid5(self.merchant.public_id, str(number)),
            revision=uuid.uuid5(self.merchant.public_id, f"r{number}"),
            dwell_seconds=seconds,
            device=device,
        )

    def order(
        self,
        number: str,
        day: str,
        fen: int,
        *,
        person: str = "",
        refunded: int = 0,
        postage: int = 0,
        platform: str = "taobao",
        spu: Spu | None = None,
        mapped: bool = True,
        declared: Channel | None = None,
        hour: int = 20,
    ) -> OrderLine:
        order = Order.objects.create(
            merchant=self.merchant,
            platform=platform,
            feed="shop",
            external_id=number,
            status="paid",
            paid_fen=fen + postage,
            refunded_fen=refunded,
            shipping_fen=postage,
            rest_fen=postage,
            paid_at=at(day, hour),
            person_key=key(person) if person else None,
            received_at=at(day, hour) + timedelta(minutes=1),
        )
        line = OrderLine.objects.create(
            merchant=self.merchant,
            order=order,
            external_id=f"{number}-1",
            title="Essence 30 ml",
            item_id="item" if mapped else f"unmapped-{number}",
            spu=(spu or self.spu()) if mapped else None,
            quantity=1,
            paid_fen=fen,
            refunded_fen=refunded,
            net_fen=fen - refunded,
            platform=platform,
            paid_at=order.paid_at,
            person_key=order.person_key,
            bucket=0,
            declared_channel=declared,
            declared_reason="coupon:SPRING" if declared else "",
        )
        marks.mark(self.merchant, [(line.pk, line.bucket)], cause="order")
        return line

    def refund(self, line: OrderLine, fen: int) -> None:
        OrderLine.objects.filter(pk=line.pk).update(refunded_fen=fen, net_fen=line.paid_fen - fen)
        Order.objects.filter(pk=line.order_id).update(refunded_fen=fen, status="refunded_partially")
        marks.mark(self.merchant, [(line.pk, line.bucket)], cause="order")

    def spend(
        self, day: str, fen: int, *, note: str = "", campaign: str = "", creative_of: str = "",
        kind: str = "", level: str = "", task: str = "unknown",
        metrics: dict[str, object] | None = None, source: str = "juguang",
    ) -> Spend:  # fmt: skip
        number = next(_numbers)
        creative = None
        if creative_of:
            creative, _ = Creative.objects.get_or_create(
                merchant=self.merchant,
                external_id=f"creative of {creative_of}",
                defaults={"note": self.note(creative_of)},
            )
        return Spend.objects.create(
            merchant=self.merchant,
            source=source,
            natural_key=f"{day}-{number}",
            level=level or ("note" if note else "campaign"),
            kind=kind or ("note_fee" if note else "ads"),
            task=task,
            day=date.fromisoformat(day),
            fen=fen,
            note=self.note(note) if note else None,
            campaign=self.campaign(campaign) if campaign else None,
            creative=creative,
            metrics=metrics or {},
            stated_at=at(day, 23),
        )

    def compute(self, recorded: str = "") -> None:
        """Credits what waits; ``recorded``: as if that had been done on this day."""
        recompute.drain(self.merchant)
        if recorded:
            self._recorded(date.fromisoformat(recorded))

    def _recorded(self, day: date) -> None:
        """Postings are never changed: what was posted in this transaction is posted once more with another time,
        and taken back from now."""
        grain = "merchant_id, line_id, touch_id, channel_id, spu_id, platform, grade, touch_day, order_day"
        fen = [f"fen_{model.value}" for model in Model]
        with connection.cursor() as cursor:
            cursor.execute(
                f"""INSERT INTO measurement_posting ({grain}, cause, run_id, recorded_at, {", ".join(fen)})
                    SELECT {grain}, cause, run_id, sign.at, {", ".join(f"sign.n * {one}" for one in fen)}
                    FROM measurement_posting, (VALUES (1, %(then)s::timestamptz), (-1, now())) AS sign(n, at)
                    WHERE merchant_id = %(merchant)s AND recorded_at = now()""",
                {"merchant": self.merchant.pk, "then": datetime.combine(day, NOON)},
            )
            cursor.execute(
                "UPDATE measurement_rollup SET recorded_day = %s WHERE merchant_id = %s"
                " AND recorded_day = (now() AT TIME ZONE 'Asia/Shanghai')::date",
                [day, self.merchant.pk],
            )
