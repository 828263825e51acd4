"""What people decide about the rule: decision cycles, product matching, what items and codes mean.

Each is history or a named mapping, leaves its act in the trail, and marks the lines that depend on it.
"""

from __future__ import annotations

from django.db.models import Max

from measurement.choices import CycleBasis
from measurement.models import (
    Category,
    Channel,
    ChannelCode,
    ItemMapping,
    MerchantCycle,
    Note,
    RuleSetting,
    Spu,
    SpuCycle,
)
from measurement.operations import declared, marks
from measurement.operations.locks import Lock, hold
from measurement.queries import rules
from merchants import audit, tenancy
from merchants.models import Merchant


def set_cycle(
    merchant: Merchant,
    *,
    category: Category,
    days: int,
    source: str,
    by: str,
    basis: CycleBasis = CycleBasis.HAND,
) -> MerchantCycle:
    """The merchant's own decision cycle of a category, 1 to 730 days; 0 goes back to the shared one.
    Raises ``ValueError`` outside of that."""
    if not 0 <= days <= 730:
        raise ValueError("a decision cycle lasts 1 to 730 days")
    with tenancy.acting_for(merchant):
        before = rules.cycles_of(merchant)[category.pk]
        row: MerchantCycle = MerchantCycle.objects.create(
            merchant=merchant, category=category, days=days, basis=basis, source=source, recorded_by=by
        )
        audit.record(
            merchant,
            "measurement.cycle.set",
            by=by,
            on=row,
            category=category.code,
            before=before,
            after=days,
        )
        marks.change(merchant, "cycle", category=category.pk)
    return row


def set_product_cycle(
    merchant: Merchant,
    *,
    spu: Spu,
    days: int,
    source: str,
    by: str,
    basis: CycleBasis = CycleBasis.HAND,
) -> SpuCycle:
    """A product's own decision cycle, before that of its category; 0 goes back to the category's. Raises
    ``ValueError`` outside of 0 to 730 days."""
    if not 0 <= days <= 730:
        raise ValueError("a decision cycle lasts 1 to 730 days")
    with tenancy.acting_for(merchant):
        windows = rules.windows_of(merchant)
        row: SpuCycle = SpuCycle.objects.create(
            merchant=merchant, spu=spu, days=days, basis=basis, source=source, recorded_by=by
        )
        audit.record(
            merchant,
            "measurement.cycle.set",
            by=by,
            on=row,
            spu=spu.code,
            before=windows.get(-spu.pk, windows[spu.category_id]),
            after=days,
        )
        marks.change(merchant, "cycle", spu=spu.pk)
    return row


def set_rule(merchant: Merchant, *, match_product: bool, half_life_hours: int, by: str) -> RuleSetting:
    """Another rule from now on; every line is computed anew. Raises ``ValueError`` for a half-life
    outside 1 hour to 1 year."""
    if not 1 <= half_life_hours <= 24 * 365:
        raise ValueError("a half-life lasts 1 hour to 1 year")
    with tenancy.acting_for(merchant):
        latest = RuleSetting.objects.for_merchant(merchant).aggregate(latest=Max("version"))["latest"] or 0
        row: RuleSetting = RuleSetting.objects.create(
            merchant=merchant,
            version=latest + 1,
            match_product=match_product,
            half_life_hours=half_life_hours,
            recorded_by=by,
        )
        audit.record(
            merchant,
            "measurement.rule.set",
            by=by,
            on=row,
            match_product=match_product,
            half_life_hours=half_life_hours,
        )
        marks.change(merchant, "rule")
    return row


def map_item(
    merchant: Merchant, *, platform: str, item_id: str, spu: Spu, by: str, sku_id: str = ""
) -> ItemMapping:
    """Says which SPU a platform's item (or one SKU of it) is."""
    with tenancy.acting_for(merchant):
        row, made = ItemMapping.objects.for_merchant(merchant).get_or_create(
            merchant=merchant, platform=platform, item_id=item_id, sku_id=sku_id, defaults={"spu": spu}
        )
        if made or row.spu_id != spu.pk:
            row.spu = spu
            row.save(update_fields=["spu"])
            audit.record(
                merchant,
                "measurement.item.mapped",
                by=by,
                on=row,
                platform=platform,
                item=item_id,
                spu=spu.code,
            )
            marks.change(merchant, "mapping", platform=platform, item_id=item_id)
    return row


def map_code(
    merchant: Merchant, *, kind: str, namespace: str, code: str, channel: Channel, by: str
) -> ChannelCode:
    """Says which channel a code on an order means."""
    with tenancy.acting_for(merchant):
        hold(merchant, Lock.ORDERS)
        row, made = ChannelCode.objects.for_merchant(merchant).get_or_create(
            merchant=merchant, kind=kind, namespace=namespace, code=code, defaults={"channel": channel}
        )
        if made or row.channel_id != channel.pk:
            row.channel = channel
            row.save(update_fields=["channel"])
            audit.record(merchant, "measurement.code.mapped", by=by, on=row, code=code, channel=channel.key)
            declared.settle_code(merchant, kind=kind, namespace=namespace, code=code)
    return row


def set_note_spu(merchant: Merchant, *, note: Note, spu: Spu | None, by: str) -> None:
    """Says what a note is about; touches by it that name no SPU themselves count for this one."""
    with tenancy.acting_for(merchant):
        hold(merchant, Lock.TOUCHES)
        before = note.spu_id
        if before == (spu.pk if spu else None):
            return
        note.spu = spu
        note.save(update_fields=["spu"])
        Channel.objects.for_merchant(merchant).filter(note=note).update(spu=spu)
        audit.record(merchant, "measurement.item.mapped", by=by, on=note, spu=spu.code if spu else None)
        marks.change(merchant, "spus", spus=[pk for pk in (before, spu.pk if spu else None) if pk])


def rebuild(merchant: Merchant, *, by: str) -> None:
    """Asks for every line to be computed anew; what comes out the same is not written."""
    with tenancy.acting_for(merchant):
        audit.record(merchant, "measurement.rebuild.asked", by=by)
        marks.change(merchant, "all")
