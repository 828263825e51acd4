"""The small model: learned from the merchant's corrections alone, used only where it beats the words (pure).

Character 1-3-grams and a logistic regression (scikit-learn), because seeding slang has no word boundaries a
segmenter knows. Judged by five-fold cross-validation on the corrected comments themselves, beside the rules
on the same comments.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from measurement.empathy.labels import Polarity, folded

LEAST = 60  # corrected comments before anything is learned
LEAST_OF_A_KIND = 8  # of the classes that take part: each fold must hold some
FOLDS = 5
SURE = 0.7  # below this the words decide


@dataclass(frozen=True, slots=True)
class Judged:
    """How rules and model did on ``n`` corrected comments; ``used`` when the model got more of them right."""

    n: int
    rules_right: int
    model_right: int | None
    used: bool


@dataclass(frozen=True, slots=True)
class Model:
    """``predict(texts)`` gives a polarity for each text, or None where the model is not sure."""

    judged: Judged
    predict: Callable[[Sequence[str]], list[Polarity | None]]


def learn(texts: Sequence[str], truth: Sequence[Polarity], rules: Sequence[Polarity]) -> Model:
    """A model of these corrections. ``rules`` is what the words said of the same texts. With too few
    corrections, or no more right than the rules, the model says nothing and the words go on deciding."""
    right = sum(said == true for said, true in zip(rules, truth, strict=True))
    kinds = {kind for kind, count in Counter(truth).items() if count >= LEAST_OF_A_KIND}
    kept = [n for n, true in enumerate(truth) if true in kinds]
    if len(kept) < LEAST or len(kinds) < 2:
        return Model(Judged(len(texts), right, None, used=False), _silent)
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    shown = [folded(texts[n]) for n in kept]
    wanted = [truth[n].value for n in kept]
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)  # the same rows give the same figure
    guessed = cross_val_predict(_pipeline(), shown, wanted, cv=folds, method="predict_proba")
    names = sorted(set(wanted))
    model_right = 0
    for row, n in zip(guessed, kept, strict=True):
        best = int(row.argmax())
        said = Polarity(names[best]) if row[best] >= SURE else rules[n]
        model_right += said == truth[n]
    model_right += sum(rules[n] == truth[n] for n in range(len(truth)) if n not in set(kept))
    used = model_right > right
    if not used:
        return Model(Judged(len(texts), right, model_right, used=False), _silent)
    fitted = _pipeline().fit(shown, wanted)
    return Model(Judged(len(texts), right, model_right, used=True), _predictor(fitted))


def _pipeline() -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    return make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True),
        LogisticRegression(C=10.0, max_iter=1000, class_weight="balanced"),
    )


def _predictor(fitted: Any) -> Callable[[Sequence[str]], list[Polarity | None]]:
    names = [Polarity(name) for name in fitted.classes_]

    def predict(texts: Sequence[str]) -> list[Polarity | None]:
        if not texts:
            return []
        rows = fitted.predict_proba([folded(text) for text in texts])
        return [names[int(row.argmax())] if row.max() >= SURE else None for row in rows]

    return predict


def _silent(texts: Sequence[str]) -> list[Polarity | None]:
    return [None] * len(texts)
