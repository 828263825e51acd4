"""The model learns from corrections alone, and only where it does better than the words."""

from __future__ import annotations

import pytest

from measurement.empathy.labels import Polarity, label
from measurement.empathy.learning import LEAST, learn

GOOD = ("这个蹲到了宝", "集美冲它", "冲冲冲", "蹲一个", "姐妹们冲", "蹲到宝了")
BAD = ("笑死谁信", "又来割韭菜", "割韭菜呢", "笑死", "谁信啊", "韭菜警告")
ENDINGS = ("", "！", "～", "哈", "了", "呀")


def corrected(times: int) -> tuple[list[str], list[Polarity]]:
    """Slang that no entry of the lexicon knows."""
    texts, truth = [], []
    for n in range(times):
        for words, polarity in ((GOOD, Polarity.POSITIVE), (BAD, Polarity.NEGATIVE)):
            texts.append(words[n % len(words)] + ENDINGS[n % len(ENDINGS)] * (n // len(words) % 3))
            truth.append(polarity)
    return texts, truth


def test_slang_that_the_words_miss_is_learned_from_corrections() -> None:
    texts, truth = corrected(40)
    rules = [label(text).polarity for text in texts]
    model = learn(texts, truth, rules)
    assert (model.judged.n, model.judged.rules_right, model.judged.used) == (80, 0, True)
    assert model.judged.model_right == 80
    assert model.predict(["集美们冲", "割韭菜"], [Polarity.NEUTRAL] * 2) == [
        Polarity.POSITIVE,
        Polarity.NEGATIVE,
    ]


def test_too_few_corrections_teach_nothing_and_say_so() -> None:
    texts, truth = corrected(LEAST // 2 - 1)
    model = learn(texts, truth, [Polarity.NEUTRAL] * len(texts))
    assert (model.judged.model_right, model.judged.used) == (None, False)
    assert model.predict(["冲"], [Polarity.NEUTRAL]) == [None]


def test_a_model_that_is_no_better_than_the_words_is_not_used() -> None:
    texts, truth = corrected(40)
    model = learn(texts, truth, truth)  # the words were right every time
    assert model.judged.used is False
    assert model.predict(["冲"], [Polarity.NEUTRAL]) == [None]


def test_what_the_words_read_stands_where_the_model_has_not_shown_that_it_reads_better() -> None:
    """It has learned slang that the words know nothing of; of complaints they do know it has seen none."""
    texts, truth = corrected(40)
    model = learn(texts, truth, [Polarity.NEUTRAL] * len(texts))
    assert model.predict(["集美冲它", "集美冲它"], [Polarity.NEUTRAL, Polarity.NEGATIVE]) == [
        Polarity.POSITIVE,
        None,
    ]


@pytest.mark.parametrize(("slips", "used"), [(4, False), (5, True)])
def test_a_few_comments_more_may_be_chance(slips: int, used: bool) -> None:
    """The words are wrong on so many of 80 comments that the model reads; five of five happen by chance in 3 %."""
    texts, truth = corrected(40)
    rules = [Polarity.QUESTION if n < slips else one for n, one in enumerate(truth)]
    judged = learn(texts, truth, rules).judged
    assert (judged.rules_right, judged.model_right, judged.used) == (80 - slips, 80, used)


def test_the_same_corrections_give_the_same_figures() -> None:
    texts, truth = corrected(40)
    rules = [Polarity.NEUTRAL] * len(texts)
    assert learn(texts, truth, rules).judged == learn(texts, truth, rules).judged
