"""What the seeding cost, and what the ad system and the blogger market report of it, day by day."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from portal.demo.content import Content, Creative, Note

CPM_FEN = {True: 11_800, False: 6_400}  # search, feed
CLICK_RATE = {True: 0.071, False: 0.094}
PLATFORM_FEE_BP = 1000  # the market takes a tenth of the blogger's price


@dataclass(frozen=True, slots=True)
class AdDay:
    """One creative on one day, as the ad system reports it."""

    creative: Creative
    day: date
    fee_fen: int
    impression: int
    click: int
    like: int
    comment: int
    collect: int
    follow: int
    share: int
    interested: int
    deeply_interested: int


@dataclass(frozen=True, slots=True)
class Cooperation:
    """One paid note, with its running totals as of the last day."""

    note: Note
    order_id: str
    price_fen: int
    platform_fen: int
    impressions: int
    reads: int
    likes: int
    saves: int
    comments: int
    shares: int


@dataclass(frozen=True, slots=True)
class OtherCost:
    """A cost that no platform reports: samples sent, the agency's fee, what came back."""

    key: str
    kind: str  # sample, agency_fee, rebate
    day: date
    fen: int
    note: Note | None = None


def ad_days_of(content: Content, last: date, seed: int) -> list[AdDay]:
    """Every creative on each of its days up to ``last``."""
    dice = random.Random(f"{seed}:{content.brand.code}:ads")  # noqa: S311 - a story, not a secret
    return [
        _ad_day(content, creative, creative.first + timedelta(days=day), dice)
        for creative in content.creatives
        for day in range((creative.last - creative.first).days + 1)
        if creative.first + timedelta(days=day) <= last
    ]


def cooperations_of(content: Content, seed: int) -> list[Cooperation]:
    dice = random.Random(f"{seed}:{content.brand.code}:notes")  # noqa: S311
    return [
        _cooperation(content, note, number, dice)
        for number, note in enumerate(content.notes)
        if note.idea.fee
    ]


def other_costs_of(content: Content) -> Iterator[OtherCost]:
    """Samples for every paid note, the agency's monthly fee, one rebate of the ad system."""
    fees = sum(note.idea.fee for note in content.notes) * 100
    ads = sum(drive.yuan_a_day * drive.days for drive in content.brand.drives) * 100
    for note in content.notes:
        if note.idea.fee:
            sample = 2 * content.brand.products[0].skus[0].yuan * 30  # goods at cost
            yield OtherCost(
                f"sample-{note.code}", "sample", note.published_at.date() - timedelta(days=6), sample, note
            )
    if content.creatives:
        for month in range(5, -1, -1):
            day = content.today - timedelta(days=30 * month + 2)
            yield OtherCost(f"agency-{month}", "agency_fee", day, fees // 60)
        yield OtherCost("rebate-1", "rebate", content.today - timedelta(days=92), -ads // 33)


def _ad_day(content: Content, creative: Creative, day: date, dice: random.Random) -> AdDay:
    drive = content.campaigns[creative.campaign].drive
    wave = 1.15 if day.weekday() >= 5 else 1.0
    share = drive.yuan_a_day * 100 / len(drive.ideas)
    fee = round(share * wave * dice.uniform(0.82, 1.12))
    impression = round(fee / CPM_FEN[drive.search] * 1000 * dice.uniform(0.9, 1.1))
    click = round(impression * CLICK_RATE[drive.search] * dice.uniform(0.85, 1.15))
    pull = min(content.notes[creative.note].idea.pull, 1.6) * drive.pull
    like, collect = (
        round(click * dice.uniform(0.03, 0.06)),
        round(click * dice.uniform(0.02, 0.05) * max(pull, 0.2)),
    )
    interested = round(click * 0.42 * dice.uniform(0.9, 1.1))
    return AdDay(
        creative,
        day,
        fee,
        impression,
        click,
        like,
        round(like * 0.12),
        collect,
        round(like * 0.06),
        round(like * 0.15),
        interested,
        round(interested * 0.22 * max(pull, 0.1)),
    )


def _cooperation(content: Content, note: Note, number: int, dice: random.Random) -> Cooperation:
    price = note.idea.fee * 100
    reads = round(note.blogger.followers * 0.11 * note.idea.reach * dice.uniform(0.8, 1.2)) + 800
    likes = round(reads * dice.uniform(0.03, 0.07))
    return Cooperation(
        note,
        f"PGY{content.advertiser_id}{number:03d}",
        price,
        price * PLATFORM_FEE_BP // 10_000,
        reads * dice.randrange(6, 11),
        reads,
        likes,
        round(likes * 0.6 * max(note.idea.pull, 0.2)),
        round(likes * 0.08),
        round(likes * 0.11),
    )
