"""The class of spend that a worker has found: one class of a row on every page that asks the same.

The worker judges the last 28, 90 and 180 full days by touch day, linear shares and decision cycle. A report
that asks just that takes the class from here; any other slice is classed by its own interval.
"""

from __future__ import annotations

from datetime import timedelta

from measurement.choices import Model
from measurement.models import JudgedRow
from measurement.reports import Axis, Dimension, ReportQuery
from merchants.models import Merchant

SPANS = (28, 90, 180)
"""Days that are judged; 28 and 90 are presets of reports."""

DIMENSIONS = (Dimension.CAMPAIGN, Dimension.NOTE, Dimension.BLOGGER, Dimension.SPU, Dimension.KEYWORD)
PATIENCE = timedelta(days=2)
"""So much older a judging still speaks for a span that ends today: the worker is on its way."""


def answers(query: ReportQuery) -> bool:
    """Whether the report asks for what is judged."""
    return (
        query.period.days in SPANS
        and query.by in DIMENSIONS
        and query.axis == Axis.TOUCH
        and query.model == Model.LINEAR
        and not (query.horizon or query.within or query.grade or query.as_of)
    )


def classes(merchant: Merchant, query: ReportQuery) -> dict[str, str]:
    """Classes by row; empty when the report asks for something else, or nothing has been judged yet."""
    if not answers(query):
        return {}
    rows = JudgedRow.objects.for_merchant(merchant).filter(
        days=query.period.days,
        dimension=query.by,
        end__gt=query.period.end - PATIENCE,
        end__lte=query.period.end,
    )
    return dict(rows.exclude(key="").values_list("key", "verdict"))
