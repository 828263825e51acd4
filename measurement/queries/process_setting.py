"""What a merchant calls engagement and a hit, as it stands."""

from __future__ import annotations

from measurement.models import ProcessSetting
from measurement.process.engagement import DEFAULT, Definition, defined
from merchants.models import Merchant


def definition_of(merchant: Merchant) -> Definition:
    """The latest definition; version 0 is the one nobody changed."""
    row = ProcessSetting.objects.for_merchant(merchant).order_by("-version").first()
    return DEFAULT if row is None else defined(row.parts, row.hit_likes, row.hit_total, row.version)
