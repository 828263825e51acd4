"""Figures of the process: what was shown, read and done with it (pure).

Those that begin with a platform's report are summed from its rows of one level; those of touchpoints from
the daily tallies. The two are never added.
"""

from __future__ import annotations

from measurement.dictionary.metric import Metric
from measurement.process.windows import LIVE_HOURS, NEXT_DAYS

_AD_EN = "Reported by Juguang, summed over the rows of one level of the report."
_AD_ZH = "聚光上报，按报表的一个层级求和。"
_PEOPLE_EN = (
    " The platform counts it by day and creative; a person who was new in two of them is in the sum twice."
)
_PEOPLE_ZH = "平台按日、按创意统计；同一人若在两处都算新增，合计中会出现两次。"
_OURS_EN = (
    "Counted from the touchpoints you hold, day by day; people whose touches nobody handed in are not in it."
)
_OURS_ZH = "按您手中的触点逐日计数；没有触点数据的人不在其中。"
_NOTE_EN = "Running total of the paid notes of the row as of Pugongying's latest report; not of the period."
_NOTE_ZH = "该行合作笔记截至蒲公英最近一次报表的累计值，不是本期数。"


def _ad(code: str, en: str, zh: str, key: str, more_en: str = "", more_zh: str = "") -> Metric:
    return Metric(code, en, zh, _AD_EN + more_en, _AD_ZH + more_zh, f"Σ {key}", f"Σ {key}", "count")


def _price(code: str, en: str, zh: str, of_en: str, of_zh: str, each: str = "") -> Metric:
    return Metric(
        code,
        en,
        zh,
        f"Cost of the report rows that tell {of_en}, for one of them. Made of sums, never an average of rates.",
        f"披露了{of_zh}的报表行的花费，除以{of_zh}。由合计值计算，不对单价取平均。",
        f"cost ÷ {of_en}{each}",
        f"花费 ÷ {of_zh}{each}",
        "fen",
    )


def _ours(code: str, en: str, zh: str, more_en: str = "", more_zh: str = "") -> Metric:
    return Metric(
        code, en, zh, _OURS_EN + more_en, _OURS_ZH + more_zh, "Σ touches of the kind", "Σ 该类触点", "count"
    )


def _note(code: str, en: str, zh: str, key: str) -> Metric:
    return Metric(code, en, zh, _NOTE_EN, _NOTE_ZH, f"Σ {key}", f"Σ {key}", "count")


_LAYERS_EN = (
    " Under the rule of layers that you set; not the platform's. Only people whose touchpoints came in are counted;"
    " a row that no touchpoint names is unknown, not zero. Shown in steps of the privacy threshold; a dash below"
    " it. By SPU a row counts who is new to the product, the total who is new to the brand."
)
_LAYERS_ZH = (
    "按您自己设定的分层规则，不是平台口径。只计触点已接入的人；没有触点指明的行为未知，不是零。"
    "按隐私阈值分档显示，低于阈值显示短横线。按 SPU 查看时，每行计对该商品的新增，合计计对品牌的新增。"
)


def _new(code: str, layer: str, below_en: str, below_zh: str) -> Metric:
    return Metric(
        code,
        f"New {layer}, ours",
        f"新增 {layer}（自有分层）",
        f"People who came into {layer} from below ({below_en}), by the content of the first touch of that day that"
        f" counts for {layer}. Who leaves and comes back counts again." + _LAYERS_EN,
        f"从更低层（{below_zh}）进入 {layer} 的人数，归到当日第一个计入 {layer} 的触点所属内容；离开后再次进入会再计。"
        + _LAYERS_ZH,
        f"entries into {layer} from {below_en}",
        f"由{below_zh}进入 {layer} 的次数",
        "count",
    )


def _cost_of_new(code: str, en: str, zh: str, layer: str) -> Metric:
    return Metric(
        code,
        en,
        zh,
        f"All cost of the row for one new person in {layer}, as the count is published. It lies above the"
        " platform's, which counts people you hold no touchpoint of; the two are never added." + _LAYERS_EN,
        f"该行全部花费除以已显示的新增 {layer} 人数。平台会计入您没有触点的人，因此本值通常更高；两者从不相加。"
        + _LAYERS_ZH,
        f"cost ÷ new {layer}, ours",
        f"花费 ÷ 新增 {layer}（自有分层）",
        "fen",
    )


METRICS = (
    _ad("impressions", "Impressions", "曝光", "impression"),
    _ad("clicks", "Clicks", "点击", "click"),
    Metric(
        "ctr",
        "CTR",
        "点击率 CTR",
        "Clicks for each impression, of the report rows that tell both. Made of sums, never an average of rates.",
        "同时披露曝光与点击的报表行中，点击除以曝光。由合计值计算，不对比率取平均。",
        "Σ clicks ÷ Σ impressions",
        "Σ 点击 ÷ Σ 曝光",
        "share",
    ),
    _price("cpm", "CPM", "千次曝光成本 CPM", "impressions", "曝光", " × 1000"),
    _price("cpc", "CPC", "点击成本 CPC", "clicks", "点击"),
    Metric(
        "engagement",
        "Engagement",
        "互动",
        "Reported acts under your own definition, which stands above the table. Agencies differ: some count "
        "follows and shares, some do not.",
        "按您自己的互动口径汇总的平台上报互动；口径写在表格上方。各家口径不同：有的计关注和分享，有的不计。",
        "Σ of the parts that count",
        "Σ 口径内各项",
        "count",
    ),
    _price("cpe", "CPE", "互动成本 CPE", "engagement", "互动"),
    Metric(
        "engagement_rate",
        "Engagement rate",
        "互动率",
        "Engagement under your definition for each reported impression.",
        "按您的口径计的互动，除以平台上报曝光。",
        "engagement ÷ impressions",
        "互动 ÷ 曝光",
        "share",
    ),
    _ad("reported_like", "Likes", "点赞", "like"),
    _ad("reported_save", "Saves", "收藏", "collect"),
    _ad("reported_comment", "Comments", "评论", "comment"),
    _ad("reported_share", "Shares", "分享", "share"),
    _ad("reported_follow", "Follows", "关注", "follow"),
    _ad("reported_screenshot", "Screenshots", "截图", "screenshot"),
    _ad("reported_interested", "New I or TI", "新增种草人群", "i_user_num", _PEOPLE_EN, _PEOPLE_ZH),
    _price("reported_cpi", "Cost of a new I or TI", "新增种草成本", "new I or TI", "新增种草人群"),
    _ad("reported_ti", "New TI", "新增深度种草人群 TI", "ti_user_num", _PEOPLE_EN, _PEOPLE_ZH),
    _price("reported_cpti", "CPTI", "深度种草成本 CPTI", "new TI", "新增 TI 人群"),
    _ad(
        "searches_after_reading",
        "Searches after reading",
        "阅读后搜索",
        "search_cmt_after_read",
    ),
    _ad("shop_visits", "Shop visits", "店铺访问", "seller_visit"),
    _ad("goods_visits", "Product visits", "商品访问", "goods_visit"),
    _ad("offsite_visits", "Off-site visits, 24 h", "站外进店（24 小时）", "external_goods_visit_24h"),
    _new("our_i", "I", "A or none", "A 或层外"),
    _cost_of_new("our_cpi", "Cost of a new I, ours", "新增 I 成本（自有分层）", "I"),
    _new("our_ti", "TI", "A, I or none", "A、I 或层外"),
    _cost_of_new("our_cpti", "CPTI, ours", "CPTI（自有分层）", "TI"),
    _ours("our_impressions", "Impressions held", "触点：曝光"),
    _ours("reads", "Reads", "阅读"),
    Metric(
        "reader_days",
        "Reader-days",
        "阅读人次（按日去重）",
        "Each reader once a day, channel and product. Distinct readers of a longer span cannot be added up "
        "from days, so this is more than their number. Shown in steps of the privacy threshold; a dash below it.",
        "同一读者在每日、每渠道、每商品只计一次。跨日的去重人数无法由日数据相加，因此本值大于去重人数。按隐私阈值分档显示，低于阈值显示短横线。",
        "Σ distinct persons of a day, channel and product",
        "Σ 每日每渠道每商品的去重人数",
        "count",
    ),
    _ours("deep_reads", "Deep reads", "深度阅读"),
    _ours("saves", "Saves held", "触点：收藏"),
    _ours(
        "our_engagement",
        "Engagement held",
        "触点：互动",
        " Under your definition; follows are no touchpoint and not in it.",
        "按您的互动口径；关注不属于触点，不在其中。",
    ),
    Metric(
        "deep_share",
        "Deep-engagement share",
        "深度互动占比",
        "Saves, shares and screenshots for each read. Reading again would belong to it, but a tally of days "
        "does not know it.",
        "收藏、分享、截图之和除以阅读。重复阅读本应计入，但日计数无法识别，故不含。",
        "(saves + shares + screenshots) ÷ reads",
        "（收藏 + 分享 + 截图）÷ 阅读",
        "share",
    ),
    _ours("searches", "Searches", "搜索"),
    _ours("search_clicks", "Search clicks", "搜索点击"),
    _ours("component_clicks", "Component clicks", "组件点击"),
    _ours("enquiries", "Enquiries", "咨询"),
    _note("note_impressions", "Impressions to date", "累计曝光", "imp_num"),
    _note("note_reads", "Reads to date", "累计阅读", "read_num"),
    _note("note_likes", "Likes to date", "累计点赞", "like_num"),
    Metric(
        "note_engagement",
        "Engagement to date",
        "累计互动",
        _NOTE_EN + " Under your definition; Pugongying tells no follows and screenshots of a note.",
        _NOTE_ZH + "按您的互动口径；蒲公英不提供笔记的关注与截图。",
        "Σ of the parts that count",
        "Σ 口径内各项",
        "count",
    ),
    Metric(
        "hits",
        "Hit notes",
        "爆文",
        "Notes whose totals to date reach the likes or the engagement of your definition. A note without "
        "a report of its totals is unknown, not a miss.",
        "累计点赞或累计互动达到您所设门槛的笔记。没有累计报表的笔记为未知，不算未达标。",
        "likes ≥ threshold or engagement ≥ threshold",
        "点赞 ≥ 门槛 或 互动 ≥ 门槛",
        "count",
    ),
    Metric(
        "live_views",
        "Live views",
        "直播观看",
        "Views of the stream among the touchpoints you hold.",
        "您手中触点里的直播观看次数。",
        "Σ touches of kind live view",
        "Σ 直播观看触点",
        "count",
    ),
    Metric(
        "live_viewers",
        "Viewers",
        "观看人数",
        "Distinct people of these views, in steps of the privacy threshold; a dash below it. Over several "
        "streams the sum counts a viewer of two twice.",
        "上述观看的去重人数，按隐私阈值分档显示，低于阈值显示短横线。多场合计时，看过两场的人计两次。",
        "count of distinct persons",
        "人员去重计数",
        "count",
    ),
    Metric(
        "live_buyers",
        f"Buyers, {LIVE_HOURS} h",
        f"购买人数（{LIVE_HOURS} 小时）",
        f"Viewers who paid an order within {LIVE_HOURS} hours of their first view of the stream, on any platform you "
        "sell on, as far as their keys are joined. Credited to nothing; it says who bought after watching.",
        f"首次观看该场直播后 {LIVE_HOURS} 小时内付款的观众人数，含您的各个销售平台，以已打通的人员标识为准。"
        "只说明看后购买，不代表因果。",
        f"persons with paid_at − first view ≤ {LIVE_HOURS} h",
        f"付款时间 − 首次观看 ≤ {LIVE_HOURS} 小时的人数",
        "count",
    ),
    Metric(
        "live_gmv",
        f"GMV, {LIVE_HOURS} h",
        f"成交额（{LIVE_HOURS} 小时）",
        "Paid amount of these orders, refunds included; what went back stands beside it.",
        "上述订单的实付金额，含后来退款的部分；退款另列。",
        f"Σ paid within {LIVE_HOURS} h of the first view",
        f"Σ 首次观看后 {LIVE_HOURS} 小时内实付",
        "fen",
    ),
    Metric(
        "live_refunded",
        "Refunded",
        "已退款",
        "What of these orders has gone back by now, whenever it did.",
        "上述订单至今已退的金额，不论何时退款。",
        "Σ refunded of the same order lines",
        "Σ 同批订单行退款",
        "fen",
    ),
    Metric(
        "live_later",
        f"GMV, next {NEXT_DAYS} days",
        f"后续 {NEXT_DAYS} 天成交额",
        f"What the same viewers paid in the {NEXT_DAYS} days after the {LIVE_HOURS} hours. "
        "Young streams are not complete yet.",
        f"同一批观众在 {LIVE_HOURS} 小时之后的 {NEXT_DAYS} 天内的实付金额。近期场次尚未走完窗口。",
        f"Σ paid from {LIVE_HOURS} h to {LIVE_HOURS} h + {NEXT_DAYS} d",
        f"Σ {LIVE_HOURS} 小时后 {NEXT_DAYS} 天内实付",
        "fen",
    ),
    Metric(
        "sold_buyers",
        "Buyers",
        "购买人数",
        "Distinct people who bought in the period, among orders that name their buyer.",
        "本期购买的去重人数，仅含可识别买家的订单。",
        "persons whose order before lies outside of the period",
        "上一次购买不在本期内的人数",
        "count",
    ),
    Metric(
        "new_buyers",
        "New buyers",
        "新客",
        "Buyers whose first order in your ledger lies in the period. Orders from before you handed in data "
        "are not known, so a returning buyer may look new.",
        "在您的账本中首单落在本期的买家。接入数据之前的订单未知，老客可能被看作新客。",
        "persons without an earlier order in the ledger",
        "账本中没有更早订单的人数",
        "count",
    ),
    Metric(
        "repeat_share",
        "Bought again",
        "复购率",
        "Of the new buyers of the period, the share that has bought again by now. Grows for a while after it.",
        "本期新客中，至今再次购买的比例；在期后一段时间内仍会上升。",
        "new buyers with a second buying day ÷ new buyers",
        "有第二个购买日的新客 ÷ 新客",
        "share",
    ),
    Metric(
        "orders_per_buyer",
        "Orders per buyer",
        "人均订单",
        "Orders that name their buyer, for each distinct buyer of the period.",
        "可识别买家的订单数除以本期去重买家数。",
        "orders with a known buyer ÷ buyers",
        "可识别买家订单 ÷ 买家",
        "ratio",
    ),
    Metric(
        "seeded_share",
        "Seeded share",
        "种草订单占比",
        "Among joinable orders, those with a credited touch. Joinable: the buyer ever touched content, or the "
        "order names it. It says nothing of orders that cannot be joined.",
        "可关联订单中，带有归因触点的比例。可关联：买家曾接触过内容，或订单自身指明内容。对无法关联的订单不作推断。",
        "orders with a credited touch ÷ joinable orders",
        "带归因触点的订单 ÷ 可关联订单",
        "share",
    ),
    Metric(
        "cadence",
        "Notes a week",
        "周均笔记",
        "Notes published in the period, for each week of it.",
        "本期发布的笔记数除以周数。",
        "notes published ÷ weeks",
        "发布笔记数 ÷ 周数",
        "ratio",
    ),
)
