"""Figures of empathy: what comments and deep acts say, each part apart (pure)."""

from __future__ import annotations

from measurement.dictionary.metric import Metric

METRICS = (
    Metric(
        "empathy_deep",
        "Deep engagement",
        "深度互动率",
        "Saves, shares and screenshots of the notes for one read, from touchpoints. A dash where no reads are "
        "known. Interval: Wilson, 95 %.",
        "每次阅读带来的收藏、分享和截图，取自触点。没有阅读数时为短横线。区间：Wilson，95%。",
        "(saves + shares + screenshots) ÷ reads",
        "（收藏 + 分享 + 截图）÷ 阅读",
        "share",
    ),
    Metric(
        "empathy_questions",
        "Questions",
        "提问率",
        "Share of comments that ask: where, how much, does it fit me. Practitioners read questions of fit as "
        "an intent to buy; we only count them.",
        "评论中提问的比例：在哪买、多少钱、适合我吗。从业者把适用性提问视为购买意向，这里只做计数。",
        "comments that ask ÷ comments",
        "提问评论 ÷ 评论",
        "share",
    ),
    Metric(
        "empathy_liked",
        "Liked",
        "好评率",
        "Positive comments of those that praise or blame; questions and neutral ones stand apart. Labels come "
        "from an open list of words, from your corrections, or from a model learned of them.",
        "在有褒贬的评论中正面评论的比例；提问和中性评论另列。标签来自公开词表、你的更正，或由更正学得的模型。",
        "positive ÷ (positive + negative)",
        "正面 ÷（正面 + 负面）",
        "share",
    ),
    Metric(
        "empathy_recommended",
        "Net recommendation",
        "净推荐",
        "Recommending less warning comments, of all that take sides. Not an NPS: nobody was asked.",
        "有褒贬的评论中，推荐减劝退的比例。不是 NPS：没有人被问卷调查。",
        "(positive − negative) ÷ (positive + negative)",
        "（正面 − 负面）÷（正面 + 负面）",
        "share",
    ),
    Metric(
        "empathy_self",
        "Speaks of oneself",
        "代入率",
        "Share of comments in the first person: me too, my skin, my child.",
        "评论中以“我也”“我脸”“我家”等第一人称代入的比例。",
        "comments of oneself ÷ comments",
        "代入评论 ÷ 评论",
        "share",
    ),
    Metric(
        "empathy_echo",
        "Echo",
        "卖点回声",
        "Share of comments that repeat a part of the note's buying point, among notes that state one.",
        "写明卖点的笔记下，复述卖点的评论比例。",
        "comments that echo ÷ comments under notes with a buying point",
        "复述卖点的评论 ÷ 写明卖点笔记的评论",
        "share",
    ),
)
