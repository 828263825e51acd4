"""Journeys by day and what the models say of a period, to read."""

from __future__ import annotations

from measurement.models import CreditDay, CreditDayMark, JourneyDay, JourneyMark, JourneyModel
from merchants.admin import listed

listed(JourneyDay, "day ordered declared lost stale counted_at", "", filters="stale")
listed(CreditDay, "day oldest counted_at", "")
listed(CreditDayMark, "day recorded_at", "")
listed(JourneyMark, "first_day last_day recorded_at", "")
listed(
    JourneyModel,
    "by first_day last_day order with_nulls asked_at computed_at",
    "by",
    filters="by order with_nulls",
)
