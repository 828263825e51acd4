"""Figures of crowds (pure)."""

from __future__ import annotations

from measurement.dictionary.metric import Metric

METRICS = (
    Metric(
        "layer_people",
        "People in a layer",
        "分层人数",
        "Distinct people whose highest layer this is at the end of the day, under the rule that the merchant "
        "set. It is not the platform's own figure: the platform's rule is not published. Shown in steps of "
        "the privacy threshold; fewer are hidden.",
        "在当日结束时以该层为最高层的去重人数，按商家自己设定的规则计算，不是平台口径（平台未公布规则）。"
        "按隐私阈值分档显示，低于阈值的不显示。",
        "persons with highest layer = this, at the end of the day",
        "当日结束时最高层为该层的人数",
        "count",
    ),
    Metric(
        "layer_flow",
        "Came and left",
        "流入与流失",
        "People who stand in the layer at the end and did not at the start, and the other way round. "
        "Start + came − left = end, for every layer and any two days.",
        "期末在该层而期初不在的人数，以及反过来的人数。任意两天、任意一层都有：期初 + 流入 − 流失 = 期末。",
        "start + came − left = end",
        "期初 + 流入 − 流失 = 期末",
        "count",
    ),
    Metric(
        "layer_rate",
        "Transition rate",
        "流转率",
        "Of the people who stood in a layer at the start, the share that stands in the other one at the end, "
        "with Wilson's 95 % interval, widened by all that steps and hidden cells leave open.",
        "期初在某层的人中，期末在另一层的比例，附 Wilson 95% 区间，并放宽到分档和隐藏格所有可能的范围。",
        "people from → to ÷ people at the start",
        "由该层到另一层的人数 ÷ 期初人数",
        "share",
    ),
    Metric(
        "new_ti",
        "New TI",
        "新增 TI",
        "People who came into TI from below, by the content of the first touch of that day that counts for TI. "
        "Somebody who comes back counts again; who falls back from P does not.",
        "从更低层进入 TI 的人数，归到当日第一个计入 TI 的触点所属内容。离开后再次进入会再计；从 P 回落的不计。",
        "entries into TI from A, I or none",
        "由 A、I 或层外进入 TI 的次数",
        "count",
    ),
    Metric(
        "cpti",
        "CPTI, cost per new TI",
        "CPTI，新增 TI 成本",
        "Cost of the content in the period divided by the new TI it carried. The interval is that of a count, "
        "over all that a count in steps can stand for. Only people whose touchpoints have come in are counted, "
        "so it lies above the platform's CPTI, which is another figure.",
        "内容在本期的花费 ÷ 它带来的新增 TI。区间按计数的偶然性，并覆盖分档后的所有可能。"
        "只计触点已接入的人，因此高于平台给出的 CPTI，两者是不同的数。",
        "cost ÷ new TI",
        "花费 ÷ 新增 TI",
        "fen",
    ),
    Metric(
        "platform_layer",
        "Platform-reported people",
        "平台口径人数",
        "People in the layer as the platform's own export states them, under its own rule. "
        "It stands beside ours and is never added to it.",
        "平台导出文件给出的该层人数，按平台自己的规则。只与我们的数字并列，从不相加。",
        "as stated by the platform",
        "以平台给出的为准",
        "count",
    ),
    Metric(
        "platform_profile",
        "Platform-reported profile",
        "平台画像",
        "How a crowd divides by age, gender or city tier, as the platform's export states it for a crowd; nobody's "
        "age, gender or city is known here or worked out. Where people are told they are shown in steps, and shares "
        "are of what is shown, none while too few are hidden to say of how many; where only shares are told they "
        "stand as reported, and of how many is not told. It stands beside our figures and is never added to them.",
        "平台导出文件给出的某个人群的年龄、性别或城市等级分布；系统不知道也不推算任何个人的年龄、性别或城市。"
        "给出人数时按档显示，占比按已显示的人数计算，有隐藏且合计仍不足阈值时不给占比；只给出占比时按原样列出，其人数基数未告知。"
        "只与我们的数字并列，从不相加。",
        "people in the bucket ÷ people shown; or the share as the platform states it",
        "该分组人数 ÷ 已显示的人数；或以平台给出的占比为准",
        "share",
    ),
    Metric(
        "tgi",
        "TGI, target group index",
        "TGI，目标群体指数",
        "The share of the bucket in this crowd against its share on the whole platform, as the platform states it: "
        "100 is the same, above is more. Not shown for a bucket that is hidden.",
        "该分组在此人群中的占比与其在全平台占比之比，以平台给出的为准：100 为相同，大于 100 为偏高。"
        "分组被隐藏时不显示。",
        "share in the crowd ÷ share on the platform × 100",
        "人群中的占比 ÷ 全平台占比 × 100",
        "ratio",
    ),
    Metric(
        "inverse_funnel",
        "Inverse funnel",
        "反漏斗",
        "From the inside out: core (TI, P and S), interest (I), wide (A). One widens from the core instead of "
        "narrowing from the wide.",
        "由内而外：核心人群（TI、P、S），兴趣人群（I），泛人群（A）。从核心向外扩，而不是从最大的人群往里筛。",
        "core = TI + P + S; interest = I; wide = A",
        "核心 = TI + P + S；兴趣 = I；泛 = A",
        "count",
    ),
    Metric(
        "privacy_steps",
        "Counted in steps",
        "按档计数",
        "Counts of people who are not known as customers are hidden below the threshold and otherwise shown as "
        "the nearest multiple of it, so that no two questions tell a small group apart. Totals are sums of "
        "what is shown.",
        "非自有客户的人数，低于阈值不显示，其余显示为阈值的最近整数倍，使任何两次查询都无法分辨出一小群人。"
        "合计只加已显示的数。",
        "hidden below k; else the nearest multiple of k",
        "低于 k 不显示；否则取 k 的最近整数倍",
        "count",
    ),
)
