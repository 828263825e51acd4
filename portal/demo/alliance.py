"""What the Alliance programmes report of the demo's tasks: believable beside its orders, and never the same.

A programme sees buyers that no key of ours joins, counts an order whole for every note, keeps refunds, and
counts what its buyers bought besides. So its figures are drawn from the orders behind each note and day, with
these differences planted: :data:`UNSEEN` more people, :data:`BESIDES` of GMV for other products.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import connection

from measurement.choices import Platform, Programme, ReportLevel
from measurement.operations import reported
from measurement.reported.statements import AllianceStatement
from merchants import tenancy
from merchants.models import Merchant
from portal.demo.shelves import BY
from portal.demo.world import World

DAYS = 60
UNSEEN = 0.35
BESIDES = 0.14
OVERLAP = 0.9  # of the orders of its notes that a task counts: some follow two of them
PROGRAMMES = {
    Platform.TAOBAO: (Programme.XIAOHONGXING, (15, 30)),
    Platform.JD: (Programme.XIAOHONGMENG, (15,)),
    Platform.VIPSHOP: (Programme.XIAOHONGLIAN, (30,)),
}
Counts = dict[str, int]


@dataclass(slots=True)
class _Bought:
    people: int = 0
    fen: int = 0


@dataclass(slots=True)
class _Task:
    """A campaign inside a task, with the places of its notes and what each cost a day."""

    id: str
    name: str
    notes: tuple[str, ...]
    costs: dict[tuple[str, date], int] = field(default_factory=dict)
    clicks: dict[tuple[str, date], int] = field(default_factory=dict)


def put(merchant: Merchant, world: World) -> None:
    """States the reports of the last days, through the door that files go through."""
    reported.put_alliance(merchant, _statements(merchant, world), source="file", by=BY)


def _statements(merchant: Merchant, world: World) -> Iterator[AllianceStatement]:
    tasks = _tasks(world)
    if not tasks:
        return
    last = world.content.today - timedelta(days=1)
    first = last - timedelta(days=DAYS - 1)
    platforms = [shop.platform for shop in world.brand.shops if shop.platform in PROGRAMMES]
    for platform in dict.fromkeys(platforms):
        programme, windows = PROGRAMMES[Platform(platform)]
        share = 1 / len(set(platforms))
        for window in windows:
            bought = _bought(merchant, platform, window, first, last)
            dice = random.Random(f"{world.seed}:{world.brand.code}:{platform}:{window}")  # noqa: S311 - a story
            for task in tasks:
                yield from _of_task(task, programme, window, bought, share, dice, world, first)


def _of_task(
    task: _Task,
    programme: Programme,
    window: int,
    bought: dict[tuple[str, date], _Bought],
    share: float,
    dice: random.Random,
    world: World,
    first: date,
) -> Iterator[AllianceStatement]:
    for ago in range(DAYS):
        day = first + timedelta(days=ago)
        whole: Counts = defaultdict(int)
        for note in task.notes:
            if (note, day) not in task.clicks:
                continue
            told = _figures(task, note, day, bought.get((note, day), _Bought()), share, dice)
            for name, value in told.items():
                whole[name] += value
            yield AllianceStatement(
                world.until, programme, ReportLevel.NOTE, day, window,
                task_id=task.id, task_name=task.name, note_id=note, metrics=told,
            )  # fmt: skip
        if whole:
            people = {
                name: round(value * (1 if name == "cost_fen" else OVERLAP)) for name, value in whole.items()
            }
            yield AllianceStatement(
                world.until, programme, ReportLevel.TASK, day, window,
                task_id=task.id, task_name=task.name, metrics=people,
            )  # fmt: skip


def _figures(task: _Task, note: str, day: date, bought: _Bought, share: float, dice: random.Random) -> Counts:
    """The chain of a note on a day: as many buyers as we know of and some whom we do not, and all before."""
    buyers = round(bought.people * (1 + UNSEEN) * dice.uniform(0.9, 1.1))
    seeded = round(bought.fen * (1 + UNSEEN) * dice.uniform(0.95, 1.05))
    other = round(seeded * BESIDES * dice.uniform(0.6, 1.4))
    readers = max(round(task.clicks[note, day] * share * dice.uniform(0.9, 1.0)), buyers * 12)
    visitors = max(round(readers * dice.uniform(0.09, 0.13)), buyers * 3)
    new_visitors = round(visitors * dice.uniform(0.6, 0.72))
    new = min(round(buyers * dice.uniform(0.55, 0.75)), buyers)
    deposits = round(buyers * 0.08)
    return {
        "read_uv": readers,
        "search_uv": round(readers * dice.uniform(0.03, 0.05)),
        "shop_entry_uv": visitors,
        "new_visitor_uv": new_visitors,
        "collect_uv": max(round(visitors * dice.uniform(0.07, 0.1)), buyers),
        "cart_uv": max(round(visitors * dice.uniform(0.12, 0.16)), buyers),
        "order_uv": buyers,
        "new_customers": new,
        "gmv_fen": seeded + other,
        "task_gmv_fen": seeded,
        "other_gmv_fen": other,
        "new_gmv_fen": round((seeded + other) * new / buyers) if buyers else 0,
        "deposit_uv": deposits,
        "deposit_fen": deposits * 3_000,
        "cost_fen": round(task.costs[note, day] * share),
    }


def _tasks(world: World) -> list[_Task]:
    tasks: dict[int, _Task] = {}
    for place, campaign in enumerate(world.content.campaigns):
        if campaign.drive.in_task:
            notes = tuple(world.content.notes[number].id for number in campaign.drive.ideas)
            tasks[place] = _Task(campaign.id, campaign.drive.name, notes)
    for ad in world.ad_days:
        task = tasks.get(ad.creative.campaign)
        if task is not None:
            key = (world.content.notes[ad.creative.note].id, ad.day)
            task.costs[key] = task.costs.get(key, 0) + ad.fee_fen
            task.clicks[key] = task.clicks.get(key, 0) + ad.click
    return list(tasks.values())


def _bought(
    merchant: Merchant, platform: str, window: int, first: date, last: date
) -> dict[tuple[str, date], _Bought]:
    """People and payment of the orders behind each note and touch day, whole orders, refunds inside."""
    with tenancy.acting_for(merchant), connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT n.external_id, p.touch_day, count(DISTINCT coalesce(p.person::text, p.order_id::text)),
                   sum(l.paid_fen)
            FROM (SELECT DISTINCT r.line_id, r.order_id, r.person, r.touch_day, c.note_id
                  FROM measurement_presence r
                  JOIN measurement_channel c ON c.id = r.channel_id AND c.merchant_id = %(merchant)s
                  WHERE r.merchant_id = %(merchant)s AND r.platform = %(platform)s
                    AND r.touch_day BETWEEN %(first)s AND %(last)s AND r.order_day - r.touch_day <= %(window)s) p
            JOIN measurement_note n ON n.id = p.note_id AND n.merchant_id = %(merchant)s
            JOIN measurement_orderline l ON l.id = p.line_id AND l.merchant_id = %(merchant)s
            GROUP BY 1, 2
            """,
            {"merchant": merchant.pk, "platform": platform, "first": first, "last": last, "window": window},
        )
        return {(note, day): _Bought(people, int(fen)) for note, day, people, fen in cursor.fetchall()}
