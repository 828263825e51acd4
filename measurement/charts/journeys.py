"""Charts of the models side by side."""

from __future__ import annotations

from typing import Any

from measurement import words
from measurement.charts import GRID
from measurement.choices import Model
from measurement.reports import Row
from measurement.words.journeys import JOURNEY_MODELS

ROWS = 6
FIVE = (Model.FIRST, Model.LAST, Model.LINEAR, Model.POSITION, Model.DECAY)
MIXED = (Model.FIRST, Model.LAST, Model.LINEAR, "markov", "shapley")
COLOURS = ("quiet", "compare", "accent-half", "accent", "warning")


def of_models(rows: tuple[Row, ...], with_journeys: bool) -> dict[str, Any] | None:
    """The largest disagreements, five bars each: the five models of single journeys, or, where there are models
    of all journeys, both kinds. The table below has all of them."""
    chosen = sorted((row for row in rows if row.spread), key=lambda row: -row.spread)[:ROWS]
    if not chosen:
        return None
    names = {**words.MODELS, **JOURNEY_MODELS}
    return {
        "legend": {"top": 0, "left": 0, "type": "scroll"},  # five names are wider than a phone
        "grid": GRID,
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        "xAxis": {
            "type": "category",
            "data": [row.name for row in chosen],
            "axisLabel": {"width": 110, "overflow": "truncate", "interval": 0},
        },
        "yAxis": {"type": "value"},
        "series": [
            {
                "name": str(names[model]),
                "type": "bar",
                "barMaxWidth": 14,
                "data": [round(row.shares.get(model, 0) / 100, 2) for row in chosen],
                "itemStyle": {"color": colour},
            }
            for model, colour in zip(MIXED if with_journeys else FIVE, COLOURS, strict=True)
        ],
    }
