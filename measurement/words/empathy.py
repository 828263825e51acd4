"""Names around empathy."""

from __future__ import annotations

from typing import Any

from django.utils.translation import pgettext_lazy

from measurement.empathy.labels import Intent, Polarity
from measurement.models import CommentLabel
from measurement.reports import Dimension
from measurement.words import DIMENSIONS

POLARITIES: dict[str, Any] = {
    Polarity.POSITIVE: pgettext_lazy("comment", "Positive"),
    Polarity.NEGATIVE: pgettext_lazy("comment", "Negative"),
    Polarity.QUESTION: pgettext_lazy("comment", "Question"),
    Polarity.NEUTRAL: pgettext_lazy("comment", "Neutral"),
}
INTENTS: dict[str, Any] = {
    Intent.ASK_LINK: pgettext_lazy("comment", "asks where to buy"),
    Intent.ASK_PRICE: pgettext_lazy("comment", "asks the price"),
    Intent.ASK_FIT: pgettext_lazy("comment", "asks whether it fits"),
    Intent.BOUGHT: pgettext_lazy("comment", "has bought"),
    Intent.REBOUGHT: pgettext_lazy("comment", "buys again"),
    Intent.WARN: pgettext_lazy("comment", "warns others"),
    Intent.COMPLAIN: pgettext_lazy("comment", "complains"),
    Intent.COMPARE: pgettext_lazy("comment", "compares"),
}
SOURCES: dict[str, Any] = {
    CommentLabel.Source.WORDS: pgettext_lazy("label", "by words"),
    CommentLabel.Source.MODEL: pgettext_lazy("label", "by the model"),
    CommentLabel.Source.PERSON: pgettext_lazy("label", "by a person"),
}
ROWS: dict[str, Any] = {one: DIMENSIONS[one] for one in (Dimension.NOTE, Dimension.BLOGGER, Dimension.SPU)}
