"""The small model: learned from the merchant's corrections alone, used only where it beats the words (pure).

One model tells what a comment says, one for each intent whether it is there; each is judged by itself.

Character 1-3-grams and a logistic regression (scikit-learn), because seeding slang has no word boundaries a
segmenter knows. Judged by five-fold cross-validation on the corrected comments themselves, beside the rules
on the same comments.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from measurement.empathy.labels import Intent, Polarity, folded

LEAST = 60  # corrected comments before anything is learned
LEAST_OF_A_KIND = 8  # of the classes that take part: each fold must hold some
FOLDS = 5
SURE = 0.7  # below this the words decide


Intents = frozenset[Intent]


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


@dataclass(frozen=True, slots=True)
class IntentModel:
    """``predict(texts, read)`` puts the model's word for that of the words (``read``) where it is sure."""

    judged: Mapping[Intent, Judged]
    predict: Callable[[Sequence[str], Sequence[Intents]], list[Intents]]


_Kinds = Callable[[Sequence[str]], list[str | None]]
_YES, _NO = "yes", "no"


def learn(texts: Sequence[str], truth: Sequence[Polarity], rules: Sequence[Polarity]) -> Model:
    """A model of these corrections. ``rules`` is what the words said of the same texts. With too few
    corrections, or no more right than the rules, the model says nothing and the words go on deciding."""
    judged, told = _learn(texts, [one.value for one in truth], [one.value for one in rules])
    return Model(judged, lambda asked: [None if one is None else Polarity(one) for one in told(asked)])


def learn_intents(texts: Sequence[str], truth: Sequence[Intents], rules: Sequence[Intents]) -> IntentModel:
    """The same for each intent: whether a comment has it, against all comments whose intents were corrected."""
    known = {
        intent: _learn(texts, [_said(intent, one) for one in truth], [_said(intent, one) for one in rules])
        for intent in Intent
    }
    used = {intent: told for intent, (judged, told) in known.items() if judged.used}

    def predict(asked: Sequence[str], read: Sequence[Intents]) -> list[Intents]:
        found = [set(one) for one in read]
        for intent, told in used.items():
            for here, said in zip(found, told(asked), strict=True):
                if said is not None:
                    (here.add if said == _YES else here.discard)(intent)
        return [frozenset(one) for one in found]

    return IntentModel({intent: judged for intent, (judged, _) in known.items()}, predict)


def _said(intent: Intent, intents: Intents) -> str:
    return _YES if intent in intents else _NO


def _learn(texts: Sequence[str], truth: Sequence[str], rules: Sequence[str]) -> tuple[Judged, _Kinds]:
    right = sum(said == true for said, true in zip(rules, truth, strict=True))
    kinds = {kind for kind, count in Counter(truth).items() if count >= LEAST_OF_A_KIND}
    kept = [n for n, true in enumerate(truth) if true in kinds]
    if len(kept) < LEAST or len(kinds) < 2:
        return Judged(len(texts), right, None, used=False), _silent
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    shown = [folded(texts[n]) for n in kept]
    wanted = [truth[n] for n in kept]
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)  # the same rows give the same figure
    guessed = cross_val_predict(_pipeline(), shown, wanted, cv=folds, method="predict_proba")
    names = sorted(set(wanted))
    model_right = 0
    for row, n in zip(guessed, kept, strict=True):
        best = int(row.argmax())
        said = names[best] if row[best] >= SURE else rules[n]
        model_right += said == truth[n]
    model_right += sum(rules[n] == truth[n] for n in range(len(truth)) if n not in set(kept))
    used = model_right > right
    if not used:
        return Judged(len(texts), right, model_right, used=False), _silent
    fitted = _pipeline().fit(shown, wanted)
    return Judged(len(texts), right, model_right, used=True), _predictor(fitted)


def _pipeline() -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    return make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True),
        LogisticRegression(C=10.0, max_iter=1000, class_weight="balanced"),
    )


def _predictor(fitted: Any) -> _Kinds:
    names = [str(name) for name in fitted.classes_]

    def predict(texts: Sequence[str]) -> list[str | None]:
        if not texts:
            return []
        rows = fitted.predict_proba([folded(text) for text in texts])
        return [names[int(row.argmax())] if row.max() >= SURE else None for row in rows]

    return predict


def _silent(texts: Sequence[str]) -> list[str | None]:
    return [None] * len(texts)
