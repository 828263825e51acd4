"""What a merchant calls engagement and a hit, as it stands."""

from __future__ import annotations

from datetime import date

from measurement.models import ProcessSetting
from measurement.process.engagement import DEFAULT, Definition, defined
from merchants.models import Merchant
from merchants.periods import end_of


def definition_of(merchant: Merchant, *, as_of: date | None = None) -> Definition:
    """The latest definition, or the latest by the end of a past day; version 0 is the one nobody changed."""
    rows = ProcessSetting.objects.for_merchant(merchant).order_by("-version")
    row = (rows.filter(recorded_at__lt=end_of(as_of)) if as_of else rows).first()
    return DEFAULT if row is None else defined(row.parts, row.hit_likes, row.hit_total, row.version)
