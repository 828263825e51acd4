"""What a merchant has on the platform by a given day: notes, live streams, campaigns with their creatives."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from merchants.wire.times import SHANGHAI
from portal.demo.cast import Brand, Drive, Idea, Live, Person
from portal.demo.cast.bloggers import BLOGGERS

STATIC = "/static/seedbed"
HOURS = (7, 9, 11, 12, 17, 19, 20, 21)  # when bloggers post


@dataclass(frozen=True, slots=True)
class Note:
    id: str
    idea: Idea
    blogger: Person
    published_at: datetime
    code: str  # the affiliate code of links in it

    @property
    def cover(self) -> str:
        return f"{STATIC}/covers/{self.idea.cover}.svg"


@dataclass(frozen=True, slots=True)
class Stream:
    id: str
    live: Live
    blogger: Person
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Creative:
    """One note in one campaign, from ``first`` to ``last`` day."""

    id: str
    unit_id: str
    note: int  # place in ``Content.notes``
    campaign: int  # place in ``Content.campaigns``
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Campaign:
    id: str
    drive: Drive


@dataclass(frozen=True, slots=True)
class Content:
    brand: Brand
    today: date
    advertiser_id: str
    notes: tuple[Note, ...]
    streams: tuple[Stream, ...]
    campaigns: tuple[Campaign, ...]
    creatives: tuple[Creative, ...]


def content_of(brand: Brand, today: date, seed: int) -> Content:
    """Everything with ids, by the seed alone, and days counted back from ``today``."""
    notes = tuple(_note(brand, number, idea, today, seed) for number, idea in enumerate(brand.ideas))
    streams = tuple(
        Stream(
            id_of("live", brand.code, seed, number),
            live,
            BLOGGERS[live.blogger],
            _moment(today - timedelta(days=live.ago), 20, 0),
        )
        for number, live in enumerate(brand.lives)
    )
    campaigns = tuple(
        Campaign(_number("campaign", brand.code, seed, place), drive)
        for place, drive in enumerate(brand.drives)
    )
    creatives = tuple(_creatives(brand, campaigns, today, seed))
    return Content(
        brand, today, _number("advertiser", brand.code, seed, 0), notes, streams, campaigns, creatives
    )


def id_of(*parts: object) -> str:
    """24 hexadecimal digits, as the platform's ids are."""
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()[:24]


def _number(*parts: object) -> str:
    """Nine digits, as the ad system's ids are."""
    return str(100_000_000 + int(id_of(*parts)[:12], 16) % 900_000_000)


def _note(brand: Brand, number: int, idea: Idea, today: date, seed: int) -> Note:
    chance = int(id_of("hour", brand.code, seed, number), 16)
    published = _moment(today - timedelta(days=idea.ago), HOURS[chance % len(HOURS)], chance % 60)
    code = f"{brand.code}_n{number + 1:02d}"
    return Note(id_of("note", brand.code, seed, number), idea, BLOGGERS[idea.blogger], published, code)


def _creatives(brand: Brand, campaigns: tuple[Campaign, ...], today: date, seed: int) -> Iterator[Creative]:
    for place, campaign in enumerate(campaigns):
        drive = campaign.drive
        first = today - timedelta(days=drive.ago)
        last = min(first + timedelta(days=drive.days - 1), today)
        unit = _number("unit", brand.code, seed, place)
        for note in drive.ideas:
            published = today - timedelta(days=brand.ideas[note].ago)
            begins = max(first, published)
            if begins <= last:
                name = _number("creative", brand.code, seed, place, note)
                yield Creative(name, unit, note, place, begins, last)


def _moment(day: date, hour: int, minute: int) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=SHANGHAI)
