"""Figures of consultations in money (pure)."""

from __future__ import annotations

from measurement.cycles.learned import LEAST_BUYERS, LEAST_DAYS, LEAST_PEOPLE
from measurement.dictionary.metric import Metric

METRICS = (
    Metric(
        "cost_per_step",
        "Cost per enquiry, opening, lead, valid lead, visit, deal",
        "进线、开口、留资、有效留资、到店、成交成本",
        "What the ad reports and the other costs state for the row in these days, divided by its enquiries that "
        "reached the step by now. All enquiries of the row count, paid or not; a row without a stated cost has "
        "no cost per step. Of each source one level of the report is summed, so no yuan counts twice.",
        "这些天里广告报表与其他费用归到该行的花费，除以该行至今走到这一步的咨询数。该行的咨询无论是否来自付费都计入；"
        "没有费用记录的行不给出成本。每个来源只取报表的一个层级，同一元钱不会重复计算。",
        "cost ÷ enquiries that reached the step",
        "费用 ÷ 走到该步的咨询数",
        "fen",
    ),
    Metric(
        "store_cost",
        "Cost of a store",
        "门店费用",
        "No report states a cost for a store. What a campaign cost in these days is divided evenly over the "
        "enquiries that came from it, and a store bears what its enquiries bear. Campaigns that nobody came from "
        "and cost without a campaign stay in a row of their own.",
        "没有报表按门店给出费用。每个计划在这些天的花费平均分到由它带来的咨询上，门店承担它的咨询所分到的部分。"
        "没有带来咨询的计划和不属于任何计划的费用单独成一行。",
        "Σ over its enquiries of campaign cost ÷ enquiries of the campaign",
        "Σ 该店每条咨询的（计划费用 ÷ 计划咨询数）",
        "fen",
    ),
    Metric(
        "deal_received",
        "Received",
        "实收",
        "What was paid on deals of these enquiries, deposits and balances, less what was given back. A deal without "
        "a payment brought nothing yet; a deposit that is kept after a cancellation stays. Every deal counts, also "
        "one of an enquiry that took longer than the windows of the funnel.",
        "这些咨询的成交已收的定金与尾款，减去退款。只签约未付款的成交还没有带来收入；取消后不退的定金仍计入。"
        "超出漏斗窗口的成交同样计入。",
        "deposits + balances − refunds − given back on cancellation",
        "定金 + 尾款 − 退款 − 取消时退回",
        "fen",
    ),
    Metric(
        "deal_roi",
        "ROI(T+x) from deals",
        "成交 ROI(T+x)",
        "Received from deals that were closed within x days of the enquiry, divided by the cost, both of those days "
        "only that are x days old. The range is what chance in the number and size of the deals leaves open.",
        "咨询后 x 天内成交的实收，除以费用；两边都只取已满 x 天的日期。区间反映成交笔数与金额的偶然性。",
        "received within x days ÷ cost, of days with age ≥ x",
        "x 天内实收 ÷ 费用（仅已满 x 天的日期）",
        "ratio",
    ),
    Metric(
        "deals_expected_in",
        "Deals in by now",
        "已成交进度",
        "Which share of the deals that these enquiries will bring is expected to be closed by now, by their age and "
        "the learned cycle from enquiry to deal. A low share means: the costs per deal will still fall.",
        "按这些咨询的时间和学到的“咨询到成交”周期，预计最终成交中已有多大比例成交。比例低意味着单笔成交成本还会下降。",
        "mean of R(age) over the enquiries",
        "各咨询 R(已过天数) 的平均",
        "share",
    ),
    Metric(
        "known_origin",
        "Enquiries with a known origin",
        "来源已知的咨询",
        "Share of the enquiries for which the source told the note, the campaign or the store of the rows. The others "
        "stand in a row of their own.",
        "来源方给出了该行所需的笔记、计划或门店的咨询所占比例。其余咨询单独成一行。",
        "enquiries of a known row ÷ enquiries",
        "来源已知的咨询 ÷ 全部咨询",
        "share",
    ),
    Metric(
        "cost_that_joins",
        "Cost that meets enquiries",
        "能对上咨询的费用",
        "Share of the cost that stands in a row which somebody came from.",
        "落在有咨询的行上的费用所占比例。",
        "cost of rows with enquiries ÷ cost",
        "有咨询的行的费用 ÷ 全部费用",
        "share",
    ),
    Metric(
        "enquiry_cycle",
        "From enquiry to deal",
        "咨询到成交周期",
        "Within how many days (of 24 hours) after their first enquiry people close a deal, among those who do. "
        "Everybody who asked is counted; who has not bought yet counts as open. A household that was joined is one. "
        f"Refused below {LEAST_PEOPLE} people, {LEAST_BUYERS} deals or {LEAST_DAYS} days.",
        "在会成交的人里，从首次咨询到成交要多少天（每天 24 小时）。所有咨询过的人都算在内，尚未成交的按“尚未成交”计；"
        f"已合并的家庭算一个。少于 {LEAST_PEOPLE} 人、{LEAST_BUYERS} 笔成交或 {LEAST_DAYS} 天则不给出。",
        "R(t) = (1 − S(t)) ÷ (1 − S(τ)), S by Kaplan and Meier",
        "R(t) =（1 − S(t)）÷（1 − S(τ)），S 为 Kaplan–Meier 估计",
        "count",
    ),
)
