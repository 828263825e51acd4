"""How long rows about people are kept, and what a sensitive trade may do."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from measurement.choices import Kept, Sensitive
from measurement.models import KeptSource, SensitiveConsent, Spu
from measurement.queries import rules
from merchants.models import Merchant
from merchants.periods import day_of, start_of

YEAR_AND_THE_YEAR_BEFORE = 730
"""PIPL Article 19 asks for the shortest time that the purpose needs. A report compares a year with the year
before; nothing shown needs a touch, or a join of keys, that is older."""


def default_days(kind: Kept) -> int:
    return int(settings.COMMENT_DAYS) if kind == Kept.COMMENTS else YEAR_AND_THE_YEAR_BEFORE


def least_days(merchant: Merchant, kind: Kept) -> int:
    """What rows of the kind must be kept for: touches for the longest decision cycle in use, or an order that
    is still to come would find a part of its journey gone. In use are the cycles of the categories that the
    merchant sells in, those of single products, and the neutral one."""
    if kind != Kept.TOUCHES:
        return 1
    sold = set(Spu.objects.for_merchant(merchant).values_list("category_id", flat=True))
    windows = rules.windows_of(merchant)
    return max(days for key, days in windows.items() if key <= rules.NO_CATEGORY or key in sold)


def days_of(merchant: Merchant, row: KeptSource) -> int:
    """Days that rows of this source are kept. A cycle that became longer later holds them for longer."""
    kind = Kept(row.kind)
    return max(row.days or default_days(kind), least_days(merchant, kind))


def kept_since(merchant: Merchant, row: KeptSource, now: datetime) -> datetime:
    """The beginning of the first day in Shanghai that is kept: whole days are deleted."""
    return start_of(day_of(now) - timedelta(days=days_of(merchant, row)))


def touches_since(merchant: Merchant, source: str, now: datetime) -> datetime:
    """The same for touches of a source, registered or not yet."""
    rows = KeptSource.objects.for_merchant(merchant).filter(kind=Kept.TOUCHES, source=source)
    return kept_since(merchant, rows.first() or KeptSource(kind=Kept.TOUCHES, source=source), now)


def register(merchant: Merchant) -> list[KeptSource]:
    """Every source of rows about people that is known, by kind and name."""
    return list(KeptSource.objects.for_merchant(merchant).order_by("kind", "source"))


def is_allowed(merchant: Merchant, use: Sensitive) -> bool:
    """Whether this use is on: always, but for a sensitive trade only with a consent on record."""
    if not Merchant.objects.get(pk=merchant.pk).sensitive_trade:
        return True
    return bool(SensitiveConsent.objects.for_merchant(merchant).filter(use=use).exists())
