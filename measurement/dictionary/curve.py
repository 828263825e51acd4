"""Figures of "Over time": how credit comes in with the age of its touches (pure)."""

from __future__ import annotations

from measurement.cycles.arrival import LEAST_ORDERS
from measurement.dictionary.metric import Metric
from measurement.process.windows import LIVE_HOURS, OWN_SHOP_DAYS

METRICS = (
    Metric(
        "roi_by_age",
        "ROI (T+x) at age x",
        "T+x 时点 ROI",
        "Of the touch days that are x days old or older: what was credited to them within x days of the "
        "touch, for "
        "one yuan of their cost. Younger days are left out with their cost, so that every point compares "
        "like "
        "with like.",
        "只看触点已满 x 天的日子：触点后 x 天内归因到它们的成交额，除以这些日子的花费。"
        "未满 x 天的日子连同花费一起不计入，"
        "因此每个点都是同口径比较。",
        "Σ credit with lag ≤ x ÷ Σ cost, over days of age ≥ x",
        "Σ 间隔 ≤ x 的归因额 ÷ Σ 花费（仅触点满 x 天的日子）",
        "ratio",
    ),
    Metric(
        "reached",
        "Old enough",
        "已满天数占比",
        "The share of the cost whose touch days have reached this age; of the days, where no cost is stated.",
        "触点日已达到该天数的花费占比；没有花费时按天数计。",
        "cost of days of age ≥ x ÷ cost",
        "满 x 天日子的花费 ÷ 花费",
        "share",
    ),
    Metric(
        "credit_in",
        "Share that is in",
        "已到账占比",
        "How much of the expected final credit has come. Each touch day is set against the arrival of credit "
        "of this "
        "very slice, learned from days before (product-limit estimate for right-truncated lags: Lagakos, "
        f"Barraj and De Gruttola, 1988). Unknown below {LEAST_ORDERS} orders' worth of credit.",
        "预计最终归因额中已经到账的部分。每个触点日按本切片自己的到账曲线折算，曲线由此前的日子学得"
        f"（右截断间隔的乘积极限估计：Lagakos、Barraj、De Gruttola，1988）。不足 {LEAST_ORDERS} 单的归因额时不给出。",
        "credited ÷ Σ credited of the day ÷ G(age of the day)",
        "已归因额 ÷ Σ（当日归因额 ÷ G(当日已过天数)）",
        "share",
    ),
    Metric(
        "final_range",
        "Expected final credit",
        "预计最终归因额",
        "Where the credit of these touch days is expected to end, with a 95 % range: chance of the orders to "
        "come and "
        "of those that came, doubt of the arrival curve, and how far days lie apart. An expectation, not a "
        "promise; nothing is added for promotions to come.",
        "这些触点日的归因额预计停在哪里，附 95% 区间：包含未到与已到订单的偶然性、到账曲线本身的不确定，"
        "以及日与日的差异。"
        "这是预期而非承诺；未来的大促不计入。",
        "Σ credited of the day ÷ G(age); range: gamma of the same mean and variance",
        "Σ 当日归因额 ÷ G(天数)；区间取同均值同方差的伽马分布",
        "fen",
    ),
    Metric(
        "gross_credit",
        "Before refunds",
        "退款前归因额",
        "The same shares applied to what was paid, refunds not taken off.",
        "同样的份额乘以实付金额，不扣退款。",
        "Σ line paid × share of the touch",
        "Σ 订单行实付 × 触点份额",
        "fen",
    ),
    Metric(
        "new_buyers",
        "New and returning",
        "新客与老客",
        "A buyer is returning when an order of an earlier day stands in this ledger under any of their "
        "joined keys, else "
        "new. Somebody who bought before your data begins, or elsewhere under another key, counts as new. "
        "Without a person key: unknown.",
        "若本账本中同一人（含已关联的标识）在更早的日子有订单，即为老客，否则为新客。"
        "在数据开始之前或以其他标识购买过的人会被算作新客。"
        "没有人员标识的订单为未知。",
        "earlier order of the same person: yes → returning, no → new",
        "同一人有更早订单：是 → 老客，否 → 新客",
        "count",
    ),
    Metric(
        "other_products",
        "What else they bought",
        "还买了什么",
        "Products outside those that this credit is for, bought by the same people within a decision cycle "
        "of their first "
        "touch. Whole order lines, not credited and never added to the credit.",
        "同一批人在首次触点后一个决策周期内购买的、不在本归因范围内的商品。按整行金额计，不参与归因，"
        "也不与归因额相加。",
        "Σ paid − refunded of those lines",
        "Σ 这些订单行的实付 − 退款",
        "fen",
    ),
    Metric(
        "short_windows",
        "Short windows",
        "短窗口",
        "What the platforms' usual windows would see: of live views the orders within "
        f"{LIVE_HOURS} hours, of the platform's own shop those within {OWN_SHOP_DAYS} days, each beside the same "
        "credit within the decision cycle.",
        f"平台常用窗口能看到的部分：直播观看后 {LIVE_HOURS} 小时内的订单、小红书店铺 {OWN_SHOP_DAYS} 天内的订单，"
        "与同一归因在完整决策周期内的数额并列。",
        "Σ credit with order time − touch time ≤ window",
        "Σ 下单时间 − 触点时间 ≤ 窗口的归因额",
        "fen",
    ),
)
