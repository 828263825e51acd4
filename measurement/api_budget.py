"""What a program is told when the day's questions about people are spent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rest_framework.response import Response

from merchants.api_contract import refusal
from merchants.periods import day_of, start_of


def spent() -> Response:
    now = datetime.now(UTC)
    tomorrow = start_of(day_of(now) + timedelta(days=1))
    said = "Enough different questions about people for today; ask again tomorrow."
    return refusal(429, "budget_spent", said, retry_after=str(int((tomorrow - now).total_seconds()) + 1))
