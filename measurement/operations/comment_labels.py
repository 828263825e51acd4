"""Labels of comments: by words at once, by people when they disagree, by what people taught afterwards.

Work is found, not remembered: a comment without a label of the present version, or with one of a former text,
waits. So a worker may be killed anywhere and any number may run.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import F, Q, QuerySet

from measurement.choices import Sensitive
from measurement.empathy import learning, lexicon
from measurement.empathy.labels import Label, Polarity, label
from measurement.models import Comment, CommentLabel, CommentLearning, LabelCorrection
from measurement.queries.keeping import is_allowed
from merchants import audit, tenancy
from merchants.background import wake
from merchants.models import Merchant

BATCH = 1_000
MOST = 5_000  # corrections that are learned from, the latest
STEP = 20  # corrections after which it is learned anew


def correct(merchant: Merchant, comment: Comment, *, polarity: Polarity, by: str) -> LabelCorrection:
    """Lets a person say what a comment says; it stands at once, and the model learns from it later."""
    with tenancy.acting_for(merchant):
        former = CommentLabel.objects.for_merchant(merchant).filter(comment=comment).first()
        row: LabelCorrection = LabelCorrection.objects.create(
            merchant=merchant,
            comment=comment,
            polarity=polarity,
            said_before=former.polarity if former else "",
            by=by,
        )
        read = label(comment.text, comment.note.buying_point)
        _put(merchant, [comment], [read], [polarity], CommentLabel.Source.PERSON, _version(merchant))
        audit.record(merchant, "measurement.label.corrected", by=by, on=comment, polarity=polarity)
        wake("measurement.label_comments", merchant_id=merchant.pk)
    return row


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
        row: CommentLearning = CommentLearning.objects.create(
            merchant=merchant,
            corrections=count,
            rules_right=judged.rules_right,
            model_right=judged.model_right,
            used=judged.used,
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
        said = _model(merchant).predict([row.text for row in rows]) if version != lexicon.VERSION else None
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
    return f"{lexicon.VERSION}+{latest.pk}" if latest and latest.used else lexicon.VERSION


def _model(merchant: Merchant) -> learning.Model:
    """Learned from the latest correction of each comment; the same rows give the same model."""
    rows = LabelCorrection.objects.for_merchant(merchant).select_related("comment__note")
    latest = rows.order_by("comment_id", "-id").distinct("comment_id")
    known = sorted(latest, key=lambda row: row.pk)[-MOST:]
    texts = [row.comment.text for row in known]
    truth = [Polarity(row.polarity) for row in known]
    rules = [label(row.comment.text, row.comment.note.buying_point).polarity for row in known]
    return learning.learn(texts, truth, rules)


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
