"""The rows that a figure of the matrix counts: costs, orders, comments or notes, told apart as the matrix does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import QuerySet

from measurement.attribution.cells import sums
from measurement.choices import Model, SpendKind
from measurement.empathy.labels import Polarity
from measurement.models import Note, Order, OrderLine, Spend
from measurement.process.placement import Carrier, Facts, carrier
from measurement.queries import empathy, matrix
from measurement.queries.matrix import Key
from measurement.queries.reported import standing, until
from measurement.reports import Dimension
from merchants.models import Merchant
from merchants.periods import Period


class Counted(StrEnum):
    """What is counted: costs, costs with the TI that the platform reported beside them, orders with credit,
    comments that judge, comments that could echo the buying point, notes published."""

    COST = "cost"
    TI = "ti"
    ORDERS = "orders"
    LIKED = "liked"
    ECHO = "echo"
    NOTES = "notes"


@dataclass(frozen=True, slots=True)
class Found:
    """``rows`` is a sequence or a query, in the order in which they are shown; ``fen`` what they come to, None
    where they are no money; ``hits``: TI of costs, comments that say yes; ``share`` by order id: its credit."""

    rows: Any
    count: int
    fen: int | None = None
    hits: int | None = None
    share: dict[int, int] | None = None


def rows_behind(merchant: Merchant, period: Period, key: Key, counted: Counted, as_of: date | None) -> Found:
    """What a cell's figure is made of, over the same days and as of the same day as the page."""
    match counted:
        case Counted.COST | Counted.TI:
            return _costs(merchant, period, key, as_of, told_only=counted == Counted.TI)
        case Counted.ORDERS:
            return _orders(merchant, period, key, as_of)
        case Counted.NOTES:
            return _notes(merchant, period, key, as_of)
    return _comments(merchant, period, key, as_of, counted)


_EACH = matrix.SPENT.format(
    what="id, source, kind, level, noted, ads, placement, worded, coop, fen, ti",
    then="WHERE spu = %(spu)s AND point = %(point)s AND scene = %(scene)s ORDER BY day DESC, id DESC",
)


def _costs(merchant: Merchant, period: Period, key: Key, as_of: date | None, *, told_only: bool) -> Found:
    spu, point, scene, by = key
    scope = {**matrix.scope_of(merchant, period, as_of), "spu": spu, "point": point, "scene": scene}
    chosen = []
    with connection.cursor() as cursor:
        levels = matrix.levels(cursor, scope)
        cursor.execute(_EACH, scope)
        for pk, source, kind, level, noted, ads, placement, worded, coop, fen, ti in cursor.fetchall():
            of_cell = carrier(Facts("", ads, placement, worded, noted, coop)) == by
            if of_cell and levels.get((source, kind)) == level and not (told_only and ti is None):
                chosen.append((pk, fen, ti))
    place = {pk: n for n, (pk, _, _) in enumerate(chosen)}
    rows = Spend.objects.for_merchant(merchant).filter(pk__in=place)
    found = rows.select_related("note", "campaign", "creative__note", "keyword")
    told = [ti for _, _, ti in chosen if ti is not None]
    return Found(
        sorted(found, key=lambda row: place[row.pk]),
        len(chosen),
        fen=sum(fen for _, fen, _ in chosen),
        hits=sum(told) if told else None,
    )


def _orders(merchant: Merchant, period: Period, key: Key, as_of: date | None) -> Found:
    """Orders, latest first. One that is gone stands under the number of its line, negative, as cells have it."""
    spu, point, scene, by = key
    scope = matrix.scope_of(merchant, period, as_of)
    credit = matrix.read_credit(merchant, period.start, period.end, as_of)
    credit = matrix.touched_in(credit, period, date.max)
    with connection.cursor() as cursor:
        places, place, spus = matrix.placed(cursor, scope, credit)
    wanted = (point, scene, by)
    number = places.index(wanted) if wanted in places else -1
    credit = credit.only((place == number) & (spus == spu))
    ids, at = np.unique(credit.order, return_inverse=True)
    fen = sums(at, credit.fen[Model.LINEAR], len(ids))
    share = {int(order): int(amount) for order, amount in zip(ids, fen, strict=True)}
    day = {int(order): int(on) for order, on in zip(credit.order, credit.order_day, strict=True)}
    return Found(
        sorted(share, key=lambda one: (-day[one], -one)), len(share), fen=sum(share.values()), share=share
    )


def orders_of(merchant: Merchant, ids: Sequence[int]) -> tuple[dict[int, Order], dict[int, list[OrderLine]]]:
    """Orders by id, and their lines."""
    orders = Order.objects.for_merchant(merchant).in_bulk([one for one in ids if one > 0])
    lines: dict[int, list[OrderLine]] = {}
    for line in (
        OrderLine.objects.for_merchant(merchant).filter(order__in=orders).select_related("spu").order_by("id")
    ):
        lines.setdefault(line.order_id, []).append(line)
    return orders, lines


_NOTES = matrix.PUBLISHED.format(
    what="n.id, p.note_id IS NOT NULL",
    then="AND coalesce(n.spu_id, 0) = %(spu)s AND n.buying_point = %(point)s AND n.scene = %(scene)s",
)


def _notes(merchant: Merchant, period: Period, key: Key, as_of: date | None) -> Found:
    spu, point, scene, by = key
    scope = {**matrix.scope_of(merchant, period, as_of), "spu": spu, "point": point, "scene": scene}
    with connection.cursor() as cursor:
        cursor.execute(_NOTES, scope)
        ids = [pk for pk, coop in cursor.fetchall() if _of_content(coop) == by]
    rows = Note.objects.for_merchant(merchant).filter(pk__in=ids).select_related("blogger")
    return Found(rows.order_by("-published_at", "-id"), len(ids))


def _of_content(cooperation: bool) -> Carrier:
    return carrier(Facts("", noted=True, cooperation=cooperation))


def _comments(merchant: Merchant, period: Period, key: Key, as_of: date | None, counted: Counted) -> Found:
    spu, point, scene, by = key
    labels: QuerySet[Any] = empathy.examples(merchant, period, Dimension.SPU, str(spu), as_of=as_of)
    labels = labels.filter(comment__note__buying_point=point, comment__note__scene=scene)
    paid = _paid_notes(merchant, as_of)
    labels = (
        labels.filter(comment__note__in=paid) if by == Carrier.KOL else labels.exclude(comment__note__in=paid)
    )
    if by not in matrix.CONTENT:
        labels = labels.none()
    if counted == Counted.LIKED:
        labels = labels.filter(said__in=(Polarity.POSITIVE, Polarity.NEGATIVE))
        return Found(labels, labels.count(), hits=labels.filter(said=Polarity.POSITIVE).count())
    labels = labels.exclude(comment__note__buying_point="")
    return Found(labels, labels.count(), hits=labels.filter(echoes=True).count())


def _paid_notes(merchant: Merchant, as_of: date | None) -> Any:
    """Ids of the notes for which a fee is stated, or was at the end of a past day."""
    fees = standing(Spend, merchant, until=until(as_of)).filter(kind=SpendKind.NOTE_FEE)
    return fees.exclude(note=None).values("note_id")
