"""The metrics of an Alliance report: which there are, and what they count."""

from __future__ import annotations

PEOPLE = (
    "read_uv", "shop_entry_uv", "new_visitor_uv", "search_uv", "collect_uv", "cart_uv", "follow_uv",
    "member_uv", "order_uv", "new_customers", "deposit_uv",
)  # fmt: skip
"""Counts of people within a day's window. Over days and tasks they may be summed, but the sum counts a
person once for each row, so it is an upper bound of people."""

MONEY = (
    "gmv_fen", "task_gmv_fen", "other_gmv_fen", "new_gmv_fen", "deposit_fen", "presale_gmv_fen", "cost_fen",
)  # fmt: skip

METRICS = PEOPLE + MONEY
