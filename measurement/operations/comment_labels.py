"""Labels of comments: by words at once, by people when they disagree, by what people taught afterwards.

Work is found, not remembered: a comment without a label of the present version, or with one of a former text,
waits. So a worker may be killed anywhere and any number may run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from dataclasses import replace as dc_replace

from django.db.models import F, Q, QuerySet

from measurement.choices import Sensitive
from measurement.empathy import learning, lexicon
from measurement.empathy.labels import Intent, Label, Polarity, label
from measurement.empathy.learning import Intents
from measurement.models import Comment, CommentLabel, CommentLearning, LabelCorrection
from measurement.queries.keeping import is_allowed
from merchants import audit, tenancy
from merchants.background import wake
from merchants.models import Merchant

BATCH = 1_000
MOST = 5_000  # corrections that are learned from, the latest
STEP = 20  # corrections after which it is learned anew


def correct(
    merchant: Merchant,
    comment: Comment,
    *,
    polarity: Polarity,
    intents: Intents | None = None,
    by: str,
) -> LabelCorrection:
    """Lets a person say what a comment says and what it wants (``intents`` None: nothing is said of that, and what
    a person said before stands); it stands at once, and the model learns from it later."""
    with tenancy.acting_for(merchant):
        former = CommentLabel.objects.for_merchant(merchant).filter(comment=comment).first()
        read = label(comment.text, comment.note.buying_point)
        stands = intents if intents is not None else _told_before(merchant, comment)
        row: LabelCorrection = LabelCorrection.objects.create(
            merchant=merchant,
            comment=comment,
            polarity=polarity,
            said_before=former.polarity if former else "",
            intents=None if intents is None else sorted(intents),
            intents_before=former.intents if former else None,
            intents_read=sorted(read.intents),
            by=by,
        )
        shown = read if stands is None else dc_replace(read, intents=stands)
        _put(merchant, [comment], [shown], [polarity], CommentLabel.Source.PERSON, _version(merchant))
        told = {} if intents is None else {"intents": sorted(intents)}
        audit.record(merchant, "measurement.label.corrected", by=by, on=comment, polarity=polarity, **told)
        wake("measurement.label_comments", merchant_id=merchant.pk)
    return row


def _told_before(merchant: Merchant, comment: Comment) -> Intents | None:
    """The intents that a person told last of this comment; None where nobody did."""
    rows = LabelCorrection.objects.for_merchant(merchant).filter(comment=comment, intents__isnull=False)
    last = rows.order_by("-id").first()
    return None if last is None else frozenset(Intent(one) for one in last.intents or ())


def learn_if_due(merchant: Merchant) -> CommentLearning | None:
    """Learns anew once :data:`STEP` further comments were corrected; None when nothing is due, or where a
    sensitive trade has not allowed learning."""
    with tenancy.acting_for(merchant):
        if not is_allowed(merchant, Sensitive.TRAINING):
            return None
        latest = CommentLearning.objects.for_merchant(merchant).order_by("-id").first()
        count = LabelCorrection.objects.for_merchant(merchant).values("comment").distinct().count()
        if count < (latest.corrections if latest else 0) + STEP:
            return None
        judged = _model(merchant).judged
        of_intents = _intent_model(merchant).judged
        row: CommentLearning = CommentLearning.objects.create(
            merchant=merchant,
            corrections=count,
            rules_right=judged.rules_right,
            model_right=judged.model_right,
            used=judged.used,
            intents={intent: asdict(one) for intent, one in of_intents.items()},
        )
    return row


def label_waiting(merchant: Merchant, *, batch: int = BATCH) -> int:
    """Labels up to ``batch`` comments that wait; returns how many."""
    with tenancy.acting_for(merchant):
        version = _version(merchant)
        rows = list(waiting(merchant, version).select_related("note").order_by("id")[:batch])
        if not rows:
            return 0
        read = [label(row.text, row.note.buying_point) for row in rows]
        texts = [row.text for row in rows]
        said = None
        if version != lexicon.VERSION:
            said = _model(merchant).predict(texts, [one.polarity for one in read])
            wanted = _intent_model(merchant).predict(texts, [one.intents for one in read])
            read = [dc_replace(one, intents=found) for one, found in zip(read, wanted, strict=True)]
        by_model = [polarity if said else None for polarity in said or [None] * len(rows)]
        for source, chosen in (
            (CommentLabel.Source.WORDS, [n for n, one in enumerate(by_model) if one is None]),
            (CommentLabel.Source.MODEL, [n for n, one in enumerate(by_model) if one is not None]),
        ):
            _put(
                merchant,
                [rows[n] for n in chosen],
                [read[n] for n in chosen],
                [by_model[n] or read[n].polarity for n in chosen],
                source,
                version,
            )
    return len(rows)


def waiting(merchant: Merchant, version: str) -> QuerySet[Comment]:
    """Comments of readers without a label of this version and this text, corrected ones left out."""
    mine: QuerySet[Comment] = Comment.objects.for_merchant(merchant).filter(by_author=False)
    old = Q(label=None) | ~Q(label__version=version) | Q(label__stated_at__lt=F("stated_at"))
    return mine.filter(old).exclude(label__source=CommentLabel.Source.PERSON)


def _version(merchant: Merchant) -> str:
    """The words', and the learning's number where a model is used and may be."""
    if not is_allowed(merchant, Sensitive.TRAINING):
        return lexicon.VERSION
    latest = CommentLearning.objects.for_merchant(merchant).order_by("-id").first()
    used = latest and (latest.used or any(one["used"] for one in (latest.intents or {}).values()))
    return f"{lexicon.VERSION}+{latest.pk}" if latest and used else lexicon.VERSION


def _model(merchant: Merchant) -> learning.Model:
    """Learned from the latest correction of each comment; the same rows give the same model."""
    known = _latest(merchant)
    texts = [row.comment.text for row in known]
    truth = [Polarity(row.polarity) for row in known]
    rules = [label(row.comment.text, row.comment.note.buying_point).polarity for row in known]
    return learning.learn(texts, truth, rules)


def _intent_model(merchant: Merchant) -> learning.IntentModel:
    """The same of the intents, from the comments of which people told them."""
    known = _latest(merchant, intents__isnull=False)
    read = [label(row.comment.text, row.comment.note.buying_point).intents for row in known]
    truth = [frozenset(Intent(one) for one in row.intents or ()) for row in known]
    return learning.learn_intents([row.comment.text for row in known], truth, read)


def _latest(merchant: Merchant, **those: bool) -> list[LabelCorrection]:
    """The latest correction of each comment among those, in the order they were made."""
    rows = LabelCorrection.objects.for_merchant(merchant).filter(**those).select_related("comment__note")
    latest = rows.order_by("comment_id", "-id").distinct("comment_id")
    return sorted(latest, key=lambda row: row.pk)[-MOST:]


def _put(
    merchant: Merchant,
    comments: Sequence[Comment],
    read: Sequence[Label],
    polarities: Sequence[Polarity],
    source: str,
    version: str,
) -> None:
    CommentLabel.objects.bulk_create(
        [
            CommentLabel(
                merchant=merchant,
                comment=comment,
                polarity=polarity,
                intents=sorted(one.intents),
                speaks_of_self=one.speaks_of_self,
                echoes=one.echoes,
                because=list(one.because),
                source=source,
                version=version,
                stated_at=comment.stated_at,
            )
            for comment, one, polarity in zip(comments, read, polarities, strict=True)
        ],
        update_conflicts=True,
        unique_fields=["merchant", "comment"],
        update_fields=[
            "polarity", "intents", "speaks_of_self", "echoes", "because", "source", "version", "stated_at",
        ],
    )  # fmt: skip
