"""Figures of the process: what was shown, read and done with it (pure).

Those that begin with a platform's report are summed from its rows of one level; those of touchpoints from
the daily tallies. The two are never added.
"""

from __future__ import annotations

from measurement.dictionary.metric import Metric

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
    _ours("our_impressions", "Impressions held", "触点：曝光"),
    _ours("reads", "Reads", "阅读"),
    Metric(
        "reader_days",
        "Reader-days",
        "阅读人次（按日去重）",
        "Each reader once a day, channel and product. Distinct readers of a longer span cannot be added up "
        "from days, so this is more than their number.",
        "同一读者在每日、每渠道、每商品只计一次。跨日的去重人数无法由日数据相加，因此本值大于去重人数。",
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
)
