"""The columns of leads that are handed in by file or program, and the rule of a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from leads import duplicates
from leads.channels.facts import LeadFact
from leads.operations.handed_in import LeadRow
from merchants.intake.cells import Id, Text, Time
from merchants.intake.columns import Column
from merchants.intake.kinds import not_ahead
from merchants.intake.problems import Refused

PLATFORM = "file"
REACHED_BY = ("phone", "wechat", "email")

LEADS = (
    Column(
        "lead_id",
        Id(),
        _("Lead"),
        _("The sender's own id; without it the row's content is its id."),
        aliases=("线索id", "线索编号", "留资id", "leads_id", "clue_id", "id"),
    ),
    Column(
        "submitted_at",
        Time(),
        _("Left at"),
        _("When the person left the lead."),
        aliases=("提交时间", "留资时间", "创建时间", "时间", "created_at"),
        required=True,
    ),
    Column("name", Text(80), _("Name"), "", aliases=("姓名", "称呼", "客户姓名", "联系人"), personal=True),
    Column(
        "phone",
        Text(40),
        _("Phone"),
        _("In any spelling. Kept sealed."),
        aliases=("电话", "手机", "手机号", "联系电话", "telephone", "telphone", "mobile"),
        personal=True,
    ),
    Column(
        "wechat",
        Text(60),
        _("WeChat id"),
        _("Kept sealed."),
        aliases=("微信", "微信号", "weixin"),
        personal=True,
    ),
    Column(
        "email",
        Text(120),
        _("E-mail"),
        _("Kept sealed."),
        aliases=("邮箱", "电子邮箱", "邮件"),
        personal=True,
    ),
    Column("city", Text(40), _("City"), "", aliases=("城市", "地区", "所在城市")),
    Column(
        "platform_user",
        Text(120),
        _("User of the platform"),
        _("Its id there."),
        aliases=("用户id", "平台用户id", "user_id"),
        personal=True,
    ),
    Column(
        "store",
        Id(40),
        _("Store"),
        _("Code of the store, as in the settings."),
        aliases=("门店", "门店编码", "store_code"),
        constant=True,
    ),
    Column(
        "skill",
        Text(60),
        _("Service"),
        _("What the person asks for; agents with this skill are asked first."),
        aliases=("服务", "项目", "业务", "意向项目"),
        constant=True,
    ),
    Column("note_id", Id(), _("Note"), _("Id of the note on the platform."), aliases=("笔记id", "笔记")),
    Column("campaign_id", Id(), _("Campaign"), _("Id of the campaign."), aliases=("计划id", "计划")),
    Column("unit_id", Id(), _("Unit"), _("Id of the unit."), aliases=("单元id", "单元")),
    Column("creative_id", Id(), _("Creative"), _("Id of the creative."), aliases=("创意id", "创意")),
    Column("live_room_id", Id(), _("Live room"), _("Id of the live room."), aliases=("直播间id", "直播间")),
    Column(
        "keyword", Text(120), _("Keyword"), _("The word that was searched."), aliases=("关键词", "搜索词")
    ),
    Column(
        "channel",
        Text(60),
        _("Channel"),
        _("Where it came from, in the sender's words."),
        aliases=("渠道", "来源", "来源渠道", "source_channel"),
        constant=True,
    ),
    Column("remark", Text(500), _("Remark"), "", aliases=("备注", "留言", "需求", "客户需求")),
)


@dataclass(frozen=True, slots=True)
class Around:
    """What the rule must know besides the row: the codes of the stores, and the time of the check."""

    stores: frozenset[str]
    now: datetime


def lead_shape(around: Around) -> Callable[[Mapping[str, Any]], LeadRow]:
    above: set[str] = set()

    def shape(values: Mapping[str, Any]) -> LeadRow:
        not_ahead(values, around.now, "submitted_at")
        store = values.get("store") or ""
        if store and store not in around.stores:
            raise Refused("unknown_store", "store")
        if values.get("phone") and not duplicates.phone(values["phone"]):
            raise Refused("no_number_in_it", "phone")
        if not any(values.get(name) for name in (*REACHED_BY, "platform_user")):
            raise Refused("nobody_to_answer", "phone")
        fact = _fact(values)
        if fact.key in above:
            raise Refused("told_twice", "lead_id" if fact.external_id else "submitted_at")
        above.add(fact.key)
        return LeadRow(fact, values["submitted_at"], around.now, store, values.get("skill") or "")

    return shape


def _fact(values: Mapping[str, Any]) -> LeadFact:
    return LeadFact(
        platform=PLATFORM,
        external_id=values.get("lead_id"),
        submitted_at=values["submitted_at"],
        name=values.get("name"),
        city=values.get("city"),
        details=tuple((kind, values[kind]) for kind in REACHED_BY if values.get(kind)),
        answers=(("备注", values["remark"]),) if values.get("remark") else (),
        platform_user_id=values.get("platform_user"),
        source_channel=values.get("channel"),
        note_id=values.get("note_id"),
        campaign_id=values.get("campaign_id"),
        unit_id=values.get("unit_id"),
        creative_id=values.get("creative_id"),
        live_room_id=values.get("live_room_id"),
        keyword=values.get("keyword"),
    )
