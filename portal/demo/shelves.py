"""The catalogue of a merchant's world: sources, products, bloggers, notes, campaigns, and what codes mean."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from measurement.choices import TouchKind
from measurement.models import Blogger, Category, Channel, Note, Spu
from measurement.operations import catalogue, rules
from measurement.operations.channels import ChannelRef, resolve
from merchants import tenancy
from merchants.models import Connection, Merchant, Store
from portal.demo.cast import Shop, Sku
from portal.demo.cast.bloggers import AGENCY_NAME, BLOGGERS
from portal.demo.content import STATIC, Content
from portal.demo.partners import jd, xiaohongshu_ark
from portal.demo.sales import Line

BY = "system:demo"
LEGAL_BASIS = "演示数据：虚构的授权与合同"
REPORTS = "xiaohongshu_juguang"


def fill(merchant: Merchant, content: Content) -> None:
    """Everything but the codes. Repeatable, as every operation below it is."""
    brand = content.brand
    with tenancy.acting_for(merchant):
        for shop in (*brand.shops, *brand.silent):
            _open(merchant, shop)
        if content.creatives:
            _connect(merchant, REPORTS, content.advertiser_id, "聚光与蒲公英报表")
        products = _products(merchant, content)
        bloggers = _bloggers(merchant, content)
        notes = _notes(merchant, content, products, bloggers)
        for stream in content.streams:
            catalogue.put_live(
                merchant,
                external_id=stream.id,
                title=stream.live.title,
                blogger=bloggers[stream.blogger.code],
                curator=bloggers[stream.blogger.code] if stream.live.curated else None,
                started_at=stream.started_at,
                ended_at=stream.started_at + timedelta(hours=3),
            )
        _campaigns(merchant, content, notes)
        for word in brand.words:
            catalogue.put_keyword(merchant, word=word)


def map_codes(merchant: Merchant, content: Content) -> None:
    """What the codes on orders mean: links in notes, and bloggers in the own shop."""
    codes = list(_codes(content))
    with tenancy.acting_for(merchant):
        resolved = resolve(merchant, [ref for _, _, _, ref in codes])
        channels = Channel.objects.for_merchant(merchant).in_bulk(set(resolved.values()))
        for kind, namespace, code, ref in codes:
            rules.map_code(
                merchant, kind=kind, namespace=namespace, code=code, channel=channels[resolved[ref]], by=BY
            )


def _codes(content: Content) -> Iterator[tuple[str, str, str, ChannelRef]]:
    """(kind, name space, code, what it points at)"""
    platforms = {shop.platform for shop in content.brand.shops if shop.coded}
    for note in content.notes:
        ref = ChannelRef(kind=TouchKind.DECLARED, note_id=note.id)
        if "jd" in platforms:
            yield "sub_union_id", "jd", note.code, ref
            yield "position_id", "jd", str(jd.position_of(note.code)), ref
        if "vipshop" in platforms:
            yield "stat_param", "vipshop", note.code, ref
    if "xiaohongshu_ark" in platforms:
        for code in content.brand.people:
            blogger = xiaohongshu_ark.blogger_id(code)
            ref = ChannelRef(kind=TouchKind.DECLARED, blogger_id=blogger)
            yield "kol_id", "xiaohongshu_ark", blogger, ref


def connection_of(merchant: Merchant, source: str, shop: str) -> Connection:
    with tenancy.acting_for(merchant):
        return Connection.objects.select_related("merchant").get(merchant=merchant, source=source, shop=shop)


def _open(merchant: Merchant, shop: Shop) -> None:
    Store.objects.get_or_create(
        merchant=merchant, code=shop.code, defaults={"name": shop.name, "platform": shop.platform}
    )
    _connect(merchant, shop.platform, shop.code, shop.name)


def _connect(merchant: Merchant, source: str, shop: str, name: str) -> None:
    Connection.objects.get_or_create(
        merchant=merchant, source=source, shop=shop, defaults={"name": name, "legal_basis": LEGAL_BASIS}
    )


def _products(merchant: Merchant, content: Content) -> dict[str, Spu]:
    made = {}
    for product in content.brand.products:
        category = Category.objects.get(code=product.category)
        spu = catalogue.put_spu(merchant, code=product.code, name=product.name, category=category, by=BY)
        first_day = content.today - timedelta(days=200)
        catalogue.put_margin(merchant, spu=spu, margin_bp=product.margin_bp, valid_from=first_day, by=BY)
        item = Line(product, Sku("", 0), 1, 0, 0).item_id
        for platform in sorted({shop.platform for shop in content.brand.shops}):
            rules.map_item(merchant, platform=platform, item_id=item, spu=spu, by=BY)
        made[product.code] = spu
    return made


def _bloggers(merchant: Merchant, content: Content) -> dict[str, Blogger]:
    represented = [BLOGGERS[code].agency for code in content.brand.people if BLOGGERS[code].agency]
    agencies = {
        code: catalogue.put_agency(merchant, code=code, name=AGENCY_NAME) for code in sorted(set(represented))
    }
    return {
        code: catalogue.put_blogger(
            merchant,
            external_id=xiaohongshu_ark.blogger_id(code),
            name=BLOGGERS[code].name,
            avatar=f"{STATIC}/avatars/{BLOGGERS[code].avatar}.svg",
            followers=BLOGGERS[code].followers,
            agency=agencies.get(BLOGGERS[code].agency),
        )
        for code in content.brand.people
    }


def _notes(
    merchant: Merchant, content: Content, products: dict[str, Spu], bloggers: dict[str, Blogger]
) -> list[Note]:
    return [
        catalogue.put_note(
            merchant,
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
        for note in content.notes
    ]


def _campaigns(merchant: Merchant, content: Content, notes: list[Note]) -> None:
    campaigns = [
        catalogue.put_campaign(
            merchant,
            external_id=campaign.id,
            name=campaign.drive.name,
            advertiser_id=content.advertiser_id,
        )
        for campaign in content.campaigns
    ]
    for creative in content.creatives:
        campaign = campaigns[creative.campaign]
        unit = catalogue.put_unit(
            merchant, external_id=creative.unit_id, campaign=campaign, name=f"{campaign.name}｜单元"
        )
        catalogue.put_creative(
            merchant,
            external_id=creative.id,
            name=content.notes[creative.note].idea.title[:30],
            campaign=campaign,
            unit=unit,
            note=notes[creative.note],
        )
