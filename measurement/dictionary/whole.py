"""Figures of the estimated whole: what sums alone tell (pure)."""

from __future__ import annotations

from measurement.dictionary.metric import Metric

METRICS = (
    Metric(
        "whole",
        "Estimated whole (C)",
        "估算整体（C）",
        "How much of the sales of the period goes along with seeding, estimated from daily sums alone: what was "
        "sold against what was shown, spread over the decision cycle, with level, trend, weekdays, promotions, "
        "festivals and price in the baseline. An association until a lift test says more. It contains what "
        "could be joined, so it is never added to A and B.",
        "仅凭每日汇总估算：本期销售中有多少随种草变动。把每天的曝光按决策周期摊到之后的日子，"
        "与销售对照；水平、趋势、星期、促销、节日和价格都在基线里。在增量实验给出结论之前，它只是相关。"
        "其中已包含能关联上的部分，因此绝不与 A、B 相加。",
        "sold(t) = baseline(t) + effect × ripened seeding(t) ÷ Σ ripened seeding + error(t)",
        "销售(t) = 基线(t) + 效应 × 成熟种草(t) ÷ Σ 成熟种草 + 误差(t)",
        "fen",
    ),
    Metric(
        "whole_interval",
        "95 % interval of the whole",
        "整体的 95% 区间",
        "Where the effect lies with 95 % certainty, if the baseline holds what else moved sales. Errors may "
        "remember, the level and the trend may wander; how much is itself uncertain, and the interval is wide "
        "enough for it.",
        "如果基线包含了影响销售的其他因素，效应有 95% 的把握落在此范围。误差可以前后相关，水平和趋势可以漂移；"
        "漂移多少本身也不确定，区间已为此放宽。",
        "2.5 % and 97.5 % of a mixture of t-distributions, weighted by restricted likelihood",
        "以限制似然加权的 t 分布混合的 2.5% 与 97.5% 分位",
        "fen",
    ),
    Metric(
        "whole_share",
        "Share of the whole",
        "整体占比",
        "The estimated whole ÷ everything sold in the same days.",
        "估算整体 ÷ 同期全部销售。",
        "estimated whole ÷ sold",
        "估算整体 ÷ 销售",
        "share",
    ),
    Metric(
        "whole_floor",
        "Joined floor (A + B)",
        "关联下限（A+B）",
        "Paid less refunded of the orders of the same days that could be joined to content, order by order. "
        "What cannot be joined is missing, so it is the least; the estimated whole stands beside it.",
        "同期能逐单关联到内容的订单实付减退款。关联不上的不在其中，所以它是下限；估算整体与它并列。",
        "Σ credited at grade A or B",
        "Σ A、B 级归因额",
        "fen",
    ),
    Metric(
        "whole_backtest",
        "Back-test error",
        "回测误差",
        "From up to six past days the model foretells the next fortnight; this is how far a day was missed on "
        "average. Days without a sale are left out.",
        "从过去至多六个日期出发，用当时已知的数据预测其后两周；这是每天平均差多少。没有成交的日子不计。",
        "mean of |foretold − sold| ÷ sold",
        "|预测 − 实际| ÷ 实际 的平均",
        "share",
    ),
    Metric(
        "whole_placebo",
        "Placebo false alarms",
        "安慰剂误报率",
        "Your own seeding, moved along the days in up to 100 ways that cannot have worked, put through the same "
        "method on this very series: how often it would have claimed an effect. 5 % is what is promised; above "
        "20 % nothing is claimed.",
        "把你自己的种草在日期上平移出至多 100 种不可能起作用的样子，用同一方法、同一序列检验："
        "有多大比例会误报有效。承诺为 5%；超过 20% 就不下结论。",
        "placebos whose interval leaves out zero ÷ placebos",
        "区间不含零的安慰剂 ÷ 全部安慰剂",
        "share",
    ),
    Metric(
        "whole_verdict",
        "Verdict on the whole",
        "整体结论",
        "Effect seen: the interval lies above zero and placebos alarm rarely. Cannot tell yet: everything else, "
        "with the reasons and with what would make it tell.",
        "看得见效应：区间全在零以上，且安慰剂很少误报。暂时说不清：其余情况，并说明原因和怎样才能说清。",
        "lower bound > 0 and placebo false alarms ≤ 20 %",
        "下限 > 0 且安慰剂误报率 ≤ 20%",
        "class",
    ),
    Metric(
        "whole_calibrated",
        "Calibrated by a lift test",
        "经增量实验校准",
        "A finished lift test on the same product, carried over to the days of the estimate, and the estimate, "
        "each weighted by its precision. Where the two contradict each other, the test alone holds.",
        "同一商品已完成的增量实验，换算到估算的同一段日子，与估算按精度加权。两者矛盾时，只采用实验。",
        "(estimate ÷ s² + test ÷ t²) ÷ (1 ÷ s² + 1 ÷ t²)",
        "（估算 ÷ s² + 实验 ÷ t²）÷（1 ÷ s² + 1 ÷ t²）",
        "fen",
    ),
)
