"""Figures of decision cycles (pure)."""

from __future__ import annotations

from measurement.cycles.learned import LEAST_BUYERS, LEAST_DAYS, LEAST_PEOPLE
from measurement.dictionary.metric import Metric

METRICS = (
    Metric(
        "learned_cycle",
        "Learned cycle",
        "学到的决策周期",
        "Within how many days (of 24 hours) after the first seeding touch people buy, among those who buy: by "
        "P50 half have, by P80 four in five, by P95 nearly all. All people seeded are counted; who has not "
        f"bought yet counts as open, not as a quick buyer less. Refused below {LEAST_PEOPLE} people, "
        f"{LEAST_BUYERS} buyers or {LEAST_DAYS} days.",
        "在会买的人里，从第一次种草触点到下单要多少天：到 P50 已有一半人买，P80 五分之四，P95 几乎全部。"
        "所有被种草的人都算在内；还没买的按“尚未买”计，不会被剔除。"
        f"少于 {LEAST_PEOPLE} 人、{LEAST_BUYERS} 位购买者或 {LEAST_DAYS} 天则不给出。",
        "R(t) = (1 − S(t)) ÷ (1 − S(τ)), S by Kaplan and Meier; P80 = first day with R ≥ 80 %",
        "R(t) =（1 − S(t)）÷（1 − S(τ)），S 为 Kaplan–Meier 估计；P80 = R 首次达到 80% 的那一天",
        "count",
    ),
    Metric(
        "cycle_interval",
        "95 % interval of a cycle",
        "周期的 95% 区间",
        "All days that the data do not rule out for this share of the buyers: the band of the curve read "
        "sideways. Nothing is resampled, so the same data give the same interval.",
        "对这一比例的购买者来说，数据不能排除的所有天数：即曲线的置信带横着读。不做重抽样，同样的数据得到同样的区间。",
        "Greenwood's variance, Wilson's band, inverted",
        "Greenwood 方差、Wilson 置信带，取逆",
        "count",
    ),
    Metric(
        "naive_cycle",
        "Buyers alone",
        "只看已购者",
        "The same figure from those who have bought so far, as if nobody else would. It is too short, because "
        "slow buyers are still missing; it is shown as a warning.",
        "只用目前已经买了的人来算，好像别人都不会再买。因为决定慢的人还没出现，这个数偏短；放在这里是提醒，不是建议。",
        "quantile of the durations of buyers",
        "已购者时长的分位数",
        "count",
    ),
    Metric(
        "follow_up",
        "Follow-up",
        "观察期",
        "How long people were watched after their first touch, as far as one in twenty of them still was. The "
        "cycle can only be learned within it. Where people still buy at its end, the cycle goes on beyond.",
        "人们在第一次触点之后被观察了多久（以仍有二十分之一的人在观察中为限）。周期只能在这段时间内学到；"
        "如果到末尾还有人在买，真实周期会更长。",
        "τ = last day with 5 % of the people at risk",
        "τ = 仍有 5% 的人处于观察中的最后一天",
        "count",
    ),
    Metric(
        "plateau",
        "Share who buy",
        "最终购买比例",
        "The share of the people seeded who buy within the follow-up, with those who are still open allowed for.",
        "在观察期内会购买的人占被种草人数的比例，已考虑尚未购买者。",
        "1 − S(τ)",
        "1 − S(τ)",
        "share",
    ),
)
