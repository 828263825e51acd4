"""What the fake partners say is read without refusal, and adds up to the world's own amounts."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest

from measurement.alliance import reader
from measurement.alliance.facts import Feed, JoinKind, OrderFact, OrderStatus
from measurement.alliance.orders import assemble, superseded
from portal.demo.partners import jd, taobao, vipshop, xiaohongshu_ark, xiaohongshu_juguang
from portal.demo.sales import Sale, Stage
from portal.demo.world import World

SHOPS = [
    ("luya", "taobao", taobao, lambda sale: str(taobao.tid(sale))),
    ("luya", "jd", jd, lambda sale: jd.order_id(sale.number)),
    ("luya", "xiaohongshu_ark", xiaohongshu_ark, xiaohongshu_ark.order_id),
    ("hexiaoshao", "vipshop", vipshop, vipshop.order_id),
    ("hexiaoshao", "taobao", taobao, lambda sale: str(taobao.tid(sale))),
]


def told(platform: str, module: ModuleType, sales: list[Sale]) -> list[OrderFact]:
    """The orders that all pages together amount to; every page is as it would travel, JSON."""
    pages = [reader(platform).read(json.loads(json.dumps(call))) for call in module.exchanges(sales)]
    assert [page.refusal for page in pages if page.refusal] == []
    assert [page.problems for page in pages if page.problems] == []
    return assemble(piece for page in pages for piece in page.pieces)


def status(sale: Sale) -> OrderStatus:
    if sale.stage is Stage.CANCELLED or (sale.shop.platform == "vipshop" and not sale.was_paid):
        return OrderStatus.CANCELLED
    if not sale.was_paid:
        return OrderStatus.UNPAID
    if sale.refunded_fen >= sale.goods_fen and sale.stage is Stage.CLOSED:
        return OrderStatus.REFUNDED
    if sale.refunded_fen >= sale.goods_fen + sale.shipping_fen:
        return OrderStatus.REFUNDED
    return OrderStatus.REFUNDED_PARTIALLY if sale.refunded_fen else OrderStatus.PAID


def amounts(sale: Sale) -> dict[str, Any]:
    paid = sale.was_paid
    return {
        "status": status(sale),
        "paid": sale.goods_fen + sale.shipping_fen if paid else 0,
        "refunded": sale.refunded_fen,
        "shipping": sale.shipping_fen if paid else 0,
        "lines": [(line.sku_id, line.quantity, line.paid_fen if paid else 0) for line in sale.lines],
    }


@pytest.mark.parametrize(("brand", "platform", "module", "number"), SHOPS)
def test_a_shop_s_pages_add_up_to_what_the_shop_sold(request, brand, platform, module, number):
    world: World = request.getfixturevalue(brand)
    sales = [sale for sale in world.sales if sale.shop.platform == platform]
    facts = {fact.order_id: fact for fact in told(platform, module, sales) if fact.feed is Feed.SHOP}
    assert {
        order_id: {
            "status": fact.status,
            "paid": fact.paid_fen,
            "refunded": fact.refunded_fen,
            "shipping": fact.shipping_fen,
            "lines": [(line.sku_id, line.quantity, line.paid_fen) for line in fact.lines],
        }
        for order_id, fact in facts.items()
    } == {number(sale): amounts(sale) for sale in sales}


def test_a_refund_is_told_for_its_line_where_the_platform_names_lines(luya):
    sales = [sale for sale in luya.sales if sale.shop.platform in {"taobao", "xiaohongshu_ark"}]
    for platform, module in (("taobao", taobao), ("xiaohongshu_ark", xiaohongshu_ark)):
        here = [sale for sale in sales if sale.shop.platform == platform]
        facts = told(platform, module, here)
        expected = Counter()
        for sale in here:
            for refund in sale.refunds:
                if refund.done_at:
                    expected[sale.lines[refund.line].sku_id] += refund.fen
        found = Counter()
        for fact in facts:
            for line in fact.lines:
                found[line.sku_id] += line.refunded_fen
        assert +found == expected
        assert expected


def test_split_orders_are_told_first_whole_and_then_by_their_children(luya):
    sales = [sale for sale in luya.sales if sale.shop.platform == "jd"]
    pieces = [piece for call in jd.exchanges(sales) for piece in reader("jd").read(call).pieces]
    parents = {jd.order_id(sale.parent) for sale in sales if sale.parent is not None}
    assert parents
    assert set(superseded(pieces)) == parents
    assert parents <= {piece.order_id for piece in pieces}


@pytest.mark.parametrize(
    ("brand", "platform", "module", "kind"),
    [
        ("luya", "jd", jd, JoinKind.SUB_UNION_ID),
        ("hexiaoshao", "vipshop", vipshop, JoinKind.STAT_PARAM),
    ],
)
def test_the_union_sees_orders_of_the_shop_with_the_note_s_code(request, brand, platform, module, kind):
    world: World = request.getfixturevalue(brand)
    sales = [sale for sale in world.sales if sale.shop.platform == platform]
    facts = told(platform, module, sales)
    shop = {fact.order_id for fact in facts if fact.feed is Feed.SHOP}
    union = {fact.order_id: fact for fact in facts if fact.feed is Feed.AFFILIATE}
    assert len(union) == sum(bool(module.code_of(sale)) for sale in sales) > 0
    assert set(union) <= shop
    codes = {key.value for fact in union.values() for key in fact.join_keys if key.kind is kind}
    assert codes & {note.code for note in world.content.notes}


def test_the_own_shop_names_the_person_by_the_id_its_touches_carry_and_the_blogger(luya):
    sales = {
        xiaohongshu_ark.order_id(sale): sale for sale in luya.sales if sale.shop.platform == "xiaohongshu_ark"
    }
    for fact in told("xiaohongshu_ark", xiaohongshu_ark, list(sales.values())):
        sale = sales[fact.order_id]
        assert [key.value for key in fact.join_keys if key.kind is JoinKind.BUYER] == [sale.buyer]
        bloggers = {key.value for line in fact.lines for key in line.join_keys if key.kind is JoinKind.KOL_ID}
        assert bloggers == ({xiaohongshu_ark.blogger_id(sale.note.blogger.code)} if sale.note else set())


def test_reports_give_the_spend_of_every_day_and_note(luya):
    last = luya.content.today - timedelta(days=1)
    calls = list(xiaohongshu_juguang.exchanges(luya.content, luya.ad_days, luya.cooperations, last))
    pages = [reader("xiaohongshu_juguang").read(json.loads(json.dumps(call))) for call in calls]
    assert [page.refusal for page in pages if page.refusal] == []
    assert [page.problems for page in pages if page.problems] == []
    rows = {
        (row["entity_id"], row["date"]): (row["fee_fen"], row["impression"], row["click"], row["note_id"])
        for page in pages
        for row in page.rows
    }
    notes = luya.content.notes
    assert rows == {
        (day.creative.id, day.day.isoformat()): (
            day.fee_fen,
            day.impression,
            day.click,
            notes[day.creative.note].id,
        )
        for day in luya.ad_days
    }
    told_notes = {
        note["note_id"]: (note["order_id"], note["cooperation_cost_fen"])
        for page in pages
        for note in page.notes
    }
    assert told_notes == {
        work.note.id: (work.order_id, work.price_fen + work.platform_fen) for work in luya.cooperations
    }
