"""A merchant's own definition of engagement and of a hit; history, the latest holds."""

from __future__ import annotations

from django.db.models import Max

from measurement.models import ProcessSetting
from measurement.operations.locks import Lock, hold
from measurement.process.engagement import Definition, defined
from measurement.queries.process_setting import definition_of
from merchants import audit, tenancy
from merchants.models import Merchant


def set_definition(
    merchant: Merchant, *, parts: list[str], hit_likes: int, hit_total: int, by: str
) -> Definition:
    """Another definition from now on; figures are made of it when they are read. Saying what holds already
    adds nothing. Raises ``ValueError`` for a definition that makes no sense."""
    wanted = defined(parts, hit_likes, hit_total)
    with tenancy.acting_for(merchant):
        hold(merchant, Lock.SETTINGS)
        now = definition_of(merchant)
        if (now.parts, now.hit_likes, now.hit_total) == (wanted.parts, wanted.hit_likes, wanted.hit_total):
            return now
        rows = ProcessSetting.objects.for_merchant(merchant)
        latest = rows.aggregate(latest=Max("version"))["latest"] or 0
        row = ProcessSetting.objects.create(
            merchant=merchant,
            version=latest + 1,
            parts=[str(part) for part in wanted.parts],
            hit_likes=hit_likes,
            hit_total=hit_total,
            recorded_by=by,
        )
        audit.record(
            merchant,
            "measurement.engagement.set",
            by=by,
            on=row,
            parts=row.parts,
            hit_likes=hit_likes,
            hit_total=hit_total,
        )
    return definition_of(merchant)
