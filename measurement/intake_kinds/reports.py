"""What platforms and calendars tell in sums: console exports, layers, marketplace series, promotions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from typing import Any

from django.utils.translation import gettext_lazy as _

from measurement.alliance.costs import JUGUANG, PUGONGYING
from measurement.columns.alliance import ALLIANCE, alliance_shape
from measurement.columns.crowds import CROWDS, crowd_shape
from measurement.columns.juguang import JUGUANG_COLUMNS, juguang_shape
from measurement.columns.market import MARKET, PROMOTIONS, market_shape, promotion_shape
from measurement.columns.profiles import PROFILES, profile_shape
from measurement.columns.pugongying import PUGONGYING_COLUMNS, pugongying_shape
from measurement.intake_kinds.prepared import prepared
from measurement.operations import reported, spend
from merchants.intake.kinds import Kind, register
from merchants.models import Merchant, RawDelivery

# One name for files and programs, so that what both tell of one thing meets.
SOURCE = "file"


def _told(
    code: str,
    label: Any,
    columns: Any,
    shape: Any,
    put: Callable[..., Any],
    *examples: dict[str, str],
    source: str = SOURCE,
) -> None:
    """Registers a file of sums: a row of it is shaped into several things, which one operation puts away."""

    def write(
        merchant: Merchant, rows: Iterable[Any], *, delivery: RawDelivery | None = None, by: str
    ) -> Any:
        return put(merchant, chain.from_iterable(rows), source=source, by=by)

    register(
        Kind(
            code=code,
            label=label,
            columns=columns,
            examples=examples,
            prepare=prepared(shape),
            write=write,
            rows_at_once=2_000,
        )
    )


_told(
    "alliance", _("Alliance report"), ALLIANCE, alliance_shape, reported.put_alliance,
    {
        "day": "2026-03-01", "programme": "小红星", "window_days": "15", "level": "task", "task_id": "88012",
        "task_name": "春季修护", "read_uv": "52310", "shop_entry_uv": "6120", "new_visitor_uv": "4080",
        "cart_uv": "880", "order_uv": "214", "gmv": "83190.00", "task_gmv": "71020.00",
        "other_gmv": "12170.00", "new_customers": "151", "cost": "38800.00",
    },
    {
        "day": "2026-03-01", "programme": "小红盟", "window_days": "30", "level": "note",
        "note_id": "65f0c1d2000000001203a4b5", "read_uv": "8120", "shop_entry_uv": "903",
        "order_uv": "31", "gmv": "12030.00",
    },
)  # fmt: skip
_told(
    "juguang", _("Juguang console report"), JUGUANG_COLUMNS, juguang_shape, spend.put,
    {
        "day": "2026-03-01", "fee": "1284.05", "campaign_id": "2000001", "campaign_name": "春季修护",
        "impression": "20110", "click": "2204", "interaction": "310", "ti_user_num": "402", "ctr": "10.96%",
    },
    source=JUGUANG,
)  # fmt: skip
_told(
    "pugongying", _("Pugongying console report"), PUGONGYING_COLUMNS, pugongying_shape, spend.put,
    {
        "order_id": "HT-2026-0031", "note_id": "65f0c1d2000000001203a4b5", "blogger_name": "小满护肤日记",
        "published_on": "2026-03-01", "day": "2026-03-09", "note_fee": "12000.00",
        "platform_fee": "1200.00", "imp_num": "182000", "read_num": "31200", "engage_num": "2140",
    },
    source=PUGONGYING,
)  # fmt: skip
_told(
    "crowds", _("Layers of the platform (AIPS)"), CROWDS, crowd_shape, reported.put_crowds,
    {"day": "2026-03-01", "layer": "TI", "people": "48210", "added": "1203"},
    {"day": "2026-03-02", "spu": "essence-30ml", "people_a": "902000", "people_i": "120400",
        "people_ti": "48900"},
)  # fmt: skip
_told(
    "profiles", _("Profile of a crowd (age, gender, city tier)"), PROFILES, profile_shape, reported.put_profiles,
    {"first_day": "2026-03-01", "last_day": "2026-03-28", "layer": "TI", "dimension": "age", "bucket": "25-34",
        "people": "21690", "share": "45.0%", "tgi": "138.2"},
    {"first_day": "2026-03-01", "note_id": "65f0c1d2000000001203a4b5", "dimension": "gender", "bucket": "女",
        "share": "88.4%"},
)  # fmt: skip
_told(
    "market", _("Marketplace series"), MARKET, market_shape, reported.put_market,
    {"day": "2026-03-01", "platform": "taobao", "search": "8302", "brand_search": "1204",
        "shop_visitors": "5210"},
    {"day": "2026-03-01", "platform": "jd", "spu": "essence-30ml", "search": "1022", "price": "389.00",
        "orders": "31", "revenue": "11859.00"},
)  # fmt: skip
_told(
    "promotions", _("Calendar of promotions"), PROMOTIONS, promotion_shape, reported.put_promotions,
    {"name": "618", "first_day": "2026-05-31", "last_day": "2026-06-18", "kind": "promotion"},
    {"name": "春节", "first_day": "2026-02-16", "last_day": "2026-02-22", "kind": "festival"},
)  # fmt: skip
