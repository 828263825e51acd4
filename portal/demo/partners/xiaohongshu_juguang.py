"""The ad system's daily reports and the blogger market's note data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from portal.demo.content import Content
from portal.demo.costs import AdDay, Cooperation
from portal.demo.partners.wording import pages, shanghai, yuan
from portal.demo.partners.xiaohongshu_ark import blogger_id

PAGE, NOTES_PAGE = 500, 100


def exchanges(
    content: Content, ad_days: Sequence[AdDay], cooperations: Sequence[Cooperation], last: date
) -> Iterator[dict[str, Any]]:
    for number, page in enumerate(pages(ad_days, PAGE), start=1):
        yield creative_report(content, page, number, len(ad_days))
    for number, rows in enumerate(pages(cooperations, NOTES_PAGE), start=1):
        yield note_data(content, rows, number, len(cooperations), last)


def creative_report(content: Content, rows: Sequence[AdDay], page: int, total: int) -> dict[str, Any]:
    """``offline/creativity``, by day: numbers as text, money in yuan."""
    return {
        "request": {
            "path": "/api/open/jg/data/report/offline/creativity",
            "body": {
                "advertiser_id": int(content.advertiser_id),
                "start_date": min(row.day for row in rows).isoformat(),
                "end_date": max(row.day for row in rows).isoformat(),
                "time_unit": "DAY",
                "page_num": page,
                "page_size": PAGE,
            },
        },
        "response": _good({"data_list": [_ad_row(content, row) for row in rows], "total_count": total}),
    }


def note_data(
    content: Content, rows: Sequence[Cooperation], page: int, total: int, last: date
) -> dict[str, Any]:
    """``/pgy/note/post/data``: running totals as of a day, prices in fen."""
    return {
        "request": {
            "path": "/api/open/pgy/note/post/data",
            "body": {
                "user_id": content.advertiser_id,
                "date_type": 2,
                "page_num": page,
                "page_size": NOTES_PAGE,
            },
        },
        "response": _good(
            {
                "total": total,
                "page_num": page,
                "page_size": NOTES_PAGE,
                "total_page": -(-total // NOTES_PAGE),
                "datas": [_note_row(content, row, last) for row in rows],
            }
        ),
    }


def _good(data: dict[str, Any]) -> dict[str, Any]:
    return {"code": 0, "success": True, "msg": "成功", "data": data, "request_id": "demo"}


def _ad_row(content: Content, row: AdDay) -> dict[str, Any]:
    creative = row.creative
    campaign = content.campaigns[creative.campaign]
    interaction = row.like + row.comment + row.collect + row.follow + row.share
    return {
        "time": row.day.isoformat(),
        "campaign_id": campaign.id,
        "campaign_name": campaign.drive.name,
        "unit_id": creative.unit_id,
        "unit_name": f"{campaign.drive.name}｜单元",
        "creativity_id": creative.id,
        "creativity_name": content.notes[creative.note].idea.title[:30],
        "note_id": content.notes[creative.note].id,
        "placement": "2" if campaign.drive.search else "1",
        "marketing_target": "4",
        "fee": yuan(row.fee_fen),
        "impression": f"{row.impression:,}",
        "click": str(row.click),
        "ctr": _rate(row.click * 100, row.impression),
        "acp": _rate(row.fee_fen, row.click * 100),
        "cpm": _rate(row.fee_fen * 10, row.impression),
        "like": str(row.like),
        "comment": str(row.comment),
        "collect": str(row.collect),
        "follow": str(row.follow),
        "share": str(row.share),
        "interaction": str(interaction),
        "cpi": _rate(row.fee_fen, interaction * 100),
        "i_user_num": str(row.interested),
        "ti_user_num": str(row.deeply_interested),
    }


def _rate(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "-"


def _note_row(content: Content, row: Cooperation, last: date) -> dict[str, Any]:
    note = row.note
    engaged = row.likes + row.saves + row.comments + row.shares
    return {
        "date_key": f"{last:%Y%m%d}",
        "brand_user_id": content.advertiser_id,
        "brand_user_name": content.brand.name,
        "spu_name": next(item.name for item in content.brand.products if item.code == note.idea.product),
        "kol_id": blogger_id(note.blogger.code),
        "kol_nick_name": note.blogger.name,
        "kol_fan_num": note.blogger.followers,
        "note_id": note.id,
        "note_title": note.idea.title,
        "note_type": 2 if note.idea.video else 1,
        "note_publish_time": shanghai(note.published_at),
        "cooperate_type": 0,
        "order_id": row.order_id,
        "kol_price": row.price_fen,
        "total_platform_price": row.platform_fen,
        "imp_num": row.impressions,
        "read_num": row.reads,
        "engage_num": engaged,
        "engage_rate": _rate(engaged * 100, row.reads),
        "like_num": row.likes,
        "fav_num": row.saves,
        "cmt_num": row.comments,
        "share_num": row.shares,
    }
