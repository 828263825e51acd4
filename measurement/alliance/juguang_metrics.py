"""The metrics of Juguang report rows: which there are, their units, and how their text is read.

Counts keep the platform's name and are ints; money becomes ``<name>_fen``, a rate ``<name>_percent`` (text,
two decimals), a ratio or an average text with two decimals. What the platform did not give is None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from measurement.alliance.money import decimal_from, fen_from_yuan

_COUNTS = [
    "impression",
    "click",
    "like",
    "comment",
    "collect",
    "follow",
    "share",
    "interaction",
    "action_button_click",
    "screenshot",
    "pic_save",
    "reserve_pv",
    "video_play_5s_cnt",
    "search_cmt_click",
    "search_cmt_after_read",
    "i_user_num",
    "ti_user_num",
    "goods_visit",
    "seller_visit",
    "shopping_cart_add",
    "goods_order",
    "success_goods_order",
    "presale_order_num_7d",
    "leads",
    "landing_page_visit",
    "leads_button_impression",
    "valid_leads",
    "phone_call_cnt",
    "phone_call_succ_cnt",
    "wechat_copy_cnt",
    "wechat_copy_succ_cnt",
    "identity_cert_cnt",
    "commodity_buy_cnt",
    "message_user",
    "message",
    "message_consult",
    "initiative_message",
    "msg_leads_num",
    "external_goods_visit_24h",
    "external_goods_order_7",
    "external_goods_order_15",
    "external_goods_order_30",
    "external_leads",
]
_YUAN = [
    "fee",
    "acp",
    "cpm",
    "cpi",
    "i_user_price",
    "ti_user_price",
    "rgmv",
    "purchase_order_gmv_7d",
    "presale_order_gmv_7d",
    "leads_cpl",
    "valid_leads_cpl",
    "message_consult_cpl",
    "initiative_message_cpl",
    "msg_leads_cost",
    "external_rgmv_7",
    "external_rgmv_15",
    "external_rgmv_30",
    "live_average_order_cost",
]
_PERCENTS = ["ctr", "action_button_ctr", "search_cmt_click_cvr", "click_order_cvr", "leads_cvr"]
_RATIOS = [
    "search_cmt_after_read_avg",
    "roi",
    "purchase_order_roi_7d",
    "external_roi_7",
    "external_roi_15",
    "external_roi_30",
]
_MISSPELLED = {"live_average_order_cost": "live_averate_order_cost"}
# Live, app, word and off-site metrics come and go; the name tells what they are.
_FAMILIES = ("clk_live_", "invoke_app_", "word_", "external_", "live_")
_YUAN_ENDS = ("_cost", "_price", "_gmv", "_rgmv", "_cpl")
_PERCENT_ENDS = ("_ctr", "_cvr", "_rate")


def number(value: Any) -> Decimal | None:
    """A number as reports write it: text with thousands commas or a ``%``; None for ``-`` and for nothing."""
    return decimal_from(
        value.strip().removesuffix("%").strip() if isinstance(value, str) else value, thousands=True
    )


def count(value: Any) -> int | None:
    """A whole number, or None."""
    amount = number(value)
    return int(amount) if amount is not None and amount == amount.to_integral_value() else None


def fen(value: Any) -> int | None:
    """Yuan as whole fen, or None."""
    return fen_from_yuan(number(value))


def two_decimals(value: Any) -> str | None:
    """A rate or ratio as text with two decimals, half away from zero, or None."""
    amount = number(value)
    return None if amount is None else str(amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP))


def metrics_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Every metric under its normalised name, ``fee_fen`` first; None for what the row does not give."""
    known = {
        named: read(row.get(name, row.get(_MISSPELLED.get(name, name))))
        for name, (named, read) in _KNOWN.items()
    }
    others = {
        named: read(row[name])
        for name in sorted(row)
        if name.startswith(_FAMILIES) and name not in _NAMES
        for named, read in [_guessed(name)]
    }
    return {**known, **others}


def _guessed(name: str) -> tuple[str, Callable[[Any], Any]]:
    if name.endswith(_YUAN_ENDS):
        return f"{name}_fen", fen
    if name.endswith(_PERCENT_ENDS):
        return f"{name}_percent", two_decimals
    return name, _count_or_ratio


def _count_or_ratio(value: Any) -> int | str | None:
    whole = count(value)
    return two_decimals(value) if whole is None else whole


_KNOWN: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "fee": ("fee_fen", fen),
    **{name: (name, count) for name in _COUNTS},
    **{name: (f"{name}_percent", two_decimals) for name in _PERCENTS},
    **{name: (f"{name}_fen", fen) for name in _YUAN},
    **{name: (name, two_decimals) for name in _RATIOS},
}
_NAMES = {*_KNOWN, *_MISSPELLED.values()}
