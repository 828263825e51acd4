"""The small model: learned from the merchant's corrections alone, used only where it beats the words (pure).

One model tells what a comment says, one for each intent whether it is there; each is judged by itself.

Character 1-3-grams and a logistic regression (scikit-learn), because seeding slang has no word boundaries a
segmenter knows. Judged by five-fold cross-validation on the corrected comments themselves, beside the rules
on the same comments, for each word of the rules by itself: a model that knows slang of which the rules say nothing has
shown nothing about comments that they do read. It is used where it was right more often than chance would have it by an
exact sign test of the comments on which the two differ (McNemar, Psychometrika 12, 1947).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import comb
from typing import Any

from measurement.empathy.labels import Intent, Polarity, folded

LEAST = 60  # corrected comments before anything is learned
LEAST_OF_A_KIND = 8  # of the classes that take part: each fold must hold some
FOLDS = 5
SURE = 0.7  # below this the words decide
ONE_IN = 20  # a model that is no better passes at most so often

Intents = frozenset[Intent]


@dataclass(frozen=True, slots=True)
class Judged:
    """How rules and model did on ``n`` corrected comments; ``used`` where it got more of them right than by chance.
    ``model_right`` is with its word there, or, where it is used nowhere, with its word everywhere."""

    n: int
    rules_right: int
    model_right: int | None
    used: bool


@dataclass(frozen=True, slots=True)
class Model:
    """``predict(texts, read)`` gives a polarity for each text of which the words say ``read``, or None where the words
    decide."""

    judged: Judged
    predict: Callable[[Sequence[str], Sequence[Polarity]], list[Polarity | None]]


@dataclass(frozen=True, slots=True)
class IntentModel:
    """``predict(texts, read)`` puts the model's word for that of the words (``read``) where it is sure."""

    judged: Mapping[Intent, Judged]
    predict: Callable[[Sequence[str], Sequence[Intents]], list[Intents]]


_Kinds = Callable[[Sequence[str], Sequence[str]], list[str | None]]
_YES, _NO = "yes", "no"


def learn(texts: Sequence[str], truth: Sequence[Polarity], rules: Sequence[Polarity]) -> Model:
    """A model of these corrections. ``rules`` is what the words said of the same texts. With too few
    corrections, or no more right than the rules, the model says nothing and the words go on deciding."""
    judged, told = _learn(texts, [one.value for one in truth], [one.value for one in rules])

    def predict(asked: Sequence[str], read: Sequence[Polarity]) -> list[Polarity | None]:
        return [None if one is None else Polarity(one) for one in told(asked, [said.value for said in read])]

    return Model(judged, predict)


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
            words = [_said(intent, one) for one in read]
            for here, said in zip(found, told(asked, words), strict=True):
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
    said = list(rules)
    for row, n in zip(guessed, kept, strict=True):
        best = int(row.argmax())
        said[n] = names[best] if row[best] >= SURE else rules[n]
    trusted = {word for word in set(rules) if _is_better(word, truth, rules, said)}
    if not trusted:
        model_right = sum(map(str.__eq__, said, truth))
        return Judged(len(texts), right, model_right, used=False), _silent
    together = [one if word in trusted else word for one, word in zip(said, rules, strict=True)]
    fitted = _pipeline().fit(shown, wanted)
    return Judged(len(texts), right, sum(map(str.__eq__, together, truth)), used=True), _predictor(
        fitted, trusted
    )


def _is_better(word: str, truth: Sequence[str], rules: Sequence[str], said: Sequence[str]) -> bool:
    """Whether the model is right more often than by chance where the rules say ``word`` and it says another."""
    differ = [n for n, one in enumerate(rules) if one == word and said[n] != one]
    gained = sum(said[n] == truth[n] for n in differ)
    lost = sum(rules[n] == truth[n] for n in differ)
    told = gained + lost
    return ONE_IN * sum(comb(told, k) for k in range(gained, told + 1)) < 1 << told


def _pipeline() -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    return make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True),
        LogisticRegression(C=10.0, max_iter=1000, class_weight="balanced"),
    )


def _predictor(fitted: Any, trusted: set[str]) -> _Kinds:
    names = [str(name) for name in fitted.classes_]

    def predict(texts: Sequence[str], read: Sequence[str]) -> list[str | None]:
        if not texts:
            return []
        rows = fitted.predict_proba([folded(text) for text in texts])
        return [
            names[int(row.argmax())] if word in trusted and row.max() >= SURE else None
            for row, word in zip(rows, read, strict=True)
        ]

    return predict


def _silent(texts: Sequence[str], _read: Sequence[str]) -> list[str | None]:
    return [None] * len(texts)
