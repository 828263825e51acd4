"""Figures of results: what was credited, what it cost, how sure that is (pure)."""

from __future__ import annotations

from measurement.dictionary.metric import Metric

METRICS = (
    Metric(
        "credited",
        "Attributed return",
        "归因成交额",
        "Paid less refunded of order lines, shared among the touches of their journeys by the chosen model. "
        "It says to what revenue is credited, not what caused it.",
        "订单行的实付减退款，按所选模型分给该订单路径中的触点。它只说明成交归因到哪里，不代表因果。",
        "Σ line (paid − refunded) × share of the touch",
        "Σ 订单行（实付 − 退款）× 触点份额",
        "fen",
    ),
    Metric(
        "interval",
        "95 % interval",
        "95% 区间",
        "How far the attributed return could lie from the figure by chance in the number of buyers and in what each "
        "brings with all of their orders; an order whose buyer is unknown counts as a buyer. Orders that could "
        "not be joined are not in it. Method: Fay and Feuer (1997), no resampling.",
        "仅因买家数量及每位买家全部订单金额的偶然性，归因成交额可能偏离的范围；买家未知的订单按一位买家计，"
        "未能关联的订单不在其内。"
        "方法：Fay 与 Feuer（1997），不做重抽样。",
        "variance = Σ (credit of one buyer)²",
        "方差 = Σ（单个买家的归因额）²",
        "fen",
    ),
    Metric(
        "cost",
        "Cost",
        "花费",
        "Everything stated for the period: ads, note fees, platform fees, samples, agency fees, "
        "less rebates. Of the levels of an ad report one only is counted. A dash means: not stated.",
        "本期已录入的全部花费：投流、笔记合作费、平台服务费、样品、机构费，减返点。"
        "投放报表的各层级只计一层。短横线表示没有录入。",
        "ads + fees + samples − rebates",
        "投流 + 各项费用 + 样品 − 返点",
        "fen",
    ),
    Metric(
        "roi",
        "ROI (T+x)",
        "ROI（T+x）",
        "Attributed return of a cohort within x days of the touch, for one yuan of its cost. "
        "x is the decision cycle of the category unless another is chosen.",
        "一批种草在触点之后 x 天内的归因成交额，除以这批的花费。x 默认取类目的决策周期。",
        "attributed return within x days ÷ cost",
        "x 天内归因成交额 ÷ 花费",
        "ratio",
    ),
    Metric(
        "orders",
        "Orders",
        "订单",
        "Distinct orders in whose journey the row took part. An order counts once for each row it touches, "
        "so the column does not add up; the total counts every order once.",
        "路径中出现过该行的订单，去重计数。一个订单可计入多行，因此各行不可相加；合计按订单去重。",
        "count of distinct orders",
        "订单去重计数",
        "count",
    ),
    Metric(
        "people",
        "People",
        "人数",
        "Distinct persons behind those orders, as far as their keys are known. Does not add up over rows.",
        "这些订单背后的去重人数（以已知的人员标识为准）。各行不可相加。",
        "count of distinct persons",
        "人员去重计数",
        "count",
    ),
    Metric(
        "maturity",
        "Maturity",
        "成熟度",
        "Share of the decision cycle that has passed, averaged over the days of the cohort by cost "
        "(by attributed return where no cost is known). Below 95 % the figure still ripens.",
        "决策周期已走过的比例，按每日花费加权平均（无花费时按归因成交额）。低于 95% 的数字还会长。",
        "Σ cost of day × min(1, days passed ÷ cycle) ÷ Σ cost",
        "Σ 当日花费 × min(1, 已过天数 ÷ 周期) ÷ Σ 花费",
        "share",
    ),
    Metric(
        "class",
        "Class",
        "判断",
        "By the interval of attributed return less full cost: paying, the whole interval is above zero; "
        "not recouped, all of it below; unproven, it spans zero; ripening, the cycle has not passed. "
        "Return is gross profit where the margin of everything is known, else revenue.",
        "看“归因回报减全部花费”的区间：整段大于零为回本，整段小于零为未回本，"
        "跨零为待证实，周期未走完为成熟中。"
        "毛利率齐全时回报按毛利计，否则按成交额计。",
        "interval of (return − cost) against 0",
        "（回报 − 花费）的区间与 0 比较",
        "class",
    ),
    Metric(
        "coverage",
        "Coverage",
        "覆盖率",
        "Share of the revenue of all orders of the period that could be joined to content at grade A or B. "
        "What is missing is not lost: it is shown as unjoined.",
        "本期全部订单成交额中，能以 A 级或 B 级证据关联到内容的比例。其余不是没有，而是列为未关联。",
        "(A + B) ÷ (A + B + unjoined)",
        "（A + B）÷（A + B + 未关联）",
        "share",
    ),
    Metric(
        "grade",
        "Evidence grade",
        "证据等级",
        "A: the same person touched and bought. B: the order names the content by link, coupon, channel code "
        "or the buyer's answer. Unjoined: nothing ties the order to content.",
        "A：同一个人先触达后购买。B：订单通过链接、优惠券、渠道码或买家回答指明了内容。未关联：没有任何依据。",
        "—",
        "—",
        "class",
    ),
    Metric(
        "unjoined",
        "Unjoined",
        "未关联",
        "Revenue of orders that nothing ties to content. Attributed return + unjoined + postage and the like "
        "= paid − refunded of the orders of the period.",
        "没有依据关联到内容的订单成交额。归因成交额 + 未关联 + 运费等 = 本期订单实付 − 退款。",
        "paid − refunded − credited − postage",
        "实付 − 退款 − 归因 − 运费等",
        "fen",
    ),
    Metric(
        "reported",
        "Platform-reported",
        "平台口径",
        "A figure that the platform states by its own rules. It stands beside ours and is never added to it: "
        "windows, people and refunds are counted differently.",
        "平台按自己的规则给出的数字，只与我们的数字并列，从不相加：窗口、人群和退款的口径都不同。",
        "as stated by the platform",
        "以平台给出的为准",
        "fen",
    ),
    Metric(
        "spread",
        "Spread of the models",
        "模型差异",
        "The largest attributed return under the models shown less the smallest. "
        "Large: the row stands at one end of journeys.",
        "所列模型下归因成交额的最大值减最小值。差异大，说明该行多出现在路径的一端。",
        "max − min of the models",
        "各模型的最大值 − 最小值",
        "fen",
    ),
)
