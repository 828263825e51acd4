"""The words of the trade: what people write under notes when they ask, buy, praise or warn (pure data).

Each entry is matched as it stands in the lower-cased, width-folded text. Lists are short on purpose: an entry
that a reader could not explain does not belong here. ``VERSION`` stands in every label.
"""

from __future__ import annotations

VERSION = "words-1"

ASK_LINK = (
    "求链接",
    "链接",
    "哪里买",
    "哪买",
    "在哪买",
    "怎么买",
    "店铺",
    "求店",
    "where to buy",
    "link please",
)
ASK_PRICE = ("多少钱", "价格", "几钱", "贵吗", "什么价", "有活动吗", "how much", "price")
ASK_FIT = (
    "能用吗", "可以用吗", "适合吗", "适合我吗", "可以吗", "好用吗", "有用吗", "会闷痘吗", "会过敏吗", "孕妇",
    "宝宝能", "几个月", "敏感肌能", "油皮能", "干皮能", "真的吗", "does it work", "suitable",
)  # fmt: skip
QUESTION_SIGNS = ("?", "吗", "嘛?", "么?", "呢?", "怎么", "什么时候", "哪个", "哪款", "求", "请问")

BOUGHT = ("已买", "买了", "已下单", "下单了", "入手了", "拿下", "到货", "刚收到", "bought", "ordered")
REBOUGHT = ("回购", "复购", "空瓶", "第二瓶", "第三瓶", "囤", "无限回购", "bought again")
COMPARE = ("比", "对比", "哪个好", "还是", "平替", "和", "versus", " vs ")
WARN = ("避雷", "踩雷", "拔草", "劝退", "别买", "智商税", "慎入", "翻车", "avoid", "do not buy", "don't buy")
COMPLAIN = (
    "闷痘", "过敏", "烂脸", "刺痛", "搓泥", "假滑", "没效果", "没用", "不好用", "难用", "太贵", "难闻", "失望",
    "鸡肋", "退货", "差评", "客服", "发货慢", "broke me out", "useless", "disappointed",
)  # fmt: skip
PRAISE = (
    "好用", "绝绝子", "爱了", "种草", "真香", "yyds", "宝藏", "神仙", "有效", "效果好", "惊艳", "喜欢", "推荐",
    "好吃", "不踩雷", "温和", "吸收快", "细腻", "水润", "值得", "love it", "works great", "recommend",
)  # fmt: skip

NEGATIONS = ("不", "没", "没有", "别", "不会", "从不", "not ", "no ", "never ")
"""Turn a polar word over when they stand right before it, unless the whole is an entry of its own."""

SELF = (
    "我也",
    "我的",
    "我家",
    "我脸",
    "我是",
    "本人",
    "同款",
    "我用",
    "我混油",
    "我敏感",
    "me too",
    "my skin",
)
