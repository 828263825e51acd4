"""Small worlds for tests: people, notes, and orders in Taobao's own words."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from measurement.alliance import reader
from measurement.choices import TouchKind
from measurement.models import Category, Note, Spu
from measurement.operations import orders, rules
from measurement.operations.touches import TouchRow
from merchants import tenancy
from merchants.identity import pepper_of, person_key
from merchants.models import Connection, Merchant

SHANGHAI = ZoneInfo("Asia/Shanghai")
BASE = datetime(2026, 3, 1, 2, 0, 0, tzinfo=UTC)


def shanghai(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def trade(
    tid: str,
    lines: list[tuple[str, int]],
    *,
    buyer: str = "",
    paid_at: datetime = BASE,
    modified_at: datetime | None = None,
    postage: int = 0,
    status: str = "WAIT_SELLER_SEND_GOODS",
) -> dict[str, Any]:
    """A trade as `taobao.trade.fullinfo.get` answers it; lines are (item id, fen)."""
    unpaid = status in {"WAIT_BUYER_PAY", "TRADE_CLOSED_BY_TAOBAO"}
    answer: dict[str, Any] = {
        "tid": tid,
        "status": status,
        "type": "fixed",
        "created": shanghai(paid_at - timedelta(minutes=1)),
        "modified": shanghai(modified_at or paid_at),
        "payment": yuan(sum(fen for _, fen in lines) + postage),
        "post_fee": yuan(postage),
        "orders": {
            "order": [
                {
                    "oid": f"{tid}{n}",
                    "num_iid": item,
                    "title": f"item {item}",
                    "num": 1,
                    "price": yuan(fen),
                    "total_fee": yuan(fen),
                    "divide_order_fee": yuan(fen),
                    "refund_status": "NO_REFUND",
                    "status": status,
                }
                for n, (item, fen) in enumerate(lines)
            ]
        },
    }
    if not unpaid:
        answer["pay_time"] = shanghai(paid_at)
    if buyer:
        answer["buyer_open_uid"] = buyer
    return {
        "request": {"method": "taobao.trade.fullinfo.get", "tid": tid},
        "response": {"trade_fullinfo_get_response": {"trade": answer}},
    }


def refund(
    refund_id: str, tid: str, oid: str, fen: int, *, at: datetime = BASE, status: str = "SUCCESS"
) -> dict[str, Any]:
    """A refund as `taobao.refund.get` answers it."""
    return {
        "request": {"method": "taobao.refund.get", "refund_id": refund_id},
        "response": {
            "refund_get_response": {
                "refund": {
                    "refund_id": refund_id,
                    "tid": tid,
                    "oid": oid,
                    "status": status,
                    "refund_fee": yuan(fen),
                    "dispute_type": "REFUND",
                    "created": shanghai(at),
                    "modified": shanghai(at),
                }
            }
        },
    }


def deliver(merchant: Merchant, *exchanges: dict[str, Any]) -> orders.Receipt:
    """Takes in exchanges as one batch, as an applied delivery would."""
    pieces = [piece for exchange in exchanges for piece in reader("taobao").read(exchange).pieces]
    return orders.put_pieces(merchant, pieces, by="system:test")


@dataclass
class World:
    """A merchant with SPUs, each sold as one Taobao item and seeded by one note of the same index."""

    merchant: Merchant
    spus: list[Spu] = field(default_factory=list)

    @classmethod
    def plant(
        cls, code: str = "glow", *, categories: tuple[str, ...] = ("facial-essence", "baby-food")
    ) -> World:
        merchant = Merchant.objects.create(code=code, name=code.title())
        world = cls(merchant)
        for n, category in enumerate(categories):
            with tenancy.acting_for(merchant):
                spu = Spu.objects.create(
                    merchant=merchant,
                    code=f"S{n}",
                    name=f"SPU {n}",
                    category=Category.objects.get(code=category),
                )
                Note.objects.create(merchant=merchant, external_id=f"n{n}", title=f"Note {n}", spu=spu)
            rules.map_item(merchant, platform="taobao", item_id=f"70{n}", spu=spu, by="system:test")
            world.spus.append(spu)
        return world

    def key(self, buyer: str, namespace: str = "taobao") -> uuid.UUID:
        pepper = pepper_of(settings.PEPPER, self.merchant.public_id, self.merchant.pepper_version)
        return person_key(pepper, "buyer", namespace, buyer)

    def touch(
        self,
        touch_id: str,
        buyer: str,
        before: timedelta,
        *,
        spu: int = 0,
        kind: TouchKind = TouchKind.READ,
        namespace: str = "taobao",
        modified_at: datetime | None = None,
        base: datetime = BASE,
    ) -> TouchRow:
        """A touch by the note of an SPU, this long before the base time."""
        return TouchRow(
            external_id=touch_id,
            person_key=self.key(buyer, namespace),
            kind=kind,
            occurred_at=base - before,
            modified_at=modified_at,
            note_id=f"n{spu}",
        )

    def connection(self, source: str = "taobao") -> Connection:
        with tenancy.acting_for(self.merchant):
            return Connection.objects.get_or_create(
                merchant=self.merchant,
                source=source,
                shop="",
                defaults={"name": source, "legal_basis": "contract"},
            )[0]


def body(exchange: dict[str, Any]) -> bytes:
    return json.dumps(exchange, ensure_ascii=False).encode()
