"""Journeys by day and what the models say of a period, to read."""

from __future__ import annotations

from measurement.models import JourneyDay, JourneyMark, JourneyModel
from merchants.admin import listed

listed(JourneyDay, "day ordered declared lost stale counted_at", "", filters="stale")
listed(JourneyMark, "first_day last_day recorded_at", "")
listed(
    JourneyModel,
    "by first_day last_day order with_nulls asked_at computed_at",
    "by",
    filters="by order with_nulls",
)
