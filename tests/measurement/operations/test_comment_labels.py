"""Comments are labelled by words, corrected by people, and by what people taught."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from measurement.empathy.labels import Polarity
from measurement.empathy.parts import Part
from measurement.models import Comment, CommentLabel, CommentLearning, LabelCorrection
from measurement.operations import comment_labels, reported
from measurement.queries import empathy as reading
from measurement.reported.statements import CommentStatement
from measurement.reports import Dimension
from merchants.models import AuditEvent, Merchant
from merchants.periods import day_of, preset
from tests.measurement.world import World

NOW = timezone.now()
PERIOD = preset("28d", day_of(NOW))


def told(
    number: int, text: str, *, note: str = "n1", at_hour: int = 1, by_author: bool = False
) -> CommentStatement:
    return CommentStatement(
        stated_at=NOW + timedelta(hours=at_hour), note_id=note, external_id=f"c{number}", text=text,
        posted_at=NOW - timedelta(days=3), by_author=by_author,
    )  # fmt: skip


def put(merchant: Merchant, *rows: CommentStatement) -> None:
    reported.put_comments(merchant, rows, source="file", by="user:1")
    while comment_labels.label_waiting(merchant):
        pass


def says(merchant: Merchant) -> dict[str, tuple[str, str]]:
    rows = CommentLabel.objects.for_merchant(merchant).select_related("comment")
    return {row.comment.external_id: (row.polarity, row.source) for row in rows}


@pytest.fixture
def world(merchant: Merchant) -> World:
    made = World(merchant)
    note = made.note("n1")
    note.buying_point = "换季修护"
    note.save()
    return made


def test_every_comment_of_a_reader_is_labelled_once_and_the_authors_own_are_not(
    world: World, merchant: Merchant
) -> None:
    put(merchant, told(1, "真的好用"), told(2, "求链接"), told(3, "谢谢大家", by_author=True))
    assert says(merchant) == {"c1": ("positive", "words"), "c2": ("question", "words")}
    assert comment_labels.label_waiting(merchant) == 0


def test_a_text_that_changed_is_read_again(world: World, merchant: Merchant) -> None:
    put(merchant, told(1, "真的好用"))
    put(merchant, told(1, "避雷", at_hour=2))
    assert says(merchant) == {"c1": ("negative", "words")}


def test_what_a_person_says_stands_whatever_words_say_later(world: World, merchant: Merchant) -> None:
    put(merchant, told(1, "真的好用"))
    comment = Comment.objects.for_merchant(merchant).get()
    comment_labels.correct(merchant, comment, polarity=Polarity.NEGATIVE, by="user:7")
    put(merchant, told(1, "真的好用，推荐", at_hour=2))
    assert says(merchant) == {"c1": ("negative", "person")}
    row = LabelCorrection.objects.for_merchant(merchant).get()
    assert (row.said_before, row.polarity, row.by) == ("positive", "negative", "user:7")
    assert AuditEvent.objects.filter(act="measurement.label.corrected").count() == 1


def test_slang_is_learned_from_corrections_and_the_rest_is_labelled_anew(
    world: World, merchant: Merchant
) -> None:
    slang = [("集美冲它", Polarity.POSITIVE), ("又来割韭菜", Polarity.NEGATIVE)]
    rows = [told(n, slang[n % 2][0] + "！" * (n // 2 % 3)) for n in range(90)]
    put(merchant, *rows)
    assert set(says(merchant).values()) == {("neutral", "words")}
    for comment in Comment.objects.for_merchant(merchant).order_by("id")[:70]:
        polarity = Polarity.POSITIVE if "冲" in comment.text else Polarity.NEGATIVE
        comment_labels.correct(merchant, comment, polarity=polarity, by="user:7")
    learned = comment_labels.learn_if_due(merchant)
    assert learned is not None
    assert (learned.corrections, learned.rules_right, learned.model_right, learned.used) == (70, 0, 70, True)
    assert comment_labels.learn_if_due(merchant) is None
    while comment_labels.label_waiting(merchant):
        pass
    rest = {name: label for name, label in says(merchant).items() if label[1] == "model"}
    assert len(rest) == 20
    assert set(rest.values()) == {("positive", "model"), ("negative", "model")}
    assert CommentLearning.objects.for_merchant(merchant).count() == 1


def test_the_parts_of_a_note_are_counted_from_its_labels(world: World, merchant: Merchant) -> None:
    put(
        merchant,
        *[told(n, "真的好用，修护了") for n in range(30)],
        *[told(100 + n, "避雷") for n in range(10)],
        *[told(200 + n, "我也是，能用吗") for n in range(20)],
        told(300, "真的好用", note="n2"),
    )
    found = reading.empathy(merchant, PERIOD, Dimension.NOTE)
    assert [row.counts.comments for row in found.rows] == [60, 1]
    first = found.rows[0].parts
    assert first[Part.LIKED].value == 30 / 40
    assert first[Part.QUESTIONS].value == 20 / 60
    assert first[Part.SELF].value == 20 / 60
    assert first[Part.ECHO].value == 30 / 60
    assert first[Part.DEEP].value is None
    assert found.rows[1].parts[Part.LIKED].hidden
    assert found.total.parts[Part.LIKED].n == 41
    assert found.total.intents["warn"] == 10
