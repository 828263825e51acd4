"""Empathy of a slice of notes: comments by what they say, deep acts by the tallies; in constant queries.

Of a past day: the comments whose text had been stated by its end, as people had corrected them by then. A comment
that came or was changed since is left out, because former texts are not kept; acts are not known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import CharField, F, Field, JSONField, QuerySet
from django.db.models.expressions import RawSQL

from measurement.empathy.agreement import Agreement, agreement
from measurement.empathy.labels import Intent
from measurement.empathy.parts import LEAST, Counts, Part, Share, parts
from measurement.models import Comment, CommentLabel, CommentLearning, LabelCorrection
from measurement.queries.names import Name, names_of
from measurement.queries.reported import standing_sql, until
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
    """``left_out``: comments posted by a past day that came or were changed after it."""

    rows: tuple[Row, ...]
    total: Row
    count: int
    labelled: int
    waiting: int
    learning: CommentLearning | None
    corrections: int
    least: int = LEAST
    left_out: int = 0
    agreement: Mapping[Intent, Agreement] = field(default_factory=dict)


def empathy(
    merchant: Merchant,
    period: Period,
    by: Dimension,
    page: int = 1,
    *,
    page_size: int | None = PAGE,
    as_of: date | None = None,
) -> Empathy:
    """The comments posted in a period by rows of a dimension, the most talked of first; ``page_size`` None:
    all of them."""
    scope = _scope(merchant, period, as_of)
    acts: dict[str, Any] = {}
    with connection.cursor() as cursor:
        cursor.execute(_statement(KEYS[by], as_of), scope)
        said = {str(row[0]): row[1:] for row in cursor.fetchall()}
        if as_of is None:
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
        waiting=_mine(merchant, period, as_of).filter(label=None).count(),
        learning=_by(CommentLearning, merchant, "learned_at", as_of).order_by("-id").first(),
        corrections=_by(LabelCorrection, merchant, "at", as_of).values("comment").distinct().count(),
        left_out=_left_out(merchant, period, as_of),
        agreement=_agreement(merchant, as_of),
    )


def _agreement(merchant: Merchant, as_of: date | None) -> Mapping[Intent, Agreement]:
    """By the latest that people told of the intents of each comment, against what the words found at that time."""
    told = _by(LabelCorrection, merchant, "at", as_of).filter(intents__isnull=False)
    rows = told.order_by("comment_id", "-id").distinct("comment_id").values_list("intents", "intents_read")
    pairs = [(_intents(people), _intents(words or [])) for people, words in rows]
    return agreement([people for people, _ in pairs], [words for _, words in pairs])


def _intents(names: list[str]) -> frozenset[Intent]:
    return frozenset(Intent(name) for name in names)


def _scope(merchant: Merchant, period: Period, as_of: date | None) -> dict[str, Any]:
    start, end = period.instants()
    return {
        "merchant": merchant.pk, "from": start, "to": end, "start": period.start, "end": period.end,
        "until": until(as_of),
    }  # fmt: skip


def _by(model: Any, merchant: Merchant, when: str, as_of: date | None) -> Any:
    """The merchant's rows of a history, or those there were at the end of a past day."""
    rows = model.objects.for_merchant(merchant)
    return rows if as_of is None else rows.filter(**{f"{when}__lt": until(as_of)})


def _mine(merchant: Merchant, period: Period, as_of: date | None) -> QuerySet[Comment]:
    start, end = period.instants()
    rows: QuerySet[Comment] = _by(Comment, merchant, "stated_at", as_of)
    return rows.filter(posted_at__gte=start, posted_at__lt=end, by_author=False)


def _left_out(merchant: Merchant, period: Period, as_of: date | None) -> int:
    if as_of is None:
        return 0
    rows = _mine(merchant, period, None).filter(posted_at__lt=until(as_of), stated_at__gte=until(as_of))
    return int(rows.count())


def _row(key: str, name: Name | None, said: Any, acts: Any) -> Row:
    comments, questions, positive, negative, of_self, could, echoes, *intents = said
    counts = Counts(
        comments=comments, questions=questions, positive=positive, negative=negative, of_self=of_self,
        could_echo=could, echoes=echoes, reads=acts[0] if acts else None, deep_acts=acts[1] if acts else None,
    )  # fmt: skip
    return Row(key, name, counts, parts(counts), dict(zip(INTENTS, intents, strict=True)))


def of_content(
    merchant: Merchant, period: Period, *, as_of: date | None = None
) -> dict[tuple[int, str, str, bool], Counts]:
    """What the comments of a period say, by (SPU, buying point, scene, whether the note was paid for) of the
    note that they stand under. One query; acts are not in it."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(_CONTENT, as_of), _scope(merchant, period, as_of))
        rows = cursor.fetchall()
    return {
        (int(spu), point, scene, paid == "true"): _row("", None, said, None).counts
        for (spu, point, scene, paid), *said in rows
    }


_CONTENT = f"""ARRAY[coalesce(n.spu_id, 0)::text, n.buying_point, n.scene, (EXISTS (
           SELECT FROM measurement_spend s WHERE s.merchant_id = n.merchant_id AND s.note_id = n.id
             AND s.kind = 'note_fee' AND {standing_sql("s")}))::text]"""


def _summed(rows: list[Any]) -> tuple[int, ...]:
    width = 7 + len(INTENTS)
    return tuple(sum(row[n] for row in rows) for n in range(len(rows[0]))) if rows else (0,) * width


def _statement(key: str, as_of: date | None) -> str:
    if as_of is None:
        return _COMMENTS.format(key=key, said="l.polarity", wants="l.intents", stood="")
    then = {"label": "l", "until": "%(until)s"}
    return _COMMENTS.format(
        key=key, said=_SAID_THEN.format(**then), wants=_WANTS_THEN.format(**then), stood=_STOOD
    )


_COMMENTS = (
    """
SELECT {key}, count(*), count(*) FILTER (WHERE said.polarity = 'question'),
       count(*) FILTER (WHERE said.polarity = 'positive'), count(*) FILTER (WHERE said.polarity = 'negative'),
       count(*) FILTER (WHERE l.speaks_of_self), count(*) FILTER (WHERE n.buying_point <> ''),
       count(*) FILTER (WHERE n.buying_point <> '' AND l.echoes)"""
    + "".join(f",\n       count(*) FILTER (WHERE said.intents ? '{intent}')" for intent in INTENTS)
    + """
FROM measurement_comment c
JOIN measurement_commentlabel l ON l.comment_id = c.id AND l.merchant_id = %(merchant)s
JOIN measurement_note n ON n.id = c.note_id AND n.merchant_id = %(merchant)s
CROSS JOIN LATERAL (SELECT {said} AS polarity, {wants} AS intents) said
WHERE c.merchant_id = %(merchant)s AND NOT c.by_author
  AND c.posted_at >= %(from)s AND c.posted_at < %(to)s {stood}
GROUP BY 1
"""
)
_STOOD = "AND c.stated_at < %(until)s"
# The last correction by then; else what the next one found; else nobody ever corrected it.
_SAID_THEN = """coalesce(
    (SELECT k.polarity FROM measurement_labelcorrection k WHERE k.merchant_id = {label}.merchant_id
       AND k.comment_id = {label}.comment_id AND k.at < {until} ORDER BY k.id DESC LIMIT 1),
    (SELECT nullif(k.said_before, '') FROM measurement_labelcorrection k
       WHERE k.merchant_id = {label}.merchant_id AND k.comment_id = {label}.comment_id AND k.at >= {until}
       ORDER BY k.id LIMIT 1),
    {label}.polarity)"""
_WANTS_THEN = """coalesce(
    (SELECT k.intents FROM measurement_labelcorrection k WHERE k.merchant_id = {label}.merchant_id
       AND k.comment_id = {label}.comment_id AND k.at < {until} AND k.intents IS NOT NULL
     ORDER BY k.id DESC LIMIT 1),
    (SELECT k.intents_before FROM measurement_labelcorrection k
       WHERE k.merchant_id = {label}.merchant_id AND k.comment_id = {label}.comment_id AND k.at >= {until}
         AND k.intents IS NOT NULL ORDER BY k.id LIMIT 1),
    {label}.intents)"""
_ACTS = """
SELECT {key}, coalesce(sum(t.touches) FILTER (WHERE h.kind IN ('read', 'deep_read')), 0)::bigint,
       coalesce(sum(t.touches) FILTER (WHERE h.kind IN ('save', 'share', 'screenshot')), 0)::bigint
FROM measurement_touchtally t
JOIN measurement_channel h ON h.id = t.channel_id AND h.merchant_id = %(merchant)s
JOIN measurement_note n ON n.id = h.note_id AND n.merchant_id = %(merchant)s
WHERE t.merchant_id = %(merchant)s AND t.day >= %(start)s AND t.day < %(end)s
GROUP BY 1
"""


def _then(as_of: date, text: str, field: Field[Any, Any]) -> RawSQL:
    statement = text.format(label="measurement_commentlabel", until="%s")
    return RawSQL(statement, [until(as_of)] * 2, output_field=field)  # noqa: S611 - no word of it is given


def examples(
    merchant: Merchant,
    period: Period,
    by: Dimension,
    key: str,
    polarity: str = "",
    *,
    as_of: date | None = None,
) -> QuerySet[CommentLabel]:
    """Labelled comments behind a row, the latest first; ``said`` and ``wanted`` are what they say and want, or did on
    a past day."""
    rows: QuerySet[CommentLabel] = CommentLabel.objects.for_merchant(merchant).filter(
        comment__in=_mine(merchant, period, as_of)
    )
    field = {Dimension.NOTE: "note_id", Dimension.BLOGGER: "note__blogger_id", Dimension.SPU: "note__spu_id"}
    if key:
        rows = rows.filter(**{f"comment__{field[by]}": None if key == "0" else key})
    if as_of is None:
        rows = rows.annotate(said=F("polarity"), wanted=F("intents"))
    else:
        rows = rows.annotate(
            said=_then(as_of, _SAID_THEN, CharField()), wanted=_then(as_of, _WANTS_THEN, JSONField())
        )
    if polarity:
        rows = rows.filter(said=polarity)
    return rows.select_related("comment__note").order_by("-comment__posted_at", "-id")
