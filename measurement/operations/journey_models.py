"""Asking for what the models say of a period, and working it out. A page reads the answer as it was last
computed and never computes one."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Max, Q
from django.db.models.functions import Now
from django.utils import timezone

from measurement.attribution import answers
from measurement.attribution.path_blocks import added
from measurement.models import JourneyModel
from measurement.operations.journeys import days_of
from measurement.queries.slices import KEYS, NOTE
from measurement.reports import DEFAULT_SPAN, Dimension
from merchants import tenancy
from merchants.background import wake
from merchants.models import Merchant
from merchants.periods import day_of, preset

KEPT = timedelta(days=30)  # since it was last asked for
CHANNELS = (
    Dimension.NOTE, Dimension.BLOGGER, Dimension.CAMPAIGN, Dimension.PLACEMENT, Dimension.CREATIVE,
    Dimension.KEYWORD, Dimension.KIND,
)  # fmt: skip
"""What a channel of the chain may be."""


@dataclass(frozen=True, slots=True)
class Question:
    """Which journeys, and how they are looked at. ``spu_id`` 0: of all products."""

    by: Dimension
    first_day: date
    last_day: date
    spu_id: int = 0
    order: int = 1
    with_nulls: bool = True


def ask(merchant: Merchant, question: Question) -> JourneyModel:
    """The answer as it was last computed (``computed_at`` None: not yet). Wakes a worker when it is missing or
    older than the days it is made of."""
    with tenancy.acting_for(merchant):
        row: JourneyModel
        row, made = JourneyModel.objects.for_merchant(merchant).get_or_create(
            merchant=merchant, **(asdict(question) | {"by": str(question.by)})
        )
        old = _is_old(merchant, row)
        if old and row.computed_at and row.asked_at <= row.computed_at:
            JourneyModel.objects.for_merchant(merchant).filter(pk=row.pk).update(asked_at=Now())
        if made or old or row.computed_at is None:
            wake("measurement.count_journeys", merchant_id=merchant.pk)
    return row


def _is_old(merchant: Merchant, row: JourneyModel) -> bool:
    """Whether a day of the span was counted after the answer."""
    newest = days_of(merchant, row.first_day, row.last_day).aggregate(newest=Max("counted_at"))["newest"]
    return bool(newest is not None and row.computed_at is not None and newest > row.computed_at)


def prepare(merchant: Merchant) -> None:
    """Asks for what pages open with, moves on what was asked for lately as spans move on, and forgets what
    nobody looked at for a month."""
    yesterday = preset(DEFAULT_SPAN, day_of(timezone.now()))
    with tenancy.acting_for(merchant):
        rows = JourneyModel.objects.for_merchant(merchant)
        rows.filter(asked_at__lt=timezone.now() - KEPT).delete()
        for by in (Dimension.NOTE, Dimension.BLOGGER, Dimension.CAMPAIGN, Dimension.KIND):
            rows.get_or_create(
                merchant=merchant, by=str(by), first_day=yesterday.start, last_day=yesterday.last
            )


def drain(merchant: Merchant) -> int:
    """Answers everything that was asked for; how much."""
    done = 0
    while answer_one(merchant):
        done += 1
    return done


def answer_one(merchant: Merchant) -> bool:
    """Answers the latest question without an answer, or with one older than it; False when there is none.
    Safe to run twice and to be killed."""
    with tenancy.acting_for(merchant):
        waiting: Any = (
            JourneyModel.objects.for_merchant(merchant)
            .order_by("-asked_at")
            .filter(Q(computed_at=None) | Q(asked_at__gt=F("computed_at")))
        )
        row = waiting.select_for_update(skip_locked=True).first()
        if row is None:
            return False
        begun = timezone.now()
        said = _answered(merchant, row)
        JourneyModel.objects.for_merchant(merchant).filter(pk=row.pk).update(answer=said, computed_at=begun)
    return True


def _answered(merchant: Merchant, row: JourneyModel) -> dict[str, Any]:
    days = days_of(merchant, row.first_day, row.last_day).exclude(paths=None)
    block = added(days.order_by("day").values_list("paths", flat=True).iterator())
    if row.spu_id:
        block = block.of_spu(row.spu_id)
    names = _names(merchant, Dimension(row.by), [int(channel) for channel in block.channels])
    return answers.answer(block, names, order=row.order, with_nulls=row.with_nulls)


def _names(merchant: Merchant, by: Dimension, channels: list[int]) -> dict[int, str]:
    """The row of the report that each channel belongs to; "0" for none."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.id, ({KEYS[by]})::text FROM unnest(%(channels)s::bigint[]) AS asked(id)"
            f" JOIN measurement_channel c ON c.id = asked.id AND c.merchant_id = %(merchant)s {NOTE}",
            {"merchant": merchant.pk, "channels": channels},
        )
        found = dict(cursor.fetchall())
    return {channel: found.get(channel, "0") for channel in channels}
