"""What a comment says: the words of seeding slang, hand-made sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measurement.empathy.labels import Intent, Polarity, label


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("绝绝子！第二瓶了", Polarity.POSITIVE),
        ("真的好用，吸收快", Polarity.POSITIVE),
        ("跟着买不踩雷", Polarity.POSITIVE),
        ("用了一周没有闷痘", Polarity.POSITIVE),
        ("避雷！用完烂脸", Polarity.NEGATIVE),
        ("不好用，搓泥", Polarity.NEGATIVE),
        ("拔草了，智商税", Polarity.NEGATIVE),
        ("没有效果好失望", Polarity.NEGATIVE),
        ("敏感肌能用吗", Polarity.QUESTION),
        ("会闷痘吗？", Polarity.QUESTION),
        ("求链接", Polarity.QUESTION),
        ("多少钱呀", Polarity.QUESTION),
        ("今天天气不错", Polarity.NEUTRAL),
        ("路过", Polarity.NEUTRAL),
        ("", Polarity.NEUTRAL),
        ("Love it, works great", Polarity.POSITIVE),
        ("Do not buy, it broke me out", Polarity.NEGATIVE),
        ("How much is it?", Polarity.QUESTION),
    ],
)
def test_questions_come_first_then_praise_and_blame(text: str, polarity: Polarity) -> None:
    assert label(text).polarity == polarity


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("求链接，多少钱", {Intent.ASK_LINK, Intent.ASK_PRICE}),
        ("干皮能用吗", {Intent.ASK_FIT}),
        ("已下单，等到货", {Intent.BOUGHT}),
        ("空瓶无限回购", {Intent.REBOUGHT}),
        ("避雷，闷痘", {Intent.WARN, Intent.COMPLAIN}),
        ("不会闷痘", set()),
        ("和平替哪个好", {Intent.COMPARE}),
    ],
)
def test_intents_are_read_by_their_words(text: str, intents: set[Intent]) -> None:
    assert label(text).intents == intents


def test_a_label_names_the_words_that_decided() -> None:
    assert label("避雷，闷痘").because == ("避雷", "闷痘", "闷痘", "避雷")


def test_self_and_echo_are_seen() -> None:
    told = label("我也是换季泛红，真的修护屏障", buying_point="换季修护，屏障稳定")
    assert told.speaks_of_self
    assert told.echoes
    assert not label("好看", buying_point="换季修护").echoes
    assert not label("好看").echoes
    assert label("barrier is back", buying_point="repairs the barrier").echoes


@given(st.text(max_size=200), st.text(max_size=40))
def test_any_text_has_one_label_and_the_same_each_time(text: str, point: str) -> None:
    assert label(text, point) == label(text, point)
    if label(text).polarity == Polarity.QUESTION:
        assert not label(text).intents & {Intent.BOUGHT, Intent.WARN, Intent.COMPLAIN}
