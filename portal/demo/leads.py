"""The studio's desk: two stores, three agents, two months of people who ask, and some who ask right now."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from leads.clock import china
from leads.models import Agent, Appointment, BookingRule, Consultation, Feedback, Lead, Snippet, Source
from leads.operations import (
    appointments,
    assignment,
    deals,
    replies,
    sessions,
    setup,
    sources,
    stages,
    telling,
    timers,
)  # fmt: skip
from merchants import tenancy
from merchants.models import Merchant, Store, User
from merchants.periods import day_of, start_of
from portal.demo import desk_files
from portal.demo import desk_partners as partners
from portal.demo.content import Content, Note

BY = "system:demo"
SOURCE = "xiaohongshu_im"
DAYS, OF_A_DAY = 56, 4
DEPOSIT = 50_000  # fen
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
STORES = (("sanya", "云汀里·三亚海棠湾店"), ("xiamen", "云汀里·厦门曾厝垵店"))
AGENTS = (("demo", "林夏", 12), ("yuntingli-agent", "江绾", 10), ("yuntingli-agent-2", "许渡", 10))
WEEK_OF_PEOPLE, FIRST_OF_THE_WEEK = 32, 900
STARTS = tuple(timedelta(hours=hour) for hour in (9, 13, 15, 15, 17))  # within the hours, as slots begin
OPEN = [["09:00", "12:00"], ["13:00", "22:00"]]
NAMES = (
    "小鱼",
    "阿橙",
    "Momo",
    "栗子",
    "十七",
    "鹿鹿",
    "桃桃",
    "南风",
    "Yuki",
    "糯米",
    "晚晚",
    "阿梨",
    "柚子",
    "星河",
)
FAMILIES = "林陈黄周吴徐孙朱高郭何罗"
QUESTIONS = (
    "你好，请问这套海边的多少钱呀",
    "看到你们的笔记了，12 月还有档期吗？",
    "想问下两天一岛包含几套衣服",
    "我们是从外地来，机票和酒店包吗",
    "预算八千左右，能拍外景吗",
    "小个子适合哪一套呀",
)
MORE = ("大概下个月拍", "两个人，想要自然一点的", "底片都送吗", "可以先看看客片吗", "我再和对象商量一下")
ANSWERS = (
    "您好呀，这套是 8,999，含两天外景和 4 套服装。您大概想什么时候拍呢？",
    "在的～本月周末还有两个档期，给您留一个看看？",
    "不会摆姿势也没关系，摄影师会带着您一步步来。",
)
SNIPPETS = (
    (
        "hi",
        "打招呼",
        "{name|亲}您好，我是{store|云汀里}的{agent|客服}，很高兴为您服务～请问您想拍海边还是内景呢？",
    ),
    ("price", "套系价格", "海岛旅拍两天一岛 8,999 元，室内韩式三服三造 4,999 元，定金 500 元即可锁定档期。"),
    ("date", "问档期", "{name|亲}，您大概想哪天拍？周末档期比较紧，我先帮您看看。"),
    (
        "remind",
        "预约提醒",
        "{name|亲}您好，温馨提醒：您 {time} 在{store}有拍摄预约，到店出示 {code} 即可。不方便可以改期～",
    ),
    ("card", "留联系方式", "方便的话请点下方的官方名片留下联系方式，我把客片和报价发给您。"),
)


@dataclass(frozen=True, slots=True)
class Desk:
    merchant: Merchant
    stores: list[Store]
    agents: list[Agent]
    content: Content
    dice: random.Random


def put(merchant: Merchant, content: Content, until: datetime) -> None:
    """Two months of consultations through the desk's own doors; repeatable, messages have fixed ids."""
    dice = random.Random(f"desk {merchant.code}")  # noqa: S311 - invented people
    desk = _desk(merchant, content, dice)
    source = _source(merchant)
    for number in range(DAYS * OF_A_DAY):
        at = (until - (DAYS - number // OF_A_DAY) * DAY).replace(hour=1, minute=0, second=0, microsecond=0)
        with tenancy.acting_for(merchant):  # whole or not at all: the desk's own timers run meanwhile
            _play(desk, number, at + dice.randrange(13 * 3600) * timedelta(seconds=1), until)
    red = partners.xiaohongshu()
    sending = {"app_id": "demo-app", "third_account_id": red.third_account_id}
    sources.give(merchant, source, given=sending, by=BY)  # until now replies were copied by hand
    with tenancy.acting_for(merchant):
        _week(desk, datetime.now(UTC))
        _now(desk, datetime.now(UTC))
    if desk.agents:
        desk_files.put(merchant, desk.agents[0], desk.agents[-1])


def _source(merchant: Merchant) -> Source:
    """The studio's account, which hears what became of its leads and takes replies; its partner is a fake."""
    with tenancy.acting_for(merchant):
        found: Source | None = Source.objects.for_merchant(merchant).filter(channel=SOURCE).first()
    red = partners.xiaohongshu()
    told = {"advertiser_id": red.advertiser_id, "base": partners.base("xiaohongshu")}
    return found or sources.open_source(
        merchant, channel=SOURCE, name="云汀里·小红书私信", key_hex=red.key_hex, given=told, by=BY
    )


def _tell(merchant: Merchant) -> None:
    """What is to be told, at the time when it happened."""
    rows = Feedback.objects.for_merchant(merchant).filter(state=Feedback.State.QUEUED).order_by("pk")
    for at in list(rows.values_list("happened_at", flat=True)):
        telling.tell_one(merchant, now=at + MINUTE, by=partners.xiaohongshu())


def _desk(merchant: Merchant, content: Content, dice: random.Random) -> Desk:
    setup.ensure(merchant)
    with tenancy.acting_for(merchant):
        stores = [
            Store.objects.get_or_create(merchant=merchant, code=code, defaults={"name": name})[0]
            for code, name in STORES
        ]
        for store in stores:
            BookingRule.objects.get_or_create(
                merchant=merchant, store=store, service="", defaults={"capacity": 3, "slot_minutes": 120}
            )
        for place, (shortcut, title, text) in enumerate(SNIPPETS):
            Snippet.objects.get_or_create(
                merchant=merchant,
                shortcut=shortcut,
                defaults={"title": title, "text": text, "position": place},
            )
    setup.set_hours(
        merchant,
        weekdays={str(day): OPEN for day in range(7)},
        exceptions=dict.fromkeys(china.exceptions(2026, OPEN), OPEN),  # a studio works when others rest
        by=BY,
    )
    agents = [
        setup.set_agent(
            merchant,
            user=user,
            name=name,
            capacity=capacity,
            presence="online",
            leads_shift=place == 0,
            by=BY,
        )
        for place, (username, name, capacity) in enumerate(AGENTS)
        for user in User.objects.filter(username=username)
    ]
    return Desk(merchant, stores, agents, content, dice)


def _say(desk: Desk, who: int, part: str, text: str, at: datetime, **fields: Any) -> Consultation:
    message = sessions.take_message(
        desk.merchant,
        source=SOURCE,
        conversation=f"yuntingli:u{who:05}",
        message_id=f"demo-{who}-{part}",
        platform_user=f"u{who:05}",
        nickname=f"{NAMES[who % len(NAMES)]}{'' if who < len(NAMES) else who}",
        text=text,
        sent_at=at,
        received_at=at + timedelta(seconds=1),
        origin=_origin(desk.content, who, at),
        store=desk.stores[who % len(desk.stores)],
        by=BY,
        **fields,
    )
    found: Consultation = message.session
    return found


def _origin(content: Content, who: int, at: datetime) -> dict[str, str]:
    """What the platform tells of how a person came: two in three by an ad that runs on the day, of one in nine
    nothing at all."""
    if who % 9 == 4:
        return {}
    day = day_of(at)
    ads = [one for one in content.creatives if one.first <= day <= one.last] if who % 3 else []
    if not ads:
        notes = [one for one in content.notes if one.published_at <= at]
        return _of_note(notes[who % len(notes)]) if notes else {}
    ad = ads[who % len(ads)]
    campaign = content.campaigns[ad.campaign]
    return _of_note(content.notes[ad.note]) | {
        "campaign_id": campaign.id,
        "campaign_name": campaign.drive.name,
        "creative_id": ad.id,
        "click_id": f"demo-click-{who}",
    }


def _of_note(note: Note) -> dict[str, str]:
    return {"note_id": note.id, "note_title": note.idea.title}


def _play(desk: Desk, who: int, at: datetime, until: datetime) -> None:
    """One person's way, as far as the dice carry it."""
    dice, merchant = desk.dice, desk.merchant
    session = _say(desk, who, "a", dice.choice(QUESTIONS), at)
    if session.first_human_reply_at is not None or session.state == "closed":
        return  # planted before
    _say(desk, who, "b", "您好，已收到您的消息，客服马上就来～", at + timedelta(seconds=2), author="auto")
    if dice.random() < 0.04 or not desk.agents:
        replies.close(merchant, session, by=BY, now=at + DAY)
        return
    agent = dice.choice(desk.agents)
    slow = dice.random() < 0.18
    wait = timedelta(seconds=dice.randrange(200, 1500) if slow else dice.randrange(20, 170))
    assignment.take(merchant, session, agent, by=BY, now=at + timedelta(seconds=8))
    replies.reply(merchant, session, agent, text=dice.choice(ANSWERS), by=BY, now=at + wait)
    session = _say(desk, who, "c", dice.choice(MORE), at + wait + 2 * MINUTE)
    replies.reply(merchant, session, agent, text="好的，马上为您安排～", by=BY, now=at + wait + 3 * MINUTE)
    if dice.random() < 0.6:
        phone = f"13{dice.randrange(10)}{dice.randrange(10**8):08}"
        replies.take_contact(merchant, session, kind="phone", text=phone, by=BY, now=at + wait + 6 * MINUTE)
        _follow(desk, session, at + HOUR, until)
        _tell(merchant)
    replies.close(merchant, session, by=BY, now=at + 2 * HOUR)


def _follow(desk: Desk, session: Consultation, at: datetime, until: datetime) -> None:
    """Valid, booked, visited, won; or an end with its reason."""
    dice, merchant = desk.dice, desk.merchant
    with tenancy.acting_for(merchant):
        lead = (
            Lead.objects.select_related("stage").filter(conversation_id=session.conversation_id).latest("pk")
        )
        store = Store.objects.get(pk=session.store_id)
    chance = dice.random()
    if chance < 0.12:
        reason = dice.choice(["spam", "wrong_category", "empty_number"])
        stages.move(merchant, lead, to="invalid", reason=reason, by=BY, now=at)
        return
    stages.move(merchant, lead, to="qualified", by=BY, now=at)
    if chance < 0.35:
        reason = dice.choice(["price", "chose_other", "no_answer", "postponed"])
        stages.move(merchant, lead, to="lost", reason=reason, by=BY, now=min(at + 2 * DAY, until))
        return
    starts_at = (at + dice.randrange(2, 9) * DAY).replace(hour=dice.randrange(2, 9), minute=0, second=0)
    try:
        kept = appointments.book(merchant, lead, store=store, starts_at=starts_at, by=BY, now=at)
    except appointments.Refused:
        return
    if starts_at > until:
        return
    if dice.random() < 0.2:
        appointments.missed(merchant, kept, by=BY, now=starts_at + HOUR)
        return
    nonce = uuid.uuid5(uuid.NAMESPACE_OID, f"{merchant.code} {lead.pk}")
    appointments.redeem(merchant, code=kept.code, nonce=nonce, by=BY, at=starts_at)
    if dice.random() < 0.7:
        _buy(desk, lead, starts_at + HOUR, until)


def _buy(desk: Desk, lead: Lead, closed: datetime, until: datetime) -> None:
    """A deposit on the day; ten days later the rest, or the deal is off and the deposit kept; some money back."""
    dice, merchant = desk.dice, desk.merchant
    fen = dice.choice([899_900, 899_900, 499_900])
    deal = deals.close(merchant, lead, fen=fen, closed_at=closed, order_number=f"YT{lead.pk:06}", by=BY)

    def post(kind: str, fen: int, at: datetime) -> None:
        if at <= until:
            reference = f"{kind}-{lead.pk}"
            deals.post(merchant, deal, kind=kind, fen=fen, reference=reference, by=BY, posted_at=at)

    later, fate = closed + 10 * DAY, dice.random()
    post("deposit", DEPOSIT, closed)
    if fate < 0.1:
        post("cancel", 0, later)
        return
    post("balance", fen - DEPOSIT, later)
    if fate > 0.9:
        post("refund", 30_000, later + 2 * DAY)


def _week(desk: Desk, now: datetime) -> None:
    """A week of the calendar: who comes, came, did not, put it off or called it off; repeatable."""
    merchant, dice = desk.merchant, desk.dice
    monday = start_of(day_of(now) - day_of(now).weekday() * DAY)
    for place in range(WEEK_OF_PEOPLE):
        who = FIRST_OF_THE_WEEK + place
        starts_at = monday + (place % 7) * DAY + dice.choice(STARTS)
        asked_at = min(starts_at, now) - 6 * DAY + place * MINUTE
        session = _say(desk, who, "a", dice.choice(QUESTIONS), asked_at)
        lead = stages.begin(merchant, session)
        if lead.appointments.exists() or not desk.agents:
            continue
        assignment.take(merchant, session, desk.agents[place % len(desk.agents)], by=BY, now=asked_at)
        replies.reply(merchant, session, desk.agents[0], text=ANSWERS[1], by=BY, now=asked_at + MINUTE)
        phone = f"137{dice.randrange(10**8):08}"
        replies.take_contact(merchant, session, kind="phone", text=phone, by=BY, now=asked_at + 2 * MINUTE)
        replies.close(merchant, session, by=BY, now=asked_at + HOUR)
        lead.refresh_from_db()
        try:
            kept = appointments.book(
                merchant, lead, store=session.store, starts_at=starts_at, by=BY, now=asked_at + HOUR
            )
        except appointments.Refused:
            continue
        _end(desk, kept, place, now)


def _end(desk: Desk, kept: Appointment, place: int, now: datetime) -> None:
    """How an appointment of the week ended, or what became of one that lies ahead."""
    merchant, booked_at = desk.merchant, kept.booked_at
    if place % 9 == 4:
        kept = appointments.rebook(
            merchant, kept, starts_at=kept.starts_at + 2 * HOUR, by=BY, now=booked_at + HOUR
        )
    if place % 9 == 7:
        appointments.cancel(merchant, kept, reason="孩子临时发烧", by=BY, now=booked_at + DAY)
    elif kept.ends_at <= now and place % 5 == 3:
        appointments.missed(merchant, kept, by=BY, now=kept.ends_at)
    elif kept.ends_at <= now:
        nonce = uuid.uuid5(uuid.NAMESPACE_OID, f"{merchant.code} week {kept.pk}")
        appointments.redeem(merchant, code=kept.code, nonce=nonce, by=BY, at=kept.starts_at)


def _now(desk: Desk, now: datetime) -> None:
    """Who asks while one looks: some waiting, one late, one in the middle of a talk."""
    first = DAYS * OF_A_DAY
    for place, (ago, question) in enumerate(zip((400, 150, 95, 20), QUESTIONS, strict=False)):
        _say(desk, first + place, "a", question, now - ago * timedelta(seconds=1))
    if desk.agents:
        session = _say(desk, first + 9, "a", QUESTIONS[4], now - 12 * MINUTE)
        if session.first_human_reply_at is None:
            assignment.take(desk.merchant, session, desk.agents[0], by=BY, now=now - 11 * MINUTE)
            merchant = desk.merchant
            replies.reply(merchant, session, desk.agents[0], text=ANSWERS[0], by=BY, now=now - 10 * MINUTE)
            thread = session.conversation
            replies.note(merchant, thread, text="预算八千，重点推海岛套系。", by=BY, author_name="林夏")
            _say(desk, first + 9, "b", MORE[2], now - 4 * MINUTE)
            text = "可以加微信 yunting88，我把客片发您～"  # the platform refuses this
            replies.reply(merchant, session, desk.agents[0], text=text, by=BY, now=now - 3 * MINUTE)
    timers.mark_breaches(desk.merchant, now=now)
