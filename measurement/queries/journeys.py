"""What the models of all journeys say, as a page and the API show it: read from the row that a worker wrote."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from measurement.attribution.answers import MODELS
from measurement.models import JourneyModel
from measurement.reports import Axis, Dimension, ReportQuery
from measurement.words.journeys import REFUSED

CHANNELS = frozenset(
    {
        Dimension.NOTE, Dimension.BLOGGER, Dimension.CAMPAIGN, Dimension.PLACEMENT, Dimension.CREATIVE,
        Dimension.KEYWORD, Dimension.KIND,
    }
)  # fmt: skip
"""Rows that may be the channels of journeys."""


@dataclass(frozen=True, slots=True)
class Beside:
    """``state`` is ready, waiting, refused or unavailable, ``reason`` why. ``shares`` are fen by row and model,
    ``effects`` removal effects by row; ``counts`` what the sample was; ``old`` that days changed since."""

    state: str
    reason: str = ""
    shares: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    effects: Mapping[str, float] = field(default_factory=dict)
    counts: Mapping[str, Any] = field(default_factory=dict)
    base: float | None = None
    computed_at: datetime | None = None

    @property
    def totals(self) -> dict[str, int]:
        """Fen of all rows by model."""
        return {model: sum(share[model] for share in self.shares.values()) for model in MODELS}


def unavailable(query: ReportQuery) -> str:
    """Why this report has no such models beside it; empty when it may."""
    if query.by not in CHANNELS:
        return "by"
    if query.as_of is not None:
        return "as_of"
    if query.axis != Axis.ORDER:
        return "axis"
    if set(query.filters) - {"spu"} or query.grade or query.horizon or query.verdict:
        return "filter"
    return ""


def told(row: JourneyModel) -> Beside:
    """The row as it stands; one that was never computed is waited for."""
    if row.computed_at is None or row.answer is None:
        return Beside("waiting")
    answer: dict[str, Any] = row.answer
    counts = {
        name: answer[name] for name in ("conversions", "nulls", "declared", "paths", "states", "passages")
    }
    if answer["refused"] in REFUSED:
        return Beside("refused", answer["refused"], counts=counts, computed_at=row.computed_at)
    channels = answer["channels"]
    return Beside(
        "ready",
        shares={key: {model: said[model] for model in MODELS} for key, said in channels.items()},
        effects={key: said["effect"] for key, said in channels.items() if said["effect"] is not None},
        counts=counts,
        base=answer["base"],
        computed_at=row.computed_at,
    )
