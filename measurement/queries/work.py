"""What is still to be done, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import F, Q

from measurement.models import (
    BulkChange,
    CreditDayMark,
    CrowdMark,
    CycleLearning,
    CyclePreview,
    DirtyMark,
    JourneyDay,
    JourneyMark,
    JourneyModel,
    Judging,
    Progress,
    TallyMark,
    TallySpan,
)
from merchants.models import Job, Merchant, RawDelivery
from merchants.periods import day_of, start_of

SETTLED = timedelta(minutes=10)  # changes of journeys gather for so long before their days are counted anew
PATIENCE = timedelta(seconds=3)  # younger work has its own hint on the way
REST = timedelta(minutes=2)  # between two judgings of one merchant: changes in between are judged together


@dataclass(frozen=True, slots=True)
class Pending:
    """Lines marked, changes not yet expanded, deliveries not yet read; since when the oldest waits."""

    lines: int
    changes: int
    deliveries: int
    since: datetime | None

    @property
    def settled(self) -> bool:
        return not (self.lines or self.changes or self.deliveries)


def pending(merchant: Merchant) -> Pending:
    marks = DirtyMark.objects.for_merchant(merchant)
    changes = BulkChange.objects.for_merchant(merchant).filter(expanded_at=None)
    deliveries = RawDelivery.objects.for_merchant(merchant).filter(state=RawDelivery.State.RECEIVED)
    oldest = [
        moment
        for moment in (
            marks.order_by("id").values_list("recorded_at", flat=True).first(),
            changes.order_by("id").values_list("recorded_at", flat=True).first(),
            deliveries.order_by("received_at").values_list("received_at", flat=True).first(),
        )
        if moment
    ]
    return Pending(marks.count(), changes.count(), deliveries.count(), min(oldest, default=None))


def merchants_with_work() -> list[int]:
    """Merchants whose marks, changes or copies of credit wait; read as the dispatcher, who sees no content."""
    now = datetime.now(UTC)
    marked = DirtyMark.objects.using("dispatch").filter(recorded_at__lte=now - PATIENCE)
    changed = BulkChange.objects.using("dispatch").filter(expanded_at=None, recorded_at__lte=now - PATIENCE)
    copies = CreditDayMark.objects.using("dispatch").filter(recorded_at__lte=now - PATIENCE)
    return sorted(
        {
            pk
            for rows in (marked, changed, copies)
            for pk in rows.values_list("merchant_id", flat=True).distinct()
        }
    )


def merchants_with_moved_people() -> list[int]:
    """Merchants of whom somebody may stand in another layer."""
    return sorted(set(CrowdMark.objects.using("dispatch").values_list("merchant_id", flat=True).distinct()))


def merchants_to_judge() -> list[int]:
    """Merchants whose spend is to be judged: asked for since the last judging, or judged before today."""
    now = datetime.now(UTC)
    rows = Judging.objects.using("dispatch")
    asked = Q(asked_at__gt=F("judged_at"), judged_at__lt=now - REST)
    due = asked | Q(judged_at=None) | Q(judged_at__lt=start_of(day_of(now)))
    return list(rows.filter(due).order_by("merchant_id").values_list("merchant_id", flat=True))


def merchants_with_wholes_to_estimate() -> list[int]:
    """Merchants who asked for estimates that are not finished."""
    rows = Job.objects.using("dispatch").filter(
        kind="response", state__in=(Job.State.QUEUED, Job.State.RUNNING)
    )
    return sorted(set(rows.values_list("merchant_id", flat=True).distinct()))


def deliveries_to_apply(limit: int = 200) -> list[tuple[int, int]]:
    """(merchant, delivery) of raw deliveries nobody has read yet; those of the desk are read there."""
    rows = RawDelivery.objects.using("dispatch").filter(state=RawDelivery.State.RECEIVED)
    rows = rows.exclude(kind=RawDelivery.LEAD)
    return list(rows.order_by("id").values_list("merchant_id", "id")[:limit])


def merchants_to_tally() -> list[int]:
    """Merchants whose touches wait to be counted; read as the dispatcher."""
    before = datetime.now(UTC) - PATIENCE
    found: set[int] = set()
    for model in (TallyMark, TallySpan):
        rows = model.objects.using("dispatch").filter(recorded_at__lte=before)
        found |= set(rows.values_list("merchant_id", flat=True).distinct())
    return sorted(found)


CYCLES_PATIENCE = timedelta(seconds=20)  # younger steps have a worker


def cycles_to_go_on() -> tuple[list[int], list[int]]:
    """Merchants whose learning of cycles, and whose preview of one, stands still; read as the dispatcher."""
    before = datetime.now(UTC) - CYCLES_PATIENCE
    still = {"state": Progress.RUNNING, "touched_at__lte": before}
    learning = CycleLearning.objects.using("dispatch").filter(**still).values_list("merchant_id", flat=True)
    preview = CyclePreview.objects.using("dispatch").filter(**still).values_list("merchant_id", flat=True)
    return sorted(set(learning)), sorted(set(preview))


def merchants_with_journeys() -> list[int]:
    """Merchants whose models were asked for, or whose days changed a while ago and are to be counted; read as
    the dispatcher. Days are counted in batches, because each change of a day counts all of it."""
    settled = datetime.now(UTC) - SETTLED
    asked = JourneyModel.objects.using("dispatch").filter(
        Q(computed_at=None) | Q(asked_at__gt=F("computed_at"))
    )
    marked = JourneyMark.objects.using("dispatch").filter(recorded_at__lte=settled)
    stale = JourneyDay.objects.using("dispatch").filter(stale=True)
    found: set[int] = set()
    for rows in (asked, marked, stale):
        found |= set(rows.values_list("merchant_id", flat=True).distinct())
    return sorted(found)
