"""What a platform told us about an order, and what it amounts to.

A platform never states an order whole. Taobao gives a trade and, on other pages, its refunds; ark
gives a list row without money and a detail; VIPSHOP a head and its lines. Each such statement is a
:class:`Piece`, kept as it came, keyed so that a repeat is the same piece. An order is what
:func:`measurement.alliance.orders.assemble` makes of all its pieces, in whatever order they arrived.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class OrderStatus(StrEnum):
    UNPAID = "unpaid"
    PAID = "paid"
    REFUNDED_PARTIALLY = "refunded_partially"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"


class Feed(StrEnum):
    SHOP = "shop"
    AFFILIATE = "affiliate"


class JoinKind(StrEnum):
    """What an order carries that may join it to a person or to content."""

    BUYER = "buyer"  # a person's id, stable inside its name space only; stored as a keyed hash
    CLICK_ID = "click_id"
    PID = "pid"
    SUB_UNION_ID = "sub_union_id"
    POSITION_ID = "position_id"
    STAT_PARAM = "stat_param"
    CHANNEL_TAG = "channel_tag"
    AD_CODE = "ad_code"
    KOL_ID = "kol_id"
    COUPON = "coupon"
    ASKED = "asked"  # the buyer was asked where they had seen it


@dataclass(frozen=True, slots=True)
class JoinKey:
    kind: JoinKind
    namespace: str  # platform and app or shop, e.g. "taobao"; two name spaces never meet
    value: str


@dataclass(frozen=True, slots=True)
class Piece:
    """One statement of a platform about one order.

    ``kind`` and ``key`` name it within the order ("order", "detail", "refund", "row" ...).
    ``body`` is JSON of plain values: only what assembling needs, money in fen, times as UTC ISO text;
    never a phone, a name of a receiver or an address.
    """

    platform: str
    feed: Feed
    order_id: str
    kind: str
    key: str
    modified_at: datetime | None
    body: Mapping[str, Any]

    @property
    def content_hash(self) -> str:
        """SHA-256 of the body in canonical JSON; decides between two pieces of one modified time."""
        text = json.dumps(self.body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def replaces(self, other: Piece) -> bool:
        """Later modified time wins; at equal time the greater content hash (a stated coin, so that
        the order of arrival never matters). A piece without a time loses to one with a time."""
        return self._rank() > other._rank()

    def _rank(self) -> tuple[float, str]:
        return (self.modified_at.timestamp() if self.modified_at else float("-inf"), self.content_hash)


@dataclass(frozen=True, slots=True)
class LineFact:
    line_id: str
    item_id: str | None  # the platform's product id (num_iid, wareId, spu_id, itemId)
    sku_id: str | None
    title: str
    quantity: int
    paid_fen: int
    refunded_fen: int | None  # None: the platform does not say for which line
    refunded_quantity: int | None = None  # affiliate rows only
    is_gift: bool = False
    shipped_at: datetime | None = None
    carrier: str = ""
    after_sale_reason: str = ""
    join_keys: tuple[JoinKey, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderFact:
    """The normalised order; rules in ``docs/wire-formats.md``. Money is integer fen, times are UTC."""

    platform: str
    order_id: str
    status: OrderStatus
    paid_fen: int
    refunded_fen: int | None
    shipping_fen: int
    paid_at: datetime | None
    lines: tuple[LineFact, ...]
    feed: Feed = Feed.SHOP
    paid_at_source: str | None = None  # "order_time" when the feed has no pay time
    modified_at: datetime | None = None
    created_at: datetime | None = None
    promised_at: datetime | None = None
    shipped_at: datetime | None = None
    signed_at: datetime | None = None
    carrier: str = ""
    after_sale_reason: str = ""
    parent_order_id: str | None = None
    amount_basis: str | None = None
    commission_fen: int | None = None
    commission_valid: bool | None = None
    is_new_buyer: bool | None = None
    join_keys: tuple[JoinKey, ...] = ()


class ErrorClass(StrEnum):
    """What to do about a refused call; the table is in ``docs/wire-formats.md``."""

    AUTH = "auth"
    SIGNATURE = "signature"
    THROTTLE = "throttle"
    TRANSIENT = "transient"
    PERMISSION = "permission"
    BAD_REQUEST = "bad_request"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A platform refused a call, or answered something that is no answer."""

    error_class: ErrorClass
    platform_code: str | None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What one exchange (request and answer) said."""

    pieces: tuple[Piece, ...] = ()
    rows: tuple[Mapping[str, Any], ...] = ()  # report rows in the normalised shape
    notes: tuple[Mapping[str, Any], ...] = ()  # Pugongying note rows
    refusal: Refusal | None = None
    total: int | None = None
    has_next: bool | None = None
    problems: tuple[str, ...] = field(default=())  # a row that could not be read, in words; the page goes on
