"""What people want, told by people: it stands, it is kept, it measures the words, and a model learns from it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from measurement.choices import Sensitive
from measurement.empathy.agreement import agreement
from measurement.empathy.labels import Intent, Polarity, label
from measurement.empathy.learning import LEAST, learn_intents
from measurement.models import Comment, CommentLabel, CommentLearning, LabelCorrection
from measurement.operations import comment_labels
from measurement.queries import empathy as reading
from measurement.reports import Dimension
from merchants.models import AuditEvent, Merchant
from merchants.periods import day_of, preset
from tests.conftest import make_member
from tests.measurement.world import World

NOW = timezone.now()
PERIOD = preset("28d", day_of(NOW))
LINK, PRICE, NONE = frozenset({Intent.ASK_LINK}), frozenset({Intent.ASK_PRICE}), frozenset[Intent]()
SLANG = (
    "蹲一个同款",
    "蹲蹲同款",
    "同款蹲",
    "蹲同款呀",
)  # asks where to buy, which no entry of the lexicon knows
TALK = ("今天天气不错", "路过看看", "哈哈哈哈", "第一次来")


@pytest.fixture
def note(merchant: Merchant):
    return World(merchant).note("Winter repair")


def comment(merchant: Merchant, note, number: int, text: str) -> Comment:
    return Comment.objects.create(
        merchant=merchant, note=note, external_id=f"c{number}", text=text, posted_at=NOW - timedelta(days=3),
        stated_at=NOW - timedelta(days=3),
    )  # fmt: skip


def read_all(merchant: Merchant) -> None:
    while comment_labels.label_waiting(merchant):
        pass


def correct(merchant: Merchant, row: Comment, intents: frozenset[Intent] | None, polarity: str = "question"):
    return comment_labels.correct(merchant, row, polarity=Polarity(polarity), intents=intents, by="user:7")


# -- pure


def test_agreement_is_counted_by_intent_with_its_n():
    people = [LINK, LINK, LINK, NONE, PRICE]
    words = [LINK, LINK, NONE, LINK, NONE]
    found = agreement(people, words, least=1)
    link, price, warn = (found[one] for one in (Intent.ASK_LINK, Intent.ASK_PRICE, Intent.WARN))
    assert (link.n, link.agreed) == (5, 3)
    assert (link.precision.n, link.precision.value, link.found.n, link.found.value) == (3, 2 / 3, 3, 2 / 3)
    assert (price.agreed, price.precision.value, price.found.value) == (4, None, 0)
    assert (warn.agreed, warn.precision.n, warn.found.n) == (5, 0, 0)


def test_below_a_minimum_a_share_is_hidden_and_its_n_is_said():
    found = agreement([LINK] * 29, [LINK] * 29)[Intent.ASK_LINK]
    assert (found.agreed, found.precision.hidden, found.precision.n) == (29, True, 29)


def corrected(times: int):
    texts = [(SLANG if n % 2 else TALK)[n // 2 % 4] + "～" * (n // 8 % 3) for n in range(times)]
    truth = [LINK if n % 2 else NONE for n in range(times)]
    return texts, truth, [label(text).intents for text in texts]


def test_an_intent_that_the_words_miss_is_learned_and_the_others_stay_with_the_words():
    model = learn_intents(*corrected(80))
    link = model.judged[Intent.ASK_LINK]
    assert (link.n, link.rules_right, link.model_right, link.used) == (80, 40, 80, True)
    assert not model.judged[Intent.WARN].used
    told = model.predict(["蹲个同款", "哈哈哈", "路过"], [NONE, PRICE, LINK])
    assert told == [
        LINK,
        PRICE,
        LINK,
    ]  # of comments that the words read as asking for a link it was shown none


def test_too_few_teach_nothing():
    model = learn_intents(*corrected(LEAST - 2))
    assert {one.model_right for one in model.judged.values()} == {None}
    assert model.predict(["蹲一个同款"], [NONE]) == [NONE]


# -- kept


def test_what_a_person_tells_stands_and_is_kept_with_who_and_what_was_before(merchant, note):
    row = comment(merchant, note, 1, "求链接")
    read_all(merchant)
    correct(merchant, row, PRICE)
    assert CommentLabel.objects.get(comment=row).intents == ["ask_price"]
    kept = LabelCorrection.objects.get()
    assert (kept.intents, kept.intents_before, kept.intents_read) == (
        ["ask_price"],
        ["ask_link"],
        ["ask_link"],
    )
    assert (kept.by, kept.at is not None) == ("user:7", True)
    assert AuditEvent.objects.get(act="measurement.label.corrected").data["intents"] == ["ask_price"]
    correct(merchant, row, None, "negative")  # of the intents nothing is said
    told = CommentLabel.objects.get(comment=row)
    assert (told.polarity, told.intents) == ("negative", ["ask_price"])
    correct(merchant, row, NONE)
    assert CommentLabel.objects.get(comment=row).intents == []


def test_of_a_past_day_the_intents_are_those_of_then(merchant, note):
    row = comment(merchant, note, 1, "求链接")
    read_all(merchant)
    for intents, days in ((PRICE, 2), (NONE, 1)):
        made = correct(merchant, row, intents)
        LabelCorrection.objects.filter(pk=made.pk).update(at=NOW - timedelta(days=days))
    told = []
    for days in (3, 2, 1):
        as_of = day_of(NOW) - timedelta(days=days)
        found = reading.empathy(merchant, PERIOD, Dimension.NOTE, as_of=as_of)
        wanted = reading.examples(merchant, PERIOD, Dimension.NOTE, "", as_of=as_of).get().wanted
        told.append(({name: n for name, n in found.total.intents.items() if n}, wanted))
        assert found.agreement[Intent.ASK_LINK].n == (0 if days == 3 else 1)
    assert told == [({"ask_link": 1}, ["ask_link"]), ({"ask_price": 1}, ["ask_price"]), ({}, [])]


# -- learned


@pytest.fixture
def taught(merchant: Merchant, note) -> list[Comment]:
    """70 of 90 comments corrected; what they say is known to the words, what they want is not."""
    texts, truth, _ = corrected(90)
    rows = [comment(merchant, note, n, text) for n, text in enumerate(texts)]
    read_all(merchant)
    for row, intents in list(zip(rows, truth, strict=True))[:70]:
        correct(merchant, row, intents, "neutral")
    return rows[70:]


def test_a_model_learns_the_intents_and_reads_the_rest_anew(merchant, taught):
    learned = comment_labels.learn_if_due(merchant)
    assert learned is not None
    assert learned.intents["ask_link"] == {"n": 70, "rules_right": 35, "model_right": 70, "used": True}
    assert not learned.used
    read_all(merchant)
    wanted = [CommentLabel.objects.get(comment=row).intents for row in taught]
    assert wanted == [["ask_link"] if n % 2 else [] for n in range(20)]
    assert {label.polarity for label in CommentLabel.objects.filter(comment__in=taught)} == {"neutral"}


def test_in_a_sensitive_trade_nothing_is_learned_until_it_is_allowed(merchant, taught, monkeypatch):
    monkeypatch.setattr(comment_labels, "is_allowed", lambda _merchant, use: use != Sensitive.TRAINING)
    assert comment_labels.learn_if_due(merchant) is None
    assert not CommentLearning.objects.exists()


# -- pages


@pytest.fixture
def desk(client: Client, merchant: Merchant) -> Client:
    client.force_login(make_member(merchant, "marketing"))
    client.cookies["django_language"] = "en"
    return client


def test_a_person_ticks_what_a_comment_wants(desk, merchant, note):
    row = comment(merchant, note, 1, "求链接")
    read_all(merchant)
    page = reverse("measurement:comments", args=[merchant.code])
    assert 'name="intent" value="ask_link" checked' in desk.get(page).content.decode()
    where = reverse("measurement:correct_label", args=[merchant.code, row.pk])
    form = {"polarity": "question", "intents": "told", "next": page}
    desk.post(where, {**form, "intent": ["ask_price", "compare"]})
    assert CommentLabel.objects.get(comment=row).intents == ["ask_price", "compare"]
    desk.post(where, {**form, "intent": ["ask_price", "moon"]})
    assert "There is no such intent; nothing was corrected." in desk.get(page).content.decode()
    assert LabelCorrection.objects.count() == 1
    desk.post(where, form)
    assert CommentLabel.objects.get(comment=row).intents == []


def test_the_page_says_how_well_the_words_find_each_intent(desk, merchant, note):
    page = reverse("measurement:empathy", args=[merchant.code])
    rows = [comment(merchant, note, n, "求链接") for n in range(40)]
    read_all(merchant)
    assert "How well the words find it" not in desk.get(page).content.decode()
    for n, row in enumerate(rows):
        correct(merchant, row, LINK if n < 30 else PRICE)
    said = " ".join(desk.get(page).content.decode().split())
    assert 'asks where to buy</th><td class="num">30 of 40</td><td class="num">75%' in said
    assert 'asks the price</th><td class="num">30 of 40</td>' in said
    assert "by words" in said
