"""The studio's landing page: two weeks of forms as the platform pushes them, with what goes wrong on the way."""

from __future__ import annotations

import json
import random
import secrets
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from leads.channels import signatures
from leads.channels.facts import Delivery
from leads.models import Source
from leads.operations import deliveries, sources
from merchants import tenancy
from merchants.models import Merchant, RawDelivery, Store

BY = "system:demo"
CHANNEL = "xiaohongshu_form"
FORMS = 14
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
WISHES = ("海边日落", "两天一岛", "韩式内景", "旗袍与中式庭院")
FAMILIES = "林陈黄周吴徐孙"


def put(merchant: Merchant, until: datetime) -> None:
    """One form a day: one of them pushed again, one corrected, two with one number; then a test of the console, a
    body that was cut off and a signature that is wrong. Done once."""
    dice = random.Random(f"forms {merchant.code}")  # noqa: S311 - invented people
    with tenancy.acting_for(merchant):
        if Source.objects.for_merchant(merchant).filter(channel=CHANNEL).exists():
            return
        token = secrets.token_hex(16)
        source = sources.open_source(
            merchant,
            channel=CHANNEL,
            name="云汀里·预约落地页",
            tokens=(token,),
            store=Store.objects.for_merchant(merchant).order_by("pk").first(),
            by=BY,
        )
        phones = [f"13{dice.randrange(10)}{dice.randrange(10**8):08}" for _ in range(FORMS)]
        phones[9] = phones[4]
        for number, phone in enumerate(phones):
            at = until - (FORMS - number) * DAY + dice.randrange(3600) * SECOND
            told = _form(number, phone, at)
            _push(source, token, told, at)
            if number == 6:  # no answer was seen
                _push(source, token, told, at + 30 * SECOND)
            if number == 8:
                _push(source, token, _form(number, phone, at, wish="海边日落，可改期"), at + 3600 * SECOND)
        _push(source, token, _form("test", "13800138000", until), until - 9 * SECOND)
        _push(source, token, _form(FORMS, phones[0], until), until - 6 * SECOND, cut=40)
        _push(source, "another token", _form(FORMS, phones[0], until), until - 3 * SECOND)
        rows = RawDelivery.objects.for_merchant(merchant).filter(connection_id=source.connection_id)
        for pk in list(
            rows.filter(state=RawDelivery.State.RECEIVED).order_by("pk").values_list("pk", flat=True)
        ):
            deliveries.take(merchant, pk)


def _form(number: Any, phone: str, at: datetime, wish: str = "") -> dict[str, Any]:
    place = number if isinstance(number, int) else 0
    answers = {
        "姓名": f"{FAMILIES[place % len(FAMILIES)]}{'女士' if place % 3 else '先生'}",
        "电话": phone,
        "想拍什么": wish or WISHES[place % len(WISHES)],
    }
    return {
        "leads_id": f"YT-{number:04}" if isinstance(number, int) else number,
        "landing_page_id": 600000000001,
        "submitted_time": f"{at.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d %H:%M:%S}",
        "source_channel": "信息流",
        "data": [{"label": label, "value": value} for label, value in answers.items()],
    }


def _push(source: Source, token: str, data: dict[str, Any], at: datetime, cut: int = 0) -> None:
    told = {"data": data, "timestamp": int(at.timestamp() * 1000), "source": "demo"}
    body = json.dumps(told, ensure_ascii=False).encode()
    body = body[:-cut] if cut else body
    deliveries.receive(
        source, Delivery(body, {"x-red-signature": signatures.red(token, body)}), now=at + SECOND
    )
