"""What the desk says of a merchant's readiness: answered in time, and what became of who was not."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, Exists, OuterRef, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from leads.models import Consultation, Lead
from merchants.models import Merchant
from merchants.periods import Period
from merchants.readiness.figures import Effect, Figure, Line

Result = Consultation.Result


def _opened(merchant: Merchant, period: Period) -> Any:
    first, last = period.instants(ZoneInfo(merchant.time_zone))
    return Consultation.objects.for_merchant(merchant).filter(opened_at__gte=first, opened_at__lt=last)


def _ran_out() -> Q:
    """Nobody answered, and the time to answer is over."""
    return Q(result="", first_human_reply_at=None, due_at__lt=timezone.now())


def replies(merchant: Merchant, period: Period) -> Figure:
    """Consultations answered within the merchant's own target, of those answered or overdue; cancelled ones, those
    without a clock and those whose time still runs do not tell."""
    told = _opened(merchant, period).aggregate(
        of=Count("pk"),
        size=Count("pk", filter=Q(result__in=(Result.MET, Result.LATE)) | _ran_out()),
        hits=Count("pk", filter=Q(result=Result.MET)),
    )
    return Figure(told["hits"], told["size"], told["of"])


def slow_beside_lost(merchant: Merchant, period: Period) -> Effect:
    """Consultations that left no contact, among those answered in time, late and never."""
    way = Case(
        When(result=Result.MET, then=Value("in_time")),
        When(result=Result.LATE, then=Value("late")),
        When(_ran_out(), then=Value("never")),
        default=Value("unknown"),
    )
    left = Exists(Lead.objects.for_merchant(merchant).filter(session=OuterRef("pk"), left_at__isnull=False))
    rows = _opened(merchant, period).annotate(way=way, left=left).values("way").order_by("way")
    found = {row["way"]: row for row in rows.annotate(n=Count("pk"), lost=Count("pk", filter=Q(left=False)))}
    names = {"in_time": _("Answered in time"), "late": _("Answered late"), "never": _("Never answered")}
    return Effect(
        code="reply_in_time",
        title=_("Slow replies beside lost leads"),
        of_n=_("Consultations"),
        of_lost=_("Left no contact"),
        lines=tuple(
            Line(name, found[way]["n"], found[way]["lost"]) for way, name in names.items() if way in found
        ),
        unknown=found["unknown"]["n"] if "unknown" in found else 0,
        why_unknown=_("cancelled, without a clock, or still within its time"),
    )
