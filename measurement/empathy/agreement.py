"""How well the words find what people want, by what people said when they corrected (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from measurement.empathy.labels import Intent
from measurement.empathy.learning import Intents
from measurement.empathy.parts import LEAST, Share, share


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of ``n`` comments whose intents people told: ``agreed`` have or have not the intent in both eyes.
    ``precision``: of those that the words give it, the share that people do; ``found``: of those that people
    give it, the share that the words do."""

    n: int
    agreed: int
    precision: Share
    found: Share


def agreement(
    people: Sequence[Intents], words: Sequence[Intents], least: int = LEAST
) -> Mapping[Intent, Agreement]:
    """For each intent; ``people`` and ``words`` are of the same comments."""
    pairs = list(zip(people, words, strict=True))
    return {intent: _of(intent, pairs, least) for intent in Intent}


def _of(intent: Intent, pairs: Sequence[tuple[Intents, Intents]], least: int) -> Agreement:
    meant = sum(intent in people for people, _ in pairs)
    said = sum(intent in words for _, words in pairs)
    both = sum(intent in people and intent in words for people, words in pairs)
    agreed = len(pairs) - meant - said + 2 * both
    return Agreement(len(pairs), agreed, share(both, said, least), share(both, meant, least))
