"""Figures of experiments (pure)."""

from __future__ import annotations

from measurement.dictionary.metric import Metric
from measurement.lift.geo import ALPHA
from measurement.lift.holdout import SAMPLE_RATIO_ALARM

METRICS = (
    Metric(
        "lift",
        "Incremental response",
        "增量",
        "What was sold beyond what would have been sold anyway, told by people, places or products that were "
        "not treated. The one figure here that speaks of cause, and only for this test.",
        "超出“无论如何都会发生”部分的成交，由未受影响的人群、地区或商品对照得出。"
        "这是唯一谈因果的数字，且只对本次实验成立。",
        "treated − what the untreated say would have been",
        "实验组 − 由对照组推出的应有水平",
        "fen",
    ),
    Metric(
        "lift_relative",
        "Lift",
        "提升幅度",
        "The increment as a share of what would have been sold anyway.",
        "增量占“无论如何都会卖出”部分的比例。",
        "increment ÷ expected without treatment",
        "增量 ÷ 无投放时的应有水平",
        "ratio",
    ),
    Metric(
        "lift_interval",
        "Interval of the lift",
        "增量区间",
        "People: Welch, 95 %. Places and pauses: every constant daily effect that a moving-block test does not "
        "refuse, because days resemble each other and a textbook interval would be far too short.",
        "人群：Welch 95% 区间。地区与暂停：移动区块检验不拒绝的全部日效应。"
        "相邻日期彼此相似，教科书区间会短得多、错得多。",
        f"all θ with p(θ) > {ALPHA}",
        f"所有满足 p(θ) > {ALPHA} 的 θ",
        "fen",
    ),
    Metric(
        "lift_power",
        "Power",
        "把握度",
        "How often a test like this one sees the hoped-for lift if it is really there. People: from their own "
        "past purchases. Places: the lift is put into their history and searched for, again and again.",
        "若期望的提升真实存在，这样的实验有多大概率能看见。人群：按其过往购买推算；"
        "地区：把提升放进历史数据里反复检验。",
        f"share of tests with p ≤ {ALPHA} at the hoped-for lift",
        f"在期望提升下 p ≤ {ALPHA} 的检验占比",
        "share",
    ),
    Metric(
        "false_alarms",
        "Placebo false alarms",
        "安慰剂误报率",
        "How often the same method finds something on this very panel where nothing happened. It should be "
        "near 5 %; if it is far above, p is not to be believed.",
        "同一方法在这份数据中“什么都没发生”的时段里误报的比例，应接近 5%；明显偏高时，p 值不可信。",
        f"placebo tests with p ≤ {ALPHA} ÷ placebo tests",
        f"p ≤ {ALPHA} 的安慰剂检验 ÷ 全部安慰剂检验",
        "share",
    ),
    Metric(
        "sample_ratio",
        "Sample ratio",
        "分流检查",
        "Whether the coin still looks fair: exact binomial test of an even split. "
        f"Below {SAMPLE_RATIO_ALARM} something took "
        "people out of one arm, and no figure of the test is to be believed.",
        "分组是否仍然均匀：对半分的精确二项检验。"
        f"低于 {SAMPLE_RATIO_ALARM} 说明有一组的人被“弄丢”了，整个实验都不可信。",
        "two-sided exact binomial p of control : treatment",
        "对照 : 实验人数的双侧精确二项 p 值",
        "share",
    ),
    Metric(
        "iroas",
        "Incremental return on cost",
        "增量投产比",
        "Increment for each yuan that the test cost beyond what would have been spent anyway.",
        "每多花一元换来的增量。",
        "increment ÷ incremental cost",
        "增量 ÷ 增量花费",
        "ratio",
    ),
)
