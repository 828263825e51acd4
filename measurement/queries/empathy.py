"""Empathy of a slice of notes: comments by what they say, deep acts by the tallies; in constant queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from measurement.empathy.parts import LEAST, Counts, Part, Share, parts
from measurement.models import Comment, CommentLabel, CommentLearning, LabelCorrection
from measurement.queries.names import Name, names_of
from measurement.reports import Dimension
from merchants.models import Merchant
from merchants.periods import Period

PAGE = 25
KEYS = {
    Dimension.NOTE: "n.id",
    Dimension.BLOGGER: "coalesce(n.blogger_id, 0)",
    Dimension.SPU: "coalesce(n.spu_id, 0)",
}
INTENTS = ("ask_link", "ask_price", "ask_fit", "bought", "rebought", "warn", "complain", "compare")


@dataclass(frozen=True, slots=True)
class Row:
    """A note, blogger or SPU: its parts, its comments, and how they divide by intent."""

    key: str
    name: Name | None
    counts: Counts
    parts: Mapping[Part, Share]
    intents: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Empathy:
    rows: tuple[Row, ...]
    total: Row
    count: int
    labelled: int
    waiting: int
    learning: CommentLearning | None
    corrections: int
    least: int = LEAST


def empathy(
    merchant: Merchant, period: Period, by: Dimension, page: int = 1, *, page_size: int | None = PAGE
) -> Empathy:
    """The comments posted in a period by rows of a dimension, the most talked of first; ``page_size`` None:
    all of them."""
    start, end = period.instants()
    scope: dict[str, Any] = {
        "merchant": merchant.pk, "from": start, "until": end, "start": period.start, "end": period.end,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_COMMENTS.format(key=KEYS[by]), scope)
        said = {str(row[0]): row[1:] for row in cursor.fetchall()}
        cursor.execute(_ACTS.format(key=KEYS[by]), scope)
        acts = {str(row[0]): row[1:] for row in cursor.fetchall()}
    found = [_row(key, None, columns, acts.get(key)) for key, columns in said.items() if columns[0]]
    found.sort(key=lambda row: (-row.counts.comments, row.key))
    shown = found if page_size is None else found[(page - 1) * page_size : page * page_size]
    names = names_of(merchant, by, [row.key for row in shown])
    whole = _summed(list(said.values()))
    every = [acts[key] for key in said if key in acts]
    counts = _row("", None, whole, _summed(every) if every else None)
    return Empathy(
        rows=tuple(Row(row.key, names[row.key], row.counts, row.parts, row.intents) for row in shown),
        total=counts,
        count=len(found),
        labelled=counts.counts.comments,
        waiting=_waiting(merchant, start, end),
        learning=CommentLearning.objects.for_merchant(merchant).order_by("-id").first(),
        corrections=LabelCorrection.objects.for_merchant(merchant).values("comment").distinct().count(),
    )


def _row(key: str, name: Name | None, said: Any, acts: Any) -> Row:
    comments, questions, positive, negative, of_self, could, echoes, *intents = said
    counts = Counts(
        comments=comments, questions=questions, positive=positive, negative=negative, of_self=of_self,
        could_echo=could, echoes=echoes, reads=acts[0] if acts else None, deep_acts=acts[1] if acts else None,
    )  # fmt: skip
    return Row(key, name, counts, parts(counts), dict(zip(INTENTS, intents, strict=True)))


def of_content(merchant: Merchant, period: Period) -> dict[tuple[int, str, str, bool], Counts]:
    """What the comments of a period say, by (SPU, buying point, scene, whether the note was paid for) of the
    note that they stand under. One query; acts are not in it."""
    start, end = period.instants()
    with connection.cursor() as cursor:
        cursor.execute(_COMMENTS.format(key=_CONTENT), {"merchant": merchant.pk, "from": start, "until": end})
        rows = cursor.fetchall()
    return {
        (int(spu), point, scene, paid == "true"): _row("", None, said, None).counts
        for (spu, point, scene, paid), *said in rows
    }


_CONTENT = """ARRAY[coalesce(n.spu_id, 0)::text, n.buying_point, n.scene, (EXISTS (
           SELECT FROM measurement_spend s WHERE s.merchant_id = n.merchant_id AND s.note_id = n.id
             AND s.kind = 'note_fee' AND s.replaced_at IS NULL))::text]"""


def _summed(rows: list[Any]) -> tuple[int, ...]:
    width = 7 + len(INTENTS)
    return tuple(sum(row[n] for row in rows) for n in range(len(rows[0]))) if rows else (0,) * width


def _waiting(merchant: Merchant, start: Any, end: Any) -> int:
    mine = Comment.objects.for_merchant(merchant).filter(posted_at__gte=start, posted_at__lt=end)
    return int(mine.filter(by_author=False, label=None).count())


_COMMENTS = (
    """
SELECT {key}, count(*), count(*) FILTER (WHERE l.polarity = 'question'),
       count(*) FILTER (WHERE l.polarity = 'positive'), count(*) FILTER (WHERE l.polarity = 'negative'),
       count(*) FILTER (WHERE l.speaks_of_self), count(*) FILTER (WHERE n.buying_point <> ''),
       count(*) FILTER (WHERE n.buying_point <> '' AND l.echoes)"""
    + "".join(f",\n       count(*) FILTER (WHERE l.intents ? '{intent}')" for intent in INTENTS)
    + """
FROM measurement_comment c
JOIN measurement_commentlabel l ON l.comment_id = c.id AND l.merchant_id = %(merchant)s
JOIN measurement_note n ON n.id = c.note_id AND n.merchant_id = %(merchant)s
WHERE c.merchant_id = %(merchant)s AND NOT c.by_author
  AND c.posted_at >= %(from)s AND c.posted_at < %(until)s
GROUP BY 1
"""
)
_ACTS = """
SELECT {key}, coalesce(sum(t.touches) FILTER (WHERE h.kind IN ('read', 'deep_read')), 0)::bigint,
       coalesce(sum(t.touches) FILTER (WHERE h.kind IN ('save', 'share', 'screenshot')), 0)::bigint
FROM measurement_touchtally t
JOIN measurement_channel h ON h.id = t.channel_id AND h.merchant_id = %(merchant)s
JOIN measurement_note n ON n.id = h.note_id AND n.merchant_id = %(merchant)s
WHERE t.merchant_id = %(merchant)s AND t.day >= %(start)s AND t.day < %(end)s
GROUP BY 1
"""


def examples(
    merchant: Merchant, period: Period, by: Dimension, key: str, polarity: str = ""
) -> QuerySet[CommentLabel]:
    """Labelled comments behind a row, the latest first."""
    start, end = period.instants()
    rows: QuerySet[CommentLabel] = CommentLabel.objects.for_merchant(merchant).filter(
        comment__posted_at__gte=start, comment__posted_at__lt=end, comment__by_author=False
    )
    field = {Dimension.NOTE: "note_id", Dimension.BLOGGER: "note__blogger_id", Dimension.SPU: "note__spu_id"}
    if key:
        rows = rows.filter(**{f"comment__{field[by]}": None if key == "0" else key})
    if polarity:
        rows = rows.filter(polarity=polarity)
    return rows.select_related("comment__note").order_by("-comment__posted_at", "-id")
