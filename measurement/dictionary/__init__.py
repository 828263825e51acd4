"""The dictionary of figures: what each is called, what it means, how it is computed, in two languages (pure).

The ⓘ beside a figure, the first sheet of an export and the page of the dictionary read it from here. Each
area has a module of its own; a code is used once.
"""

from __future__ import annotations

from dataclasses import dataclass

from measurement.dictionary import (
    alliance,
    consultations,
    crowds,
    curve,
    cycles,
    empathy,
    lift,
    models,
    moves,
    process,
    results,
    whole,
)
from measurement.dictionary.metric import Metric
from measurement.metrics import VERSION

AREAS: tuple[tuple[str, tuple[Metric, ...]], ...] = (
    ("results", results.METRICS),
    ("curve", curve.METRICS),
    ("models", models.METRICS),
    ("alliance", alliance.METRICS),
    ("moves", moves.METRICS),
    ("whole", whole.METRICS),
    ("lift", lift.METRICS),
    ("process", process.METRICS),
    ("empathy", empathy.METRICS),
    ("cycles", cycles.METRICS),
    ("crowds", crowds.METRICS),
    ("consultations", consultations.METRICS),
)
"""The figures of each area, in the order of the page."""

METRICS = tuple(metric for _area, metrics in AREAS for metric in metrics)
BY_CODE = {metric.code: metric for metric in METRICS}


@dataclass(frozen=True, slots=True)
class Definition:
    """A metric in one language, as a page shows it."""

    code: str
    name: str
    words: str
    formula: str
    version: str


def definitions(language: str) -> dict[str, Definition]:
    """The dictionary in one language, by code."""
    return {
        metric.code: Definition(
            metric.code, metric.name(language), metric.words(language), metric.formula(language), VERSION
        )
        for metric in METRICS
    }
