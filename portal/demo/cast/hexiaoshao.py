"""禾小勺 Hexiaoshao: baby food, decided over seventy days, sold at VIPSHOP and Tmall."""

from portal.demo.cast import Brand, Drive, Idea, Live, Product, Shop, Sku

RICE, PUREE, NOODLES = "HX-RICE", "HX-PUR", "HX-NOO"

IDEAS = (
    Idea(
        "六月龄第一口吃什么？我把辅食表贴出来了",
        RICE,
        "高铁第一口",
        "初加辅食",
        "rice",
        "mili",
        177,
        2.4,
        1.7,
        6400,
    ),
    Idea(
        "米粉冲不开、结块？水温和顺序都在这里",
        RICE,
        "冲调教程",
        "厨房实操",
        "spoon",
        "yuanyuan",
        169,
        1.6,
        1.3,
        3900,
        True,
    ),
    Idea(
        "儿保说缺铁之后，我们家的三周食谱", RICE, "补铁食谱", "儿保复查", "rice", "douya", 155, 4.2, 1.8, 3000
    ),
    Idea(
        "配料表只有三行，这才是给小月龄吃的",
        RICE,
        "配料干净",
        "成分党妈妈",
        "shelf",
        "niangao",
        138,
        1.2,
        1.4,
        1900,
    ),
    Idea(
        "奶睡宝宝转辅食的四十天（真实作息）",
        RICE,
        "作息过渡",
        "初加辅食",
        "moon",
        "sancan",
        121,
        1.0,
        1.1,
        1000,
    ),
    Idea("一支关于童年的短片", RICE, "品牌故事", "品牌短片", "window", "bawei", 104, 2.6, 0.05, 5600, True),
    Idea("老人带娃也不会冲错的米粉", RICE, "冲调简单", "老人带娃", "spoon", "bawei", 88, 0.9, 1.0, 2100),
    Idea("双胞胎妈妈的囤货账本", RICE, "囤货清单", "大促囤货", "bag", "mili", 57, 1.7, 1.5, 6400),
    Idea(
        "七月龄一周辅食，不重样不折腾", RICE, "一周食谱", "厨房实操", "rice", "yuanyuan", 33, 1.4, 1.3, 3900
    ),
    Idea(
        "新手爸爸第一次做辅食翻车记录",
        RICE,
        "冲调简单",
        "新手爸爸",
        "spoon",
        "bawei",
        16,
        1.3,
        1.1,
        2100,
        True,
    ),
    Idea(
        "外出一天，包里只放两袋果泥", PUREE, "外出便携", "出门遛娃", "picnic", "sancan", 164, 1.1, 1.2, 1000
    ),
    Idea("便秘宝宝的西梅果泥怎么给", PUREE, "肠胃友好", "儿保复查", "pear", "douya", 129, 1.3, 1.4, 3000),
    Idea(
        "果泥不是零食：什么时候给、给多少",
        PUREE,
        "喂养知识",
        "成分党妈妈",
        "pear",
        "niangao",
        99,
        1.0,
        1.1,
        1900,
    ),
    Idea(
        "长途高铁五小时，全靠它续命",
        PUREE,
        "外出便携",
        "长途出行",
        "picnic",
        "yuanyuan",
        62,
        1.0,
        1.0,
        3500,
        True,
    ),
    Idea(
        "秋梨南瓜新口味，挑食娃给了面子", PUREE, "新口味", "新品开箱", "pumpkin", "mili", 19, 1.3, 1.1, 6000
    ),
    Idea(
        "一岁前后的小面条，三分钟一餐",
        NOODLES,
        "三分钟一餐",
        "工作日午餐",
        "noodles",
        "niangao",
        148,
        1.2,
        1.3,
        1900,
    ),
    Idea(
        "不加盐也好吃：番茄牛肉碎碎面",
        NOODLES,
        "无盐食谱",
        "厨房实操",
        "noodles",
        "mili",
        115,
        1.5,
        1.4,
        6000,
        True,
    ),
    Idea("职场妈妈的冷冻辅食流水线", NOODLES, "批量备餐", "职场妈妈", "bowl", "sancan", 79, 0.9, 1.1, 1000),
    Idea(
        "自主进食第一课：从抓面条开始", NOODLES, "自主进食", "手指食物", "baby", "douya", 46, 1.1, 1.2, 3000
    ),
    Idea(
        "十月龄吃饭大作战（附视频）",
        NOODLES,
        "自主进食",
        "工作日午餐",
        "baby",
        "yuanyuan",
        24,
        1.0,
        1.1,
        3500,
        True,
    ),
)

DRIVES = (
    Drive("米粉｜6月龄初加辅食｜信息流", (0, 1), 176, 60, 250),
    Drive("米粉｜补铁｜搜索", (2, 3), 150, 120, 150, search=True, pull=1.3),
    Drive("面条｜一岁以上｜搜索", (15, 16), 118, 90, 120, search=True, pull=1.2),
    Drive("品牌短片｜大曝光｜信息流", (5,), 103, 36, 420, in_task=False, pull=0.3),
    Drive("果泥｜出门遛娃｜信息流", (12, 13), 61, 30, 140),
    Drive("米粉｜囤货｜信息流", (7,), 56, 20, 320),
    Drive("果泥｜新口味｜信息流", (14,), 18, 19, 210),
    Drive("米粉｜新手爸爸｜信息流", (9,), 15, 16, 170),
)

HEXIAOSHAO = Brand(
    code="hexiaoshao",
    name="禾小勺 Hexiaoshao",
    kind="brand",
    touches=98_000,
    orders=4_600,
    cycle_days=70,
    products=(
        Product(RICE, "高铁原味婴儿米粉", "baby-food", 4800, 0.52, (Sku("225g", 118), Sku("两罐装", 218))),
        Product(PUREE, "有机西梅果泥", "baby-food", 4300, 0.26, (Sku("8 袋", 99), Sku("16 袋", 189))),
        Product(NOODLES, "细碎小面条", "baby-food", 4500, 0.22, (Sku("3 盒", 89), Sku("6 盒", 168))),
    ),
    shops=(
        Shop("vipshop", "hxs-vip", "禾小勺唯品会店", 0.54, seeded=0.52, linked=0.14, coded=0.50),
        Shop("taobao", "hxs-tmall", "禾小勺旗舰店（天猫）", 0.46, seeded=0.52, linked=0.58),
    ),
    people=("mili", "douya", "yuanyuan", "niangao", "sancan", "bawei"),
    ideas=IDEAS,
    drives=DRIVES,
    lives=(
        Live("辅食第一课：米粉怎么冲", RICE, "mili", 150),
        Live("儿保后的食谱答疑", RICE, "douya", 84),
        Live("十分钟小面条厨房", NOODLES, "yuanyuan", 40),
    ),
    words=(
        "禾小勺米粉", "婴儿米粉推荐", "六个月辅食", "高铁米粉", "宝宝补铁", "西梅果泥", "宝宝便秘怎么办",
        "宝宝面条", "一岁辅食食谱", "手指食物",
    ),  # fmt: skip
)  # fmt: skip
