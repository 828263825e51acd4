"""The pages of empathy: parts, comments, corrections."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from measurement.models import Comment, CommentLabel
from measurement.operations import comment_labels
from merchants.models import Merchant
from tests.conftest import make_member
from tests.measurement.world import World

NOW = timezone.now()


@pytest.fixture
def comments(merchant: Merchant) -> list[Comment]:
    note = World(merchant).note("Winter repair")
    rows = [
        Comment.objects.create(
            merchant=merchant, note=note, external_id=f"c{n}", text="真的好用" if n % 4 else "求链接",
            posted_at=NOW - timedelta(days=2), stated_at=NOW,
        )
        for n in range(40)
    ]  # fmt: skip
    while comment_labels.label_waiting(merchant):
        pass
    return rows


def page(client: Client, merchant: Merchant, name: str, **query: str) -> str:
    return client.get(reverse(f"measurement:{name}", args=[merchant.code]), query).content.decode()


def enter(client: Client, merchant: Merchant, role: str) -> None:
    client.force_login(make_member(merchant, role))
    client.cookies["django_language"] = "en"


def test_the_page_says_what_comments_say_with_n_and_interval(
    client: Client, merchant: Merchant, comments: list[Comment]
) -> None:
    enter(client, merchant, "viewer")
    told = page(client, merchant, "empathy")
    assert "25 % of 40 comments ask something." in told
    assert "praise (95 %: 89 to 100 %)" in told
    assert "Winter repair" in told
    for by in ("blogger", "spu", "campaign"):
        assert "40" in page(client, merchant, "empathy", by=by)


def test_without_comments_the_page_says_what_would_fill_it(client: Client, merchant: Merchant) -> None:
    enter(client, merchant, "viewer")
    assert "No comments in this period" in page(client, merchant, "empathy")


def test_a_person_corrects_a_label_and_a_viewer_may_not(
    client: Client, merchant: Merchant, comments: list[Comment]
) -> None:
    enter(client, merchant, "marketing")
    assert "求链接" in page(client, merchant, "comments", says="question")
    assert "真的好用" not in page(client, merchant, "comments", says="question")
    where = reverse("measurement:correct_label", args=[merchant.code, comments[0].pk])
    here = reverse("measurement:comments", args=[merchant.code])
    answer = client.post(where, {"polarity": "neutral", "next": here})
    assert answer.headers["Location"] == here
    assert CommentLabel.objects.get(comment=comments[0]).polarity == "neutral"
    assert (
        client.post(where, {"polarity": "neutral", "next": "https://elsewhere.example/"})
        .headers["Location"]
        .startswith("/m/")
    )
    client.post(where, {"polarity": "splendid", "next": here})
    assert CommentLabel.objects.get(comment=comments[0]).polarity == "neutral"
    enter(client, merchant, "viewer")
    assert client.post(where, {"polarity": "positive"}).status_code == 403
