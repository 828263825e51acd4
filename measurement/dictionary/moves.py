"""Figures of waste, moves and ripening (pure)."""

from __future__ import annotations

from measurement.dictionary.metric import Metric
from measurement.ripening import expected, signals
from measurement.waste.draws import DRAWS

_IN_THE_BAND = round(100 - 200 * expected.TAIL)
METRICS = (
    Metric(
        "full_cost",
        "Full cost",
        "全部成本",
        "What sources name for the row, and its part of costs that no row carries: rebates go with ads, samples "
        "and platform fees with note fees, agency fees with both, in proportion. Ads and note fees are never "
        "spread: a campaign carries its delivery, a note its fee.",
        "数据源直接记在该行的花费，加上按比例分摊的公共成本：返点随投流，样品和平台服务费随笔记合作费，"
        "机构费随二者之和。投流和合作费本身不分摊：计划承担投放，笔记承担稿费。",
        "own cost + Σ shared kind × own base ÷ all of the base",
        "直接花费 + Σ 公共成本 × 本行基数 ÷ 全部基数",
        "fen",
    ),
    Metric(
        "net_return",
        "Net return",
        "净回报",
        "Return less full cost. Return is attributed return × margin where the margin of everything is known, "
        "else attributed return. The 95 % interval is a bootstrap over persons: each person, with all their "
        f"orders, weighs Exp(1) in each of {DRAWS:,} draws, and one more average person stands at the upper end. "
        "Orders that could not be joined are not in it.",
        "回报减全部成本。毛利率齐全时回报 = 归因成交额 × 毛利率，否则为归因成交额。"
        f"95% 区间按人重抽样：{DRAWS} 次抽样中每个人连同其全部订单取 Exp(1) 权重，上端另加一位平均买家。"
        "未能关联的订单不在其内。",
        "credited × margin − full cost",
        "归因成交额 × 毛利率 − 全部成本",
        "fen",
    ),
    Metric(
        "at_least_lost",
        "At least not recouped",
        "至少未回收",
        "The lower end of full cost less return: so much was not recouped by attributed sales even at the lucky "
        "end of the interval. A dash where the interval reaches a gain and while the cycle has not passed. "
        "It does not say that there was no "
        "effect: only an experiment can.",
        "“全部成本减回报”的下限：即使取区间里最乐观的一端，仍有这么多没有被归因销售收回。"
        "区间触及盈利或周期未走完时为短横线。它不代表“没有效果”，效果只有实验能说明。",
        "−(upper end of net return), if above 0",
        "−（净回报上限），大于 0 时显示",
        "fen",
    ),
    Metric(
        "shrunk_return",
        "Return per yuan, drawn in",
        "每元回报（收缩后）",
        "Return per yuan of full cost, small samples drawn towards the merchant's mean (empirical Bayes, "
        "DerSimonian and Laird). It orders and forecasts; the class never goes by it.",
        "每元全部成本的回报，小样本向本商家均值收缩（经验贝叶斯，DerSimonian–Laird）。"
        "只用于排序和预估，分类从不依据它。",
        "own share × own rate + (1 − own share) × mean",
        "自身权重 × 自身比率 +（1 − 自身权重）× 均值",
        "ratio",
    ),
    Metric(
        "rank_interval",
        "Rank",
        "名次",
        "Place by net return among the hundred rows of the largest cost, and the best and worst place it may "
        "have: all pairs are compared at once, so that with 95 % not one pair is told apart wrongly.",
        "在花费最大的一百行中按净回报的名次，以及可能的最好与最差名次：所有两两比较一并控制，"
        "95% 的情况下没有一对被错误区分。",
        "1 + rows surely above … rows − rows surely below",
        "1 + 确定高于它的行数 … 行数 − 确定低于它的行数",
        "count",
    ),
    Metric(
        "to_know",
        "Needed to know",
        "还需要多少",
        "How many more people who buy, and weeks of the same spend, would take the interval off zero if all goes "
        "on as it did.",
        "若一切照旧，还需要多少位购买者、多少周同样的投放，区间才会离开零。",
        "1.96² × variance ÷ net² − 1 times what there is",
        "（1.96² × 方差 ÷ 净回报² − 1）倍的现有量",
        "count",
    ),
    Metric(
        "share_in",
        "Orders that are in",
        "已到订单比例",
        "Share of the orders of what has been spent that should be in by now, by the decision cycle: learned "
        "where there is a learned one, else a constant rate of buying with 95 % inside the published length.",
        "按决策周期推算，已投放部分的订单目前应已到达的比例。有学习到的周期则用之，"
        "否则假定购买速率恒定、95% 落在公布的周期之内。",
        "Σ cost of day × share of the cycle ÷ Σ cost",
        "Σ 当日花费 × 周期到达比例 ÷ Σ 花费",
        "share",
    ),
    Metric(
        "expected_orders",
        "Expected orders",
        "预期订单",
        "Orders that a campaign with this money should have by now, by the merchant's other campaigns; the band "
        f"holds {_IN_THE_BAND} of 100 such campaigns. Fewer than {expected.LEAST} others: not enough past, no "
        "number.",
        f"按本商家其他计划的水平，这笔花费到目前应有的订单；区间涵盖 100 个同类计划中的 {_IN_THE_BAND} 个。"
        f"其他计划少于 {expected.LEAST} 个时历史不足，不给数字。",
        "orders per yuan of the others × ripe yuan; gamma-Poisson band",
        "其他计划每元订单 × 已成熟花费；伽马-泊松区间",
        "count",
    ),
    Metric(
        "signal_relation",
        "What a signal was worth",
        "信号的历史关系",
        "Spearman's rank correlation, over past notes in campaigns, of the signal per yuan in the first seven "
        f"days with orders per yuan in the end. Fewer than {signals.LEAST}: not enough past. It is an association.",
        f"过去各计划中的笔记，前七天每元信号与最终每元订单的 Spearman 秩相关。少于 {signals.LEAST} 个为历史不足。"
        "它只是关联。",
        "ρ with 95 % interval (Bonett and Wright)",
        "ρ 及 95% 区间（Bonett–Wright）",
        "ratio",
    ),
)
