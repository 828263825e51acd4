"""What readers of the demo write under notes, and what a patient colleague corrected of the labels.

Sentences are drawn with a fixed seed for each note. Some speak the words of the trade; some use slang that no
list of ours knows and that the corrections teach. Planted truth: of those that take sides, seven in ten praise.
"""

from __future__ import annotations

import hashlib
import random
from datetime import datetime, timedelta

from measurement.empathy.labels import Polarity
from measurement.models import Comment, LabelCorrection, Note
from measurement.operations import comment_labels, reported
from measurement.reported.statements import CommentStatement
from merchants import tenancy
from merchants.models import Merchant

BY = "system:demo"
FROM_NOTES = 24  # the latest
ON_A_NOTE = (8, 40)
CORRECTED = 80

PRAISE = {
    "skin": (
        "真的好用，吸收快", "绝绝子，空瓶回购", "敏感肌用着很温和", "用了两周，不踩雷", "宝藏面霜，推荐",
        "我也是换季泛红，用完稳了",
    ),
    "baby": ("宝宝爱了，好吃", "我家娃光盘，回购", "配料干净，推荐", "第二袋了，不踩雷", "细腻，值得"),
}  # fmt: skip
BLAME = {
    "skin": ("用完闷痘了", "避雷，搓泥", "没效果，智商税", "太贵了，失望"),
    "baby": ("宝宝过敏了", "避雷，发货慢", "太贵，失望", "拔草了，难用"),
}
QUESTIONS = {
    "skin": ("敏感肌能用吗", "求链接", "多少钱呀", "孕妇可以用吗", "会闷痘吗？", "哪里买靠谱"),
    "baby": ("几个月能吃", "求链接", "多少钱呀", "宝宝能直接吃吗", "会过敏吗？", "哪里买靠谱"),
}
NEUTRAL = {
    "skin": ("路过", "蹲一个反馈", "先码住", "封面好看", "我家附近专柜有"),
    "baby": ("路过", "先码住", "封面好看", "我家娃六个月"),
}
SLANG_GOOD = ("集美冲它", "姐妹们冲", "这波可以", "蹲到宝了")
SLANG_BAD = ("又来割韭菜", "笑死谁信", "恰饭罢了", "韭菜警告")


def put(merchant: Merchant, *, until: datetime, corrected: int = CORRECTED) -> None:
    """Comments under the latest notes, labelled, some corrected, learned from. Repeatable."""
    with tenancy.acting_for(merchant):
        notes = list(
            Note.objects.for_merchant(merchant)
            .exclude(published_at=None)
            .select_related("spu__category")
            .order_by("-published_at", "id")[:FROM_NOTES]
        )
    rows = [row for note in notes for row in _written(note, until)]
    reported.put_comments(merchant, rows, source="file", by=BY)
    while comment_labels.label_waiting(merchant):
        pass
    _correct(merchant, corrected)
    comment_labels.learn_if_due(merchant)
    while comment_labels.label_waiting(merchant):
        pass


def _written(note: Note, until: datetime) -> list[CommentStatement]:
    seed = int(hashlib.sha256(note.external_id.encode()).hexdigest()[:12], 16)
    chance = random.Random(seed)  # noqa: S311 - an invented world, the same each time
    begun = note.published_at or until
    trade = _trade(note)
    span = max(1, int((min(until, begun + timedelta(days=45)) - begun).total_seconds()))
    rows = []
    for number in range(chance.randint(*ON_A_NOTE)):
        said = (QUESTIONS[trade], PRAISE[trade], BLAME[trade], NEUTRAL[trade], SLANG_GOOD, SLANG_BAD)
        sentences = chance.choices(said, weights=(30, 24, 10, 22, 10, 4))[0]
        rows.append(
            CommentStatement(
                stated_at=until,
                note_id=note.external_id,
                external_id=f"{note.external_id}-c{number}",
                text=chance.choice(sentences),
                posted_at=begun + timedelta(seconds=chance.randrange(span)),
                likes=chance.choice((0, 0, 1, 2, 5, 30)),
            )
        )
    return rows


def _trade(note: Note) -> str:
    return "baby" if note.spu and note.spu.category.code.startswith("baby") else "skin"


def _all(*sentences: dict[str, tuple[str, ...]]) -> list[str]:
    return [one for trades in sentences for trade in trades.values() for one in trade]


def _correct(merchant: Merchant, count: int) -> None:
    """What a person would say of the first comments whose slang the words do not know."""
    truth = {
        **dict.fromkeys([*_all(PRAISE), *SLANG_GOOD], Polarity.POSITIVE),
        **dict.fromkeys([*_all(BLAME), *SLANG_BAD], Polarity.NEGATIVE),
        **dict.fromkeys(_all(QUESTIONS), Polarity.QUESTION),
        **dict.fromkeys(_all(NEUTRAL), Polarity.NEUTRAL),
    }
    with tenancy.acting_for(merchant):
        if LabelCorrection.objects.for_merchant(merchant).exists():
            return
        mine = Comment.objects.for_merchant(merchant).select_related("note")
        slang = list(mine.filter(text__in=SLANG_GOOD + SLANG_BAD).order_by("id")[: count * 3 // 4])
        others = list(mine.exclude(text__in=SLANG_GOOD + SLANG_BAD).order_by("id")[: count - len(slang)])
        for comment in (*slang, *others):
            comment_labels.correct(merchant, comment, polarity=truth[comment.text], by=BY)
