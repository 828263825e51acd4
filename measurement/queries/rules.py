"""The rule as a merchant has set it: decision cycles by category, product matching, half-life."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from measurement.models import RuleSetting
from merchants.models import Merchant

NEUTRAL_DAYS = 30  # for what is sold without a category
NO_CATEGORY = 0


@dataclass(frozen=True, slots=True)
class Setting:
    version: int
    match_product: bool
    half_life_hours: int

    @property
    def name(self) -> str:
        scope = "spu" if self.match_product else "merchant"
        return f"v{self.version} {scope} {self.half_life_hours}h"


def setting_of(merchant: Merchant) -> Setting:
    """The latest rule setting; version 0 is the one nobody changed."""
    row = RuleSetting.objects.for_merchant(merchant).order_by("-version").first()
    if row is None:
        return Setting(version=0, match_product=True, half_life_hours=168)
    return Setting(row.version, row.match_product, row.half_life_hours)


def cycles_of(merchant: Merchant) -> dict[int, int]:
    """Decision cycle in days of every category, and of "no category" (id 0).

    The merchant's own latest one; else the shared latest one; else the neutral one.
    """
    return {key: days for key, days in windows_of(merchant).items() if key >= 0}


def windows_of(merchant: Merchant) -> dict[int, int]:
    """Windows in days as the rule takes them: those of the categories, and under the negative id of an SPU
    the cycle of its own that it has, which comes before that of its category."""
    with connection.cursor() as cursor:
        cursor.execute(_WINDOWS, {"merchant": merchant.pk, "neutral": NEUTRAL_DAYS})
        days = {int(row[0]): int(row[1]) for row in cursor.fetchall()}
    return {NO_CATEGORY: NEUTRAL_DAYS, **days}


_WINDOWS = """
SELECT c.id, coalesce(
    (SELECT nullif(m.days, 0) FROM measurement_merchantcycle m
     WHERE m.merchant_id = %(merchant)s AND m.category_id = c.id ORDER BY m.id DESC LIMIT 1),
    (SELECT y.days FROM measurement_categorycycle y WHERE y.category_id = c.id ORDER BY y.id DESC LIMIT 1),
    %(neutral)s)
FROM measurement_category c
UNION ALL
SELECT -o.spu_id, o.days FROM (
    SELECT DISTINCT ON (spu_id) spu_id, days FROM measurement_spucycle
    WHERE merchant_id = %(merchant)s ORDER BY spu_id, id DESC
) o WHERE o.days > 0
"""
