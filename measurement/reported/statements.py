"""Statements of what platforms and files report: each with the key under which one of them stands."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from measurement.choices import (
    Layer,
    MarketMeasure,
    ProfileDimension,
    ProfileScope,
    Programme,
    PromotionKind,
    ReportAxis,
    ReportLevel,
)

KEY_LENGTH = 280


@dataclass(frozen=True, slots=True)
class Statement:
    """``stated_at`` is when it was told. Two of one ``natural_key`` speak of the same: the later holds."""

    stated_at: datetime

    @property
    def natural_key(self) -> str:
        raise NotImplementedError

    @property
    def content_hash(self) -> str:
        """SHA-256 of all it states but the time; decides between two statements of one time."""
        told = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "stated_at"}
        text = json.dumps(told, sort_keys=True, default=str, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class AllianceStatement(Statement):
    """One day of a task or a note in a programme. ``metrics`` are whole numbers by the names of
    ``measurement.reported.alliance.METRICS``; what is missing is unknown, zero is zero."""

    programme: Programme
    level: ReportLevel
    day: date
    window_days: int
    axis: ReportAxis = ReportAxis.CLICK
    last_click: bool | None = None
    task_id: str = ""
    task_name: str = ""
    note_id: str = ""
    note_title: str = ""
    spu_code: str = ""
    metrics: Mapping[str, int] = field(default_factory=dict)

    @property
    def natural_key(self) -> str:
        return _key(
            self.programme, self.level, self.day, self.window_days, self.axis, _flag(self.last_click),
            self.task_id or self.task_name, self.note_id, self.spu_code,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class CrowdStatement(Statement):
    """People in a layer at the end of a day, as the platform counts them."""

    day: date
    layer: Layer
    people: int
    added: int | None = None
    spu_code: str = ""

    @property
    def natural_key(self) -> str:
        return _key(self.day, self.layer, self.spu_code)


@dataclass(frozen=True, slots=True)
class ProfileStatement(Statement):
    """One bucket of a profile, between two days, both included: people, their share of all (0 to 1), and TGI
    (100: as everywhere on the platform), each None where it is not told. ``content_id`` is the platform's id
    of the note, campaign or live stream; no layer: all whom the source tells of."""

    first_day: date
    last_day: date
    scope: ProfileScope
    dimension: ProfileDimension
    bucket: str
    people: int | None = None
    share: Decimal | None = None
    tgi: Decimal | None = None
    layer: Layer | None = None
    spu_code: str = ""
    content_id: str = ""

    @property
    def natural_key(self) -> str:
        return _key(
            self.scope, self.spu_code or self.content_id, self.layer or "", self.dimension,
            self.first_day, self.last_day, self.bucket,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class MarketStatement(Statement):
    """A day of a marketplace's series; a price in fen."""

    platform: str
    day: date
    measure: MarketMeasure
    value: Decimal
    spu_code: str = ""

    @property
    def natural_key(self) -> str:
        return _key(self.platform, self.measure, self.day, self.spu_code)


@dataclass(frozen=True, slots=True)
class PromotionStatement(Statement):
    """Days with another reason to buy, both included. Its key is name and first day: a later word may move
    the end."""

    first_day: date
    last_day: date
    name: str
    kind: PromotionKind
    platform: str = ""
    spu_code: str = ""

    @property
    def natural_key(self) -> str:
        return _key(self.kind, self.first_day, self.platform, self.spu_code, self.name)


@dataclass(frozen=True, slots=True)
class CommentStatement:
    """A comment as its source tells it now; ``author_key`` is the keyed hash of the author's id."""

    stated_at: datetime
    note_id: str
    external_id: str
    text: str
    posted_at: datetime
    author_key: UUID | None = None
    likes: int | None = None
    reply_to: str = ""
    by_author: bool = False


def _flag(value: bool | None) -> str:
    return "" if value is None else "last" if value else "all"


def _key(*parts: Any) -> str:
    """The parts with ``|`` between them (doubled inside); a long key is its SHA-256."""
    key = "|".join(str(part).replace("|", "||") for part in parts)
    return key if len(key) <= KEY_LENGTH else hashlib.sha256(key.encode()).hexdigest()
