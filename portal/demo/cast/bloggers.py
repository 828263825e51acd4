"""The bloggers, most of them with one agency."""

from portal.demo.cast import Person

AGENCY = "judeng"
AGENCY_NAME = "橘灯文化"

_ROWS = (
    ("ali", "阿栗不熬夜", 386_000, "sun", AGENCY),
    ("nanzhi", "南枝与梳妆台", 214_000, "flower", AGENCY),
    ("peifang", "小鹿翻配方表", 172_000, "leaf", AGENCY),
    ("qingning", "一颗青柠皮", 96_400, "drop", AGENCY),
    ("chenpi", "陈皮皮今天素颜", 68_200, "cat", AGENCY),
    ("ganpi", "干皮观察员老周", 143_000, "mountain", AGENCY),
    ("momo", "沫沫的浴室架", 31_500, "cloud", AGENCY),
    ("linshen", "林深成分笔记", 254_000, "star", ""),
    ("tangyan", "糖盐的洗漱包", 12_800, "cup", ""),
    ("youzi", "柚子上早八", 24_600, "fish", AGENCY),
    ("mili", "米粒她妈在厨房", 198_000, "cup", AGENCY),
    ("douya", "豆芽长牙记", 87_300, "leaf", AGENCY),
    ("yuanyuan", "圆圆的第一口", 132_000, "sun", AGENCY),
    ("niangao", "小年糕吃饭手账", 45_900, "flower", AGENCY),
    ("sancan", "三餐与小围兜", 22_700, "fish", AGENCY),
    ("bawei", "爸味厨房", 58_100, "mountain", AGENCY),
    ("qiaomu", "乔木和海风", 41_200, "cloud", AGENCY),
    ("jiezhi", "借光的新娘", 16_900, "star", AGENCY),
    ("manwu", "慢屋十二平", 73_800, "moon", AGENCY),
    ("mutou", "木头先生的家", 27_400, "cat", ""),
    ("xiangxiang", "闻香识小屋", 9_600, "drop", ""),
)
BLOGGERS = {row[0]: Person(*row) for row in _ROWS}
