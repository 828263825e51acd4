"""The estimated wholes as pages read them: rows that a worker computed, as they stood on a day."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from measurement.choices import MarketMeasure
from measurement.models import MarketSeries, OrderLine, ResponseEstimate, Rollup, Spend
from merchants.models import Job, Merchant
from merchants.periods import end_of


def latest(
    merchant: Merchant, outcome: str, platform: str, *, as_of: date | None = None
) -> list[ResponseEstimate]:
    """The estimate of the whole brand and of each product that held at the end of a day (now), the brand first,
    then those with an effect, by share; without their days. A floor of zero is unknown where not one order was
    ever tied to content. At most two queries."""
    rows = _until(ResponseEstimate.objects.for_merchant(merchant), as_of)
    rows = rows.filter(outcome=outcome, platform=platform).order_by("spu_id", "-id").distinct("spu_id")
    found = list(rows.select_related("spu__category", "experiment").defer("daily"))
    empty = [row for row in found if row.floor_fen == 0]
    if empty and not joinable(merchant):
        for row in empty:
            row.floor_fen = None
    return sorted(
        found, key=lambda row: (row.spu_id is not None, row.verdict != "effect", -_share(row), row.pk)
    )


def joinable(merchant: Merchant) -> bool:
    """Whether any order was ever tied to content at grade A or B."""
    return bool(Rollup.objects.for_merchant(merchant).filter(channel__isnull=False).exists())


def series_of(merchant: Merchant, *, as_of: date | None = None) -> list[tuple[str, str]]:
    """(outcome, platform) of everything that has been estimated."""
    rows = _until(ResponseEstimate.objects.for_merchant(merchant), as_of)
    return list(rows.values_list("outcome", "platform").distinct().order_by("outcome", "platform"))


def days_of(merchant: Merchant, row: ResponseEstimate) -> dict[str, list[float]]:
    """Outcome and course of an estimate, day by day."""
    found: dict[str, list[float]] = (
        ResponseEstimate.objects.for_merchant(merchant).values_list("daily", flat=True).get(pk=row.pk)
    )
    return found


def job_of(merchant: Merchant) -> Job | None:
    """The latest request to estimate."""
    found: Job | None = Job.objects.for_merchant(merchant).filter(kind="response").order_by("-id").first()
    return found


def has_what_it_needs(merchant: Merchant) -> tuple[bool, bool]:
    """Whether anything was sold, by order lines or by sums, and whether any cost or report came in."""
    lines = OrderLine.objects.for_merchant(merchant).exclude(paid_at=None)
    sums = MarketSeries.objects.for_merchant(merchant).filter(
        replaced_at=None, measure__in=(MarketMeasure.ORDERS, MarketMeasure.REVENUE)
    )
    return lines.exists() or sums.exists(), Spend.objects.for_merchant(merchant).exists()


def _until(rows: QuerySet[ResponseEstimate], as_of: date | None) -> QuerySet[ResponseEstimate]:
    return rows.filter(Q(computed_at__lt=end_of(as_of))) if as_of else rows


def _share(row: ResponseEstimate) -> float:
    return (row.effect or 0.0) / row.total if row.total else 0.0
