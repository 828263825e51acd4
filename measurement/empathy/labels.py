"""What one comment says: questions apart first, then praise and blame by words, with the words that tell it.

(pure) The order matters more than any single list: "会闷痘吗" asks, it does not complain.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from measurement.empathy import lexicon


class Polarity(StrEnum):
    POSITIVE = "positive"
    NEGATIVE = "negative"
    QUESTION = "question"
    NEUTRAL = "neutral"


class Intent(StrEnum):
    ASK_LINK = "ask_link"
    ASK_PRICE = "ask_price"
    ASK_FIT = "ask_fit"
    BOUGHT = "bought"
    REBOUGHT = "rebought"
    WARN = "warn"
    COMPLAIN = "complain"
    COMPARE = "compare"


@dataclass(frozen=True, slots=True)
class Label:
    """``because`` are the entries of the lexicon that decided, in the order they were found."""

    polarity: Polarity
    intents: frozenset[Intent] = frozenset()
    speaks_of_self: bool = False
    echoes: bool = False
    because: tuple[str, ...] = ()


_ASKS = (
    (Intent.ASK_LINK, lexicon.ASK_LINK),
    (Intent.ASK_PRICE, lexicon.ASK_PRICE),
    (Intent.ASK_FIT, lexicon.ASK_FIT),
)
_TELLS = (
    (Intent.BOUGHT, lexicon.BOUGHT),
    (Intent.REBOUGHT, lexicon.REBOUGHT),
    (Intent.WARN, lexicon.WARN),
    (Intent.COMPLAIN, lexicon.COMPLAIN),
)


def folded(text: str) -> str:
    """Text as it is matched: full width, case and doubled spaces do not matter."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def label(text: str, buying_point: str = "") -> Label:
    """The label of a comment by the lexicon. ``buying_point`` is what the note says of the product; a comment
    that repeats a part of it of two characters or more echoes it."""
    told = folded(text)
    asks = {intent: found for intent, words in _ASKS if (found := _first(told, words))}
    asking = bool(asks) or told.endswith(("?", "吗", "么")) or bool(_first(told, lexicon.QUESTION_SIGNS))
    tells = {} if asking else {intent: found for intent, words in _TELLS if (found := _standing(told, words))}
    intents = {*asks, *tells}
    if asking and _first(told, lexicon.COMPARE[1:4]):
        intents.add(Intent.COMPARE)
    polarity, because = _polarity(told, asking, tells)
    return Label(
        polarity=polarity,
        intents=frozenset(intents),
        speaks_of_self=bool(_first(told, lexicon.SELF)),
        echoes=_echoes(told, folded(buying_point)),
        because=(*asks.values(), *tells.values(), *because),
    )


def _polarity(told: str, asking: bool, tells: dict[Intent, str]) -> tuple[Polarity, tuple[str, ...]]:
    """Questions are apart; of praise and blame the larger number of words wins, blame where they are equal."""
    if asking:
        return Polarity.QUESTION, ()
    praise, turned = _sides(told, lexicon.PRAISE)
    blame, relief = _sides(told, (*lexicon.COMPLAIN, *lexicon.WARN))
    good = [*praise, *relief] + [found for intent, found in tells.items() if intent == Intent.REBOUGHT]
    bad = [*blame, *turned]
    if not good and not bad:
        return Polarity.NEUTRAL, ()
    return (Polarity.POSITIVE, tuple(good)) if len(good) > len(bad) else (Polarity.NEGATIVE, tuple(bad))


def _sides(told: str, words: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """(words that stand, words that a negation turns over)."""
    stand: list[str] = []
    turned: list[str] = []
    for word in words:
        at = told.find(word)
        if at < 0 or _inside_longer(told, at, word):
            continue
        (turned if _negated(told, at) else stand).append(word)
    return stand, turned


def _inside_longer(told: str, at: int, word: str) -> bool:
    """Whether a longer entry of the lexicon covers this word there: "不踩雷" is praise, not "踩雷"."""
    for longer in (*lexicon.PRAISE, *lexicon.COMPLAIN, *lexicon.WARN):
        if len(longer) > len(word) and word in longer:
            start = told.find(longer)
            if 0 <= start <= at and at + len(word) <= start + len(longer):
                return True
    return False


def _negated(told: str, at: int) -> bool:
    before = told[:at]
    return any(before.endswith(sign) for sign in lexicon.NEGATIONS)


def _standing(told: str, words: tuple[str, ...]) -> str:
    """The first word that stands and is not turned over."""
    stand, _turned = _sides(told, words)
    return stand[0] if stand else ""


def _first(told: str, words: tuple[str, ...]) -> str:
    return next((word for word in words if word in told), "")


def _echoes(told: str, point: str) -> bool:
    """Whether two neighbouring characters (or a word of four letters) of the buying point come back."""
    if not point:
        return False
    if point.isascii():
        return any(len(word) >= 4 and word in told for word in point.split())
    letters = [letter if letter.isalnum() else " " for letter in point]
    pairs = ("".join(letters[n : n + 2]) for n in range(len(letters) - 1))
    return any(" " not in pair and pair in told for pair in pairs)
