"""A blogger's portable record: what was done with whom in what time, as far as each merchant consented to show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from merchants import tenancy
from merchants.models import Agreement, Merchant
from merchants.models.agreement import Right, Shown
from merchants.operations.agreements import today_of
from merchants.periods import DAY
from merchants.queries import agreements
from portal.queries.shared_notes import Shared, shared

FIGURES = ("impressions", "clicks", "engagement", "cost", "credited")
AGREED = (Agreement.State.ACCEPTED, Agreement.State.REVOKED)


@dataclass(frozen=True, slots=True)
class Entry:
    """``last`` is the last day, None while open; ``state`` holds, ended or revoked. ``notes`` and ``figures`` (sums
    by name, money in fen) are None where the agreement shows nothing any more or the merchant did not consent;
    of ``few`` notes the return is not told and not in the sum."""

    merchant: str
    agency: str
    starts_on: date
    last: date | None
    state: str
    currency: str
    consented: tuple[str, ...]
    notes: int | None
    figures: dict[str, int | None]
    few: int


def record(blogger: Merchant, *, now: datetime) -> list[Entry]:
    """The newest first: cooperations of the blogger's own, and, while both agreements hold, those of an agency
    at whose merchants the blogger has notes."""
    today = today_of(blogger)
    with tenancy.acting_for(blogger):
        rows = list(agreements.of_merchant(blogger).filter(state__in=AGREED))
    found = [
        _entry(row, "", shared(row, now=now), today)
        for row in rows
        if row.partner_id == blogger.pk and Shown.RECORD in row.figures and row.starts_on <= today
    ]
    for binding in agreements.in_force(rows, today):
        if binding.right == Right.NOTES and binding.merchant_id == blogger.pk:
            found += _through(binding, now, today)
    return sorted(found, key=lambda entry: (entry.starts_on, entry.merchant), reverse=True)


def _through(binding: Agreement, now: datetime, today: date) -> list[Entry]:
    """What the agency's merchants consented to show in records; read as the agency."""
    with tenancy.acting_for(binding.partner):
        cooperations = agreements.in_force(
            agreements.of_merchant(binding.partner).filter(right=Right.FIGURES, blogger=""), today
        )
        cooperations = [row for row in cooperations if Shown.RECORD in row.figures]
    found = []
    for row in cooperations:
        seen = shared(row, now=now, blogger=binding.blogger)
        if seen is not None and seen.period is not None and seen.lines:
            found.append(_entry(row, binding.partner.name, seen, today, since=seen.period.start))
    return found


def _entry(
    row: Agreement, agency: str, seen: Shared | None, today: date, *, since: date | None = None
) -> Entry:
    state = "holds" if seen is not None else "revoked" if row.state == Agreement.State.REVOKED else "ended"
    return Entry(
        merchant=row.merchant.name,
        agency=agency,
        starts_on=since or row.starts_on,
        last=max(row.until - DAY, row.starts_on) if row.until is not None else None,
        state=state,
        currency=row.merchant.currency,
        consented=tuple(row.figures),
        notes=len(seen.lines) if seen is not None else None,
        figures={name: seen.total(name) if seen is not None else None for name in FIGURES},
        few=seen.few if seen is not None else 0,
    )
