"""Small worlds full of collisions: few people and products, odd ids, times on the edges of windows."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from decimal import Decimal

from hypothesis import settings
from hypothesis import strategies as st

from measurement.attribution import decay, sql, touches
from measurement.attribution.credit import attribute
from measurement.attribution.touches import Credit, Order, Touch
from measurement.attribution.windows import DAY, HOUR

unhurried = settings(deadline=None)
"""For properties on a machine that is shared with others."""

START = 1_750_000_000_000_000
WINDOWS = {"essence": 29, "baby food": 70, "instant": 0, "007": 1, "7": 300}
DECAY = decay.weights(Decimal(3))
"""Ends after 93 days, within the longest window, so that some ages weigh nothing."""

people = st.sampled_from(["p1", "p1", "p1", "p2", "p2", None])
products = st.sampled_from(["a", "a", "a", "b"])
categories = st.sampled_from([*WINDOWS, "essence", "baby food", "of no window", None])
ids = st.one_of(
    st.integers(min_value=-20, max_value=120).map(str),
    st.sampled_from(
        ["007", "07", "7", "1234567890123456789", "12345678901234567890", "-0", "00", "t10", "t9"]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=3),
)
moments = st.builds(
    lambda days, hours, ticks: START - days * DAY - hours * HOUR + ticks,
    st.sampled_from([0, 0, 0, 1, 2, 28, 29, 69, 70, 299, 300]),
    st.sampled_from([0, 0, 1, 2]),
    st.sampled_from([-1, 0, 0, 0, 1]),
)
usual_amounts = st.one_of(st.integers(-1_000, 1_000), st.integers(1 - sql.NARROW, sql.NARROW - 1))
all_amounts = st.one_of(usual_amounts, st.integers(-(2**63) + 1, 2**63 - 1))


@dataclass(frozen=True)
class World:
    orders: list[Order]
    touches: list[Touch]

    def credits(self, *, match_product: bool = True) -> list[Credit]:
        """What the reference says."""
        return attribute(self.orders, self.touches, WINDOWS, DECAY, match_product=match_product)


def worlds(amounts: st.SearchStrategy[int] = usual_amounts, most: int = 30) -> st.SearchStrategy[World]:
    order = st.builds(
        Order,
        order_id=ids,
        person_id=people,
        product_id=products,
        category_id=categories,
        ts=moments,
        value_cents=amounts,
    )
    touch = st.builds(
        Touch,
        touch_id=ids,
        person_id=people,
        product_id=st.sampled_from(["a", "a", "a", "b", None]),
        channel_id=st.sampled_from(["search", "note", "live", None]),
        ts=moments,
    )
    few_or_many = st.sampled_from([0, 5, 20])
    return st.builds(
        World,
        orders=few_or_many.flatmap(
            lambda least: st.lists(
                order, min_size=min(least, most), max_size=most, unique_by=lambda order: order.order_id
            )
        ),
        touches=few_or_many.flatmap(
            lambda least: st.lists(touch, min_size=least, max_size=60, unique_by=lambda touch: touch.touch_id)
        ),
    )


TABLES = {
    "touches": "touch_id {text}, person_id {text}, product_id {text}, channel_id {text}, ts bigint,"
    " tie {text}",
    "orders": "order_id {text}, person_id {text}, product_id {text}, category_id {text}, ts bigint,"
    " value_cents bigint",
    "categories": "category_id {text}, window_days integer",
    "decay": "age_hours integer, weight bigint",
}
"""Columns of the four relations that the SQL text reads, with a place for the engine's type of text."""


def rows_of(world: World) -> dict[str, list[tuple]]:
    """The rows of the relations that change from world to world."""
    return {
        "touches": [(*astuple(touch), touches.tie(touch.touch_id)) for touch in world.touches],
        "orders": [astuple(order) for order in world.orders],
    }


def in_order(rows: list[Credit] | list[tuple]) -> list[tuple]:
    """Rows as tuples of `sql.COLUMNS`, sorted, so that two sets of them can be compared."""
    plain = [astuple(row) if isinstance(row, Credit) else tuple(row) for row in rows]
    place = sql.COLUMNS.index("position")
    return sorted(plain, key=lambda row: (row[0], row[place] or 0))
