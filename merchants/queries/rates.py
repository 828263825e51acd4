"""Rate cards of bloggers, as they hold on a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from merchants import tenancy
from merchants.models import Agreement, Merchant, Rate
from merchants.models.agreement import Right
from merchants.queries import agreements


@dataclass(frozen=True, slots=True)
class Card:
    """``now`` and ``coming`` by kind of work; ``former`` is what held before, the newest first."""

    now: tuple[Rate, ...]
    coming: tuple[Rate, ...]
    former: tuple[Rate, ...]


def holding(rows: Iterable[Rate], day: date) -> dict[str, Rate]:
    """The price of a day by kind of work: of those from that day or before, the one from the latest day; of
    several of one day, what was said last."""
    found: dict[str, Rate] = {}
    for row in sorted(rows, key=lambda row: (row.valid_from, row.pk)):
        if row.valid_from <= day:
            found[row.work] = row
    return found


def card_of(blogger: Merchant, day: date) -> Card:
    with tenancy.acting_for(blogger):
        rows = list(Rate.objects.for_merchant(blogger).order_by("-valid_from", "-pk"))
    now = holding(rows, day)
    order = list(Rate.Work)
    last = {(row.work, row.valid_from): row.pk for row in sorted(rows, key=lambda row: row.pk)}
    coming = [row for row in rows if row.valid_from > day and last[row.work, row.valid_from] == row.pk]
    return Card(
        now=tuple(sorted(now.values(), key=lambda row: order.index(Rate.Work(row.work)))),
        coming=tuple(sorted(coming, key=lambda row: row.valid_from)),
        former=tuple(row for row in rows if row.valid_from <= day and row not in now.values()),
    )


def bloggers_of(agreement: Agreement, today: date) -> list[Merchant]:
    """Whose rates an agreement in force opens to its other side: the blogger's, or those of all whom the agency
    represents today."""
    if not agreements.in_force([agreement], today):
        return []
    if agreement.right != Right.FIGURES:
        return [agreement.merchant]
    if agreement.partner.kind == Merchant.Kind.BLOGGER:
        return [agreement.partner]
    return [binding.merchant for binding in agreements.bindings_of(agreement.partner, today)]
