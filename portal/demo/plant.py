"""The world goes in through the same doors as real data, step by step; what was done is not done again.

Each finished step is a job row of its merchant, and every operation behind a step may be repeated, so an
interrupted planting goes on where it stopped.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from types import ModuleType
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connections
from django.db.models import Model

from measurement.choices import TouchKind
from measurement.models import (
    Blogger,
    Campaign,
    Category,
    Channel,
    DirtyMark,
    Identity,
    IdentityLink,
    Note,
    Order,
    OrderKey,
    OrderLine,
    OrderPiece,
    Spu,
    Touch,
    TouchedPerson,
    Unit,
)
from measurement.operations import catalogue, deliveries, identities, recompute, rules, touches
from measurement.operations.channels import ChannelRef, resolve
from measurement.operations.identities import LinkRow
from measurement.operations.touches import TouchRow
from merchants import tenancy
from merchants.identity import pepper_of, person_key
from merchants.models import Connection, Job, Merchant, Store
from portal.demo import spending
from portal.demo.cast import Shop
from portal.demo.cast.bloggers import AGENCY_NAME, BLOGGERS
from portal.demo.content import STATIC
from portal.demo.journeys import ALL_KINDS, NONE
from portal.demo.partners import jd, taobao, vipshop, xiaohongshu_ark, xiaohongshu_juguang
from portal.demo.sales import Line, Sale, Sku, buyer_id
from portal.demo.world import World

BY = "system:demo"
KIND = "demo"  # of the job rows
SOURCE = "xiaohongshu"  # of the touches
LEGAL_BASIS = "演示数据：虚构的授权与合同"
REPORTS = "xiaohongshu_juguang"
PARTNERS: dict[str, ModuleType] = {
    "taobao": taobao,
    "jd": jd,
    "vipshop": vipshop,
    "xiaohongshu_ark": xiaohongshu_ark,
}
EXCHANGES = 40  # of one step
BULKY: tuple[type[Model], ...] = (
    Touch, TouchedPerson, Channel, IdentityLink, Identity, Order, OrderLine, OrderKey, OrderPiece, DirtyMark,
)  # fmt: skip

Say = Callable[[str], None]
Steps = Iterator[tuple[str, Callable[[], object]]]


@dataclass(slots=True)
class Planted:
    """What a planting came to; ``steps`` 0 when all of it had been done before."""

    steps: int = 0
    touches: int = 0
    orders: int = 0


def plant(merchant: Merchant, build: Callable[[], World], say: Say) -> Planted:
    """Brings a merchant's world in, as far as it is not in yet. The world is built only if needed."""
    done = _done(merchant)
    planted = Planted()
    if "complete" in done:
        return planted
    world = build()
    planted.touches, planted.orders = len(world.touches), len(world.sales)
    say(f"{world.brand.name}: {planted.touches:,} touchpoints, {planted.orders:,} orders")
    for name, work in _steps(merchant, world):
        if name not in done:
            work()
            _finish(merchant, name)
            planted.steps += 1
    return planted


def _steps(merchant: Merchant, world: World) -> Steps:
    gardener = Gardener(merchant, world)
    yield "catalogue", gardener.plant_catalogue
    yield "codes", gardener.plant_codes
    if len(world.touches):
        yield "touches", gardener.plant_touches
    yield "links", gardener.plant_links
    yield "statistics", analyze
    yield "no orders yet", lambda: recompute.drain(merchant)  # or each change so far would hit every order
    for shop in world.brand.shops:
        calls = gardener.calls_of(shop)
        number = 0
        while batch := list(islice(calls, EXCHANGES)):
            number += 1
            yield f"orders {shop.code} {number}", lambda batch=batch, shop=shop: gardener.deliver(shop, batch)
    yield "spend", gardener.plant_spend
    yield "statistics again", analyze
    yield "credit", lambda: recompute.drain(merchant)
    yield "complete", lambda: None


def analyze() -> None:
    """Tells the planner of tables that were empty a moment ago; autovacuum would come a minute later."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(model._meta.db_table for model in BULKY)}")


def _done(merchant: Merchant) -> set[str]:
    with tenancy.acting_for(merchant):
        rows = Job.objects.for_merchant(merchant).filter(kind=KIND, state=Job.State.DONE)
        return set(rows.values_list("key", flat=True))


def _finish(merchant: Merchant, name: str) -> None:
    with tenancy.acting_for(merchant):
        Job.objects.create(
            merchant=merchant,
            kind=KIND,
            key=name,
            state=Job.State.DONE,
            requested_by=BY,
            finished_at=datetime.now(UTC),
        )


class Gardener:
    """One merchant's world and the rows it becomes."""

    def __init__(self, merchant: Merchant, world: World) -> None:
        self.merchant, self.world = merchant, world
        self.brand, self.content = world.brand, world.content
        self._pepper = pepper_of(settings.PEPPER, merchant.public_id, merchant.pepper_version)

    # -- what there is

    def plant_catalogue(self) -> None:
        with tenancy.acting_for(self.merchant):
            for shop in self.brand.shops:
                self._open(shop)
            if self.content.creatives:
                _connect(self.merchant, REPORTS, self.content.advertiser_id, "聚光与蒲公英报表")
            products = self._products()
            bloggers = self._bloggers()
            notes = self._notes(products, bloggers)
            for stream in self.content.streams:
                catalogue.put_live(
                    self.merchant,
                    external_id=stream.id,
                    title=stream.live.title,
                    blogger=bloggers[stream.blogger.code],
                    started_at=stream.started_at,
                    ended_at=stream.started_at + timedelta(hours=3),
                )
            self._campaigns(notes)
            for word in self.brand.words:
                catalogue.put_keyword(self.merchant, word=word)

    def _open(self, shop: Shop) -> None:
        Store.objects.get_or_create(
            merchant=self.merchant, code=shop.code, defaults={"name": shop.name, "platform": shop.platform}
        )
        _connect(self.merchant, shop.platform, shop.code, shop.name)

    def _products(self) -> dict[str, Spu]:
        made = {}
        first_day = self.content.today - timedelta(days=200)
        for product in self.brand.products:
            category = Category.objects.get(code=product.category)
            spu = catalogue.put_spu(
                self.merchant, code=product.code, name=product.name, category=category, by=BY
            )
            catalogue.put_margin(
                self.merchant, spu=spu, margin_bp=product.margin_bp, valid_from=first_day, by=BY
            )
            item = Line(product, Sku("", 0), 1, 0, 0).item_id
            for platform in sorted({shop.platform for shop in self.brand.shops}):
                rules.map_item(self.merchant, platform=platform, item_id=item, spu=spu, by=BY)
            made[product.code] = spu
        return made

    def _bloggers(self) -> dict[str, Blogger]:
        agency = catalogue.put_agency(self.merchant, code=BLOGGERS["ali"].agency, name=AGENCY_NAME)
        return {
            code: catalogue.put_blogger(
                self.merchant,
                external_id=xiaohongshu_ark.blogger_id(code),
                name=BLOGGERS[code].name,
                avatar=f"{STATIC}/avatars/{BLOGGERS[code].avatar}.svg",
                followers=BLOGGERS[code].followers,
                agency=agency if BLOGGERS[code].agency else None,
            )
            for code in self.brand.people
        }

    def _notes(self, products: dict[str, Spu], bloggers: dict[str, Blogger]) -> list[Note]:
        return [
            catalogue.put_note(
                self.merchant,
                external_id=note.id,
                title=note.idea.title,
                cover=note.cover,
                blogger=bloggers[note.blogger.code],
                spu=products[note.idea.product],
                buying_point=note.idea.point,
                scene=note.idea.scene,
                is_video=note.idea.video,
                published_at=note.published_at,
                by=BY,
            )
            for note in self.content.notes
        ]

    def _campaigns(self, notes: list[Note]) -> None:
        campaigns: list[Campaign] = [
            catalogue.put_campaign(
                self.merchant,
                external_id=campaign.id,
                name=campaign.drive.name,
                advertiser_id=self.content.advertiser_id,
            )
            for campaign in self.content.campaigns
        ]
        for creative in self.content.creatives:
            campaign = campaigns[creative.campaign]
            unit: Unit = catalogue.put_unit(
                self.merchant,
                external_id=creative.unit_id,
                campaign=campaign,
                name=f"{campaign.name}｜单元",
            )
            catalogue.put_creative(
                self.merchant,
                external_id=creative.id,
                name=self.content.notes[creative.note].idea.title[:60],
                campaign=campaign,
                unit=unit,
                note=notes[creative.note],
            )

    def plant_codes(self) -> None:
        """What the codes on orders mean: links in notes, and bloggers in the own shop."""
        platforms = {shop.platform for shop in self.brand.shops if shop.coded}
        for note in self.content.notes:
            if "jd" in platforms:
                self._code("sub_union_id", "jd", note.code, note_id=note.id)
                self._code("position_id", "jd", str(jd.position_of(note.code)), note_id=note.id)
            if "vipshop" in platforms:
                self._code("stat_param", "vipshop", note.code, note_id=note.id)
        if "xiaohongshu_ark" in platforms:
            for blogger in sorted({xiaohongshu_ark.blogger_id(code) for code in self.brand.people}):
                self._code("kol_id", "xiaohongshu_ark", blogger, blogger_id=blogger)

    def _code(self, kind: str, namespace: str, code: str, **content: str) -> None:
        with tenancy.acting_for(self.merchant):
            ref = ChannelRef(kind=TouchKind.DECLARED, **content)
            channel = Channel.objects.get(merchant=self.merchant, pk=resolve(self.merchant, [ref])[ref])
            rules.map_code(self.merchant, kind=kind, namespace=namespace, code=code, channel=channel, by=BY)

    # -- who did what

    def key_of(self, kind: str, namespace: str, identifier: str) -> UUID:
        return person_key(self._pepper, kind, namespace, identifier)

    def reader_key(self, person: int) -> UUID:
        """A person as the content platform knows them, which is also how its own shop knows them."""
        name = buyer_id("xiaohongshu_ark", self.brand.code, f"p{person}")
        return self.key_of("buyer", "xiaohongshu_ark", name)

    def plant_touches(self) -> None:
        touches.put(self.merchant, self.touch_rows(), source=SOURCE, by=BY)

    def touch_rows(self) -> Iterator[TouchRow]:
        told, content = self.world.touches, self.content
        keys = {person: self.reader_key(person) for person in set(told.person.tolist())}
        columns = (
            told.person,
            told.product,
            told.at,
            told.kind,
            told.note,
            told.creative,
            told.stream,
            told.word,
        )
        for number, row in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
            person, product, at, kind, note, creative, stream, word = row
            paid = content.creatives[creative] if creative != NONE else None
            yield TouchRow(
                external_id=f"t{number}",
                person_key=keys[person],
                kind=ALL_KINDS[kind],
                occurred_at=datetime.fromtimestamp(at, UTC),
                spu_code=self.brand.products[product].code,
                note_id=content.notes[note].id if note != NONE else "",
                live_id=content.streams[stream].id if stream != NONE else "",
                creative_id=paid.id if paid else "",
                campaign_id=content.campaigns[paid.campaign].id if paid else "",
                keyword=self.brand.words[word] if word != NONE else "",
            )

    def plant_links(self) -> None:
        identities.link(self.merchant, self._links(), source="member programme", by=BY)

    def _links(self) -> Iterator[LinkRow]:
        """Members that the brand knows on the content platform and in a shop."""
        told: set[tuple[str, int]] = set()
        for sale in self.world.sales:
            platform = sale.shop.platform
            if sale.person is None or not sale.linked or platform == "xiaohongshu_ark":
                continue
            if (platform, sale.person) not in told:
                told.add((platform, sale.person))
                yield from self.links_of(sale)

    def links_of(self, sale: Sale) -> Iterator[LinkRow]:
        assert sale.person is not None
        member = self.key_of("member", self.brand.code, f"m{sale.person}")
        platform = sale.shop.platform
        yield LinkRow(self.key_of("buyer", platform, sale.buyer), member, f"member id, {platform}")
        yield LinkRow(self.reader_key(sale.person), member, "member id, xiaohongshu")

    # -- what they bought, what it cost

    def calls_of(self, shop: Shop) -> Iterator[dict[str, Any]]:
        sales = [sale for sale in self.world.sales if sale.shop is shop]
        return iter(PARTNERS[shop.platform].exchanges(sales)) if sales else iter(())

    def deliver(self, shop: Shop, calls: list[dict[str, Any]]) -> None:
        """One transaction for a step: half a year would otherwise wait for the disk thousands of times."""
        connection = connection_of(self.merchant, shop.platform, shop.code)
        with tenancy.acting_for(self.merchant):
            for call in calls:
                deliver(connection, call, received_at=self.world.until)

    def plant_spend(self) -> None:
        world = self.world
        last = world.content.today - timedelta(days=1)
        calls: list[dict[str, Any]] = []
        if world.ad_days or world.cooperations:
            connection = connection_of(self.merchant, REPORTS, world.content.advertiser_id)
            calls += xiaohongshu_juguang.exchanges(world.content, world.ad_days, world.cooperations, last)
            for call in calls:
                deliver(connection, call, received_at=world.until)
        spending.put(self.merchant, world, calls, by=BY)


def connection_of(merchant: Merchant, source: str, shop: str) -> Connection:
    with tenancy.acting_for(merchant):
        return Connection.objects.select_related("merchant").get(merchant=merchant, source=source, shop=shop)


def deliver(connection: Connection, call: dict[str, Any], *, received_at: datetime) -> None:
    """One exchange, received as from outside and applied here and now."""
    body = json.dumps(call, ensure_ascii=False, separators=(",", ":")).encode()
    row = deliveries.receive(connection, body=body, received_at=received_at, by=BY)
    deliveries.apply(connection.merchant, row.pk)


def _connect(merchant: Merchant, source: str, shop: str, name: str) -> None:
    Connection.objects.get_or_create(
        merchant=merchant, source=source, shop=shop, defaults={"name": name, "legal_basis": LEGAL_BASIS}
    )
