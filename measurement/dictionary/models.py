"""Figures of the models that look at all journeys together (pure)."""

from __future__ import annotations

from measurement.dictionary.metric import Metric

METRICS = (
    Metric(
        "markov",
        "Markov",
        "马尔可夫",
        "All journeys, those without an order too, read as walks on one graph of channels. Revenue is shared in "
        "proportion to the removal effects, which do not add up to 100 %: the share is a convention. Solved "
        "exactly, nothing is simulated. Orders that name their content themselves are credited to it.",
        "把所有路径（包括没有下单的）看成在渠道图上的行走，按移除效应的比例分配成交额。移除效应相加不等于 100%，"
        "按比例分配只是约定。直接求解，不做模拟。订单自带线索的，直接归给所指内容。",
        "revenue × removal effect ÷ Σ removal effects",
        "成交额 × 移除效应 ÷ Σ 移除效应",
        "fen",
    ),
    Metric(
        "removal_effect",
        "Removal effect",
        "移除效应",
        "The share of the orders that the chain would not reach if everybody who comes to the row went nowhere. "
        "It describes the journeys as they were; it does not say what would happen without the row.",
        "假设凡是走到该行的路径都到此为止，链条会少到达的订单比例。它描述已发生的路径，"
        "不代表真的去掉该行会怎样。",
        "visits × chance of an order from there ÷ (returns × base probability)",
        "到达次数 × 从该处下单的概率 ÷（返回次数 × 基础概率）",
        "share",
    ),
    Metric(
        "base_probability",
        "Base probability",
        "基础概率",
        "The share of the journeys that ended in the period with an order. Journeys without one end when the "
        "window of their last touch closes; open ones are not counted yet.",
        "本期结束的路径中以下单结束的比例。没有下单的路径在最后一次触点的窗口关闭时才算结束，未关闭的暂不计入。",
        "orders ÷ (orders + journeys that ended without one)",
        "下单路径 ÷（下单路径 + 未下单而结束的路径）",
        "share",
    ),
    Metric(
        "shapley",
        "Shapley",
        "夏普利值",
        "Fair division in the game where a set of channels is worth the orders of journeys inside it: every "
        "order is split evenly over the distinct channels of its journey. Journeys without an order do not enter.",
        "在“一组渠道的价值等于完全走在其中的路径的订单”这一博弈里的公平分配：每个订单平分给路径中的不同渠道。"
        "没有下单的路径不参与。",
        "Σ orders, revenue ÷ distinct channels of the journey",
        "Σ 订单成交额 ÷ 路径中不同渠道数",
        "fen",
    ),
    Metric(
        "leave_one_out",
        "Leave-one-out",
        "留一法",
        "What the same game loses without the row: the revenue of all journeys that met it, scaled so that the "
        "rows add up. It favours what is present in many journeys. It is not a Shapley value.",
        "同一博弈中去掉该行的损失：凡遇到过该行的路径的成交额，再按比例缩放到合计一致。它偏向出现得多的内容，"
        "不是夏普利值。",
        "revenue of journeys with the row, scaled to the total",
        "含该行路径的成交额，缩放到合计",
        "fen",
    ),
)
