"""Empathy as of a past day: comments stated by then, as people had corrected them by then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from measurement.empathy.parts import Part
from measurement.models import Comment, CommentLabel, CommentLearning, LabelCorrection
from measurement.operations import comment_labels, tallies
from measurement.queries import empathy
from measurement.reports import Dimension
from merchants.models import Merchant
from merchants.periods import Period
from tests.measurement.world import World, at

OCTOBER = Period(date(2026, 10, 1), date(2026, 11, 1))


@pytest.fixture
def world(merchant: Merchant) -> World:
    made = World(merchant)
    for number in range(35):
        comment(made, f"early {number}", "真的好用", "2026-10-08")
    made.touch("ann", "2026-10-05", "Repair")
    tallies.rebuild(merchant)
    tallies.drain(merchant)
    return made


def comment(world: World, name: str, words: str, stated: str, posted: str = "2026-10-07") -> Comment:
    row = Comment.objects.create(
        merchant=world.merchant, note=world.note("Repair"), external_id=name, text=words, posted_at=at(posted),
        stated_at=at(stated),
    )  # fmt: skip
    comment_labels.label_waiting(world.merchant)
    return row


def correct(world: World, row: Comment, polarity: str, day: str) -> None:
    made = comment_labels.correct(world.merchant, row, polarity=polarity, by="user:1")
    LabelCorrection.objects.filter(pk=made.pk).update(at=at(day))


def then(world: World, day: str | None) -> empathy.Empathy:
    as_of = date.fromisoformat(day) if day else None
    return empathy.empathy(world.merchant, OCTOBER, Dimension.NOTE, as_of=as_of)


def test_a_comment_that_came_later_is_not_in_and_is_counted_as_left_out(world):
    comment(world, "late", "真的好用", "2026-10-20")
    comment(world, "newer", "真的好用", "2026-10-20", posted="2026-10-19")
    told = [then(world, day) for day in ("2026-10-07", "2026-10-08", "2026-10-19", "2026-10-20", None)]
    assert [(one.labelled, one.left_out) for one in told] == [(0, 36), (35, 1), (35, 2), (37, 0), (37, 0)]


def test_a_comment_that_was_changed_since_is_left_out_because_its_former_words_are_not_kept(world):
    row = Comment.objects.get(external_id="early 3")
    row.text, row.stated_at = "踩雷了", at("2026-10-22")
    row.save()
    while comment_labels.label_waiting(world.merchant):
        pass
    past, now = then(world, "2026-10-21"), then(world, None)
    assert (past.labelled, past.left_out, past.total.counts.negative) == (34, 1, 0)
    assert (now.labelled, now.left_out, now.total.counts.negative) == (35, 0, 1)


def test_a_correction_counts_from_its_day_on(world):
    """Positive by the words; a question from the 12th on, blame from the 15th on."""
    row = Comment.objects.get(external_id="early 0")
    correct(world, row, "question", "2026-10-12")
    correct(world, row, "negative", "2026-10-15")
    counts = [then(world, f"2026-10-{day}").total.counts for day in (11, 12, 14, 15)]
    assert [(one.positive, one.questions, one.negative) for one in counts] == [
        (35, 0, 0), (34, 1, 0), (34, 1, 0), (34, 0, 1),
    ]  # fmt: skip
    assert counts[-1] == replace(then(world, None).total.counts, reads=None, deep_acts=None)
    assert [then(world, f"2026-10-{day}").corrections for day in (11, 12)] == [0, 1]


def test_the_list_of_comments_says_what_each_said_then_and_adds_up_to_the_figure(world):
    row = Comment.objects.get(external_id="early 0")
    correct(world, row, "question", "2026-10-12")
    for day, positive, questions in ((date(2026, 10, 11), 35, 0), (date(2026, 10, 12), 34, 1)):
        counts = then(world, day.isoformat()).total.counts
        listed = {
            polarity: list(empathy.examples(world.merchant, OCTOBER, Dimension.NOTE, "", polarity, as_of=day))
            for polarity in ("positive", "question")
        }
        assert (len(listed["positive"]), len(listed["question"])) == (positive, questions)
        assert (counts.positive, counts.questions) == (positive, questions)
        assert {label.said for label in listed["question"]} <= {"question"}


def test_deep_engagement_is_unknown_of_a_past_day(world):
    now, past = then(world, None).total, then(world, "2026-10-20").total
    assert (now.counts.reads, past.counts.reads, past.parts[Part.DEEP].value) == (1, None, None)


def test_what_was_learned_later_is_not_said_of_that_day(world, merchant):
    made = CommentLearning.objects.create(
        merchant=merchant, corrections=60, rules_right=50, model_right=55, used=True
    )
    CommentLearning.objects.filter(pk=made.pk).update(learned_at=at("2026-10-20"))
    assert [then(world, f"2026-10-{day}").learning for day in (19, 20)] == [None, made]
    assert CommentLabel.objects.for_merchant(merchant).count() == 35
