"""One plain sentence says where in the journeys a row stands."""

from __future__ import annotations

import pytest
from django.utils import translation

from measurement import takeaways
from measurement.reports import Row

FIVE = {"first": 100, "last": 100, "linear": 100, "position": 100, "decay": 100}


@pytest.mark.parametrize(
    ("shares", "sentence"),
    [
        ({}, ""),
        ({"last": 109}, "All models agree within 10 %."),
        ({"first": 200}, "Opens journeys: buyers often met the product here first."),
        ({"first": 150, "position": 200}, "Opens journeys: buyers often met the product here first."),
        ({"last": 200}, "Closes journeys: it is often the last thing seen before the order."),
        ({"last": 150, "decay": 200}, "Closes journeys: it is often the last thing seen before the order."),
        ({"linear": 200}, "Stands in the middle: seldom the first or the last touch before an order."),
        ({"decay": 200}, "Stands in the middle: seldom the first or the last touch before an order."),
        (
            {"markov": 200},
            "Hard to replace: journeys that come here often end with an order, others get there less.",
        ),
        (
            {"leave_one_out": 200},
            "Takes part in many orders, seldom alone: counted by presence it gets most.",
        ),
        (
            {"shapley": 200},
            "Met once in a journey where others are met again and again: shared by channel it gets more.",
        ),
        (
            {"linear": 200, "markov": 50},
            "Many meet it and do not order: the chain, which knows those journeys too, gives it least.",
        ),
        ({"first": 0, "last": 0, "linear": 0, "position": 0, "decay": 0}, ""),
    ],
)
def test_the_sentence_follows_the_model_that_stands_out(shares: dict[str, int], sentence: str) -> None:
    row = Row("note", shares={**FIVE, **shares} if shares else {})
    with translation.override("en"):
        assert takeaways.why_models_differ(row) == sentence
