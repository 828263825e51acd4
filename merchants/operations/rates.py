"""A blogger's prices: stated from a day on, never changed afterwards."""

from __future__ import annotations

from datetime import date

from merchants import audit, tenancy
from merchants.models import Merchant, Rate


class TooEarly(ValueError):
    """The day has passed: what was asked on it is told already."""


def state(blogger: Merchant, *, work: str, fen: int, valid_from: date, today: date, by: str) -> Rate:
    """States a price from a day on that is today or later; of one day the last word holds."""
    if valid_from < today:
        raise TooEarly
    with tenancy.acting_for(blogger):
        row: Rate = Rate.objects.create(
            merchant=blogger, work=Rate.Work(work).value, fen=fen, valid_from=valid_from
        )
        audit.record(
            blogger, "merchants.rate.stated", by=by, on=row, work=work, fen=fen, valid_from=f"{valid_from}"
        )
    return row
