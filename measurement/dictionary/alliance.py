"""Figures of the Alliance page: what the platform reports, and why ours differs (pure)."""

from __future__ import annotations

from measurement.dictionary.metric import Metric

METRICS = (
    Metric(
        "alliance_reported",
        "Platform-reported (Alliance)",
        "平台口径（种草联盟）",
        "What a programme states of orders elsewhere, within its own window and by its own rules. "
        "One view is shown at a time: tasks and notes, windows and axes are views of one thing and never added; "
        "and none of it is ever added to what we credit.",
        "联盟项目按自己的窗口和规则给出的站外成交。一次只看一种视图：任务与笔记、不同窗口、不同时间口径"
        "都是同一件事的不同视图，从不相加；也从不与我们的归因额相加。",
        "as stated by the platform, Σ over days",
        "以平台给出的为准，按日相加",
        "fen",
    ),
    Metric(
        "alliance_people",
        "People of the chain",
        "链路人数",
        "Distinct people of one day within the window, as the platform counts. Summed over days and tasks a "
        "person counts once for each row, so the sum is an upper bound of people.",
        "平台按单日窗口去重的人数。跨天、跨任务相加时同一个人会重复计入，因此合计是人数的上限。",
        "Σ daily UV",
        "Σ 每日 UV",
        "count",
    ),
    Metric(
        "alliance_rate",
        "Rates of the chain",
        "链路转化率",
        "Made from sums over the rows that state both figures; never an average of rates. "
        "Entry is of readers; collect, cart and order are of shop visitors. A zero denominator is unknown.",
        "用同时写明两个数字的行相加后相除，从不对比率取平均。进店率以阅读人数为分母，"
        "收藏、加购、成交以进店人数为分母。分母为零时为未知。",
        "Σ part ÷ Σ whole",
        "Σ 分子 ÷ Σ 分母",
        "share",
    ),
    Metric(
        "alliance_cost",
        "Cost of a step",
        "环节成本",
        "The cost stated in the report for one person of the step. It is the report's own cost, not ours.",
        "报表所写花费除以该环节人数。这里用的是报表自己的花费，不是我们录入的花费。",
        "Σ cost ÷ Σ people of the step",
        "Σ 花费 ÷ Σ 环节人数",
        "fen",
    ),
    Metric(
        "alliance_gap",
        "Gap between the report and ours",
        "平台与我们的差额",
        "Reported GMV less our credited revenue for the same platform and days, taken apart into parts that "
        "add up to it: content outside the tasks, window, several touches of one order, refunds, products outside the "
        "tasks, orders nothing ties to content (at most), and what none of these explains.",
        "平台成交额减去我们对同一平台、同一时段的归因额，并拆成相加正好等于差额的几部分："
        "任务外内容、窗口、一单多触点、退款、任务外商品、无法关联的订单（上限），以及未能解释的部分。",
        "reported − credited = Σ parts",
        "平台成交额 − 归因额 = Σ 各部分",
        "fen",
    ),
    Metric(
        "alliance_off_site",
        "Juguang, off-site",
        "聚光站外成交",
        "Orders and revenue on other platforms as Juguang's reports state them, 7, 15 and 30 days after the "
        "click. The windows contain each other and are never added.",
        "聚光报表给出的点击后 7、15、30 天站外订单与成交额。三个窗口互相包含，从不相加。",
        "external_goods_order, external_rgmv; return = Σ revenue ÷ Σ cost of the same rows",
        "external_goods_order、external_rgmv；回报 = Σ 成交额 ÷ 同一批行的 Σ 花费",
        "fen",
    ),
)
