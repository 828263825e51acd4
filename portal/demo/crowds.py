"""The crowds of the world: who told others, where people stand, and what the platform says of the layers.

The platform sees far more people than its partner's touchpoints do, and counts by a rule of its own: its
figures are ours, times a factor that belongs to the layer and drifts a little from week to week.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import numpy as np
from django.db import connection

from measurement.choices import TouchKind
from measurement.crowds.rules import LAYERS
from measurement.models import Audience
from measurement.operations import audiences, crowd_flows, crowd_spells, recompute, reported, touches
from measurement.operations.touches import TouchRow
from measurement.reported.statements import CrowdStatement
from merchants import tenancy
from merchants.models import Merchant
from portal.demo import profiles
from portal.demo.people import People
from portal.demo.world import World

BY = "system:demo"
SOURCE, LINGXI = "xiaohongshu", "file"
TELLS = 0.09  # of those who bought and are known on the content platform
SEEN = (8.6, 3.9, 2.4, 1.7, 1.3)  # people that the platform sees for one that we do, by layer
WEEKS = 14


def put(merchant: Merchant, people: People, world: World) -> None:
    """Own posts, then everybody's layer, the platform's counts and profiles, and two audiences. Repeatable."""
    if not len(world.touches):
        return
    touches.put(merchant, _told(people, world), source=SOURCE, by=BY)
    work(merchant)
    told = list(_lingxi(merchant, world))
    reported.put_crowds(merchant, told, source=LINGXI, by=BY)
    profiles.put(merchant, world, [one.people for one in told[-len(LAYERS) :]])
    _audiences(merchant)
    work(merchant)


def work(merchant: Merchant) -> None:
    """What a worker would do in a while: pages open on figures that stand."""
    recompute.drain(merchant)
    crowd_spells.drain(merchant)
    crowd_flows.prepare(merchant)
    while crowd_flows.compute_asked(merchant):
        pass
    audiences.count_old(merchant)


def _told(people: People, world: World) -> Iterator[TouchRow]:
    """A few buyers post about it some days later, or show what came."""
    draw = np.random.default_rng([world.seed, 61])
    for sale in world.sales:
        if sale.person is None or sale.paid_at is None or not sale.was_paid or draw.random() > TELLS:
            continue
        at = sale.paid_at + timedelta(days=float(draw.uniform(2, 12)))
        if at < world.until:
            yield TouchRow(
                external_id=f"told{sale.number}-{sale.shop.code}",
                person_key=people.reader(sale.person),
                kind=TouchKind.OWN_POST if draw.random() < 0.6 else TouchKind.SHARED_ORDER,
                occurred_at=at,
                spu_code=sale.lines[0].product.code,
            )


def _lingxi(merchant: Merchant, world: World) -> Iterator[CrowdStatement]:
    """The brand's layers on the last day of every week, as an export of the platform has them."""
    draw = np.random.default_rng([world.seed, 62])
    today = world.content.today
    days = [today - timedelta(days=1 + 7 * week) for week in range(WEEKS)][::-1]
    with tenancy.acting_for(merchant):
        for day in days:
            for place, people in enumerate(_sizes(merchant, day)):
                seen = round(people * SEEN[place] * (1 + draw.normal(0, 0.015)))
                yield CrowdStatement(
                    stated_at=datetime.combine(today, datetime.min.time(), tzinfo=UTC),
                    day=day,
                    layer=LAYERS[place],
                    people=seen,
                    added=round(seen * float(draw.uniform(0.05, 0.12))),
                )


def _sizes(merchant: Merchant, day: date) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT n, coalesce((SELECT sum(CASE WHEN after = n THEN people ELSE -people END)
                FROM measurement_crowdmove
                WHERE merchant_id = %s AND scope = 0 AND day <= %s AND n IN (before, after)), 0)::bigint
            FROM generate_series(1, 5) n ORDER BY n
            """,
            [merchant.pk, day],
        )
        return [row[1] for row in cursor.fetchall()]


def _audiences(merchant: Merchant) -> None:
    wanted = {
        "深度兴趣、尚未购买": {"layers": ["TI"]},
        "本周新进 TI": {"layers": ["TI"], "most_days": 7},
        "老客：已购买或分享": {"layers": ["P", "S"]},
    }
    with tenancy.acting_for(merchant):
        known = set(Audience.objects.for_merchant(merchant).values_list("name", flat=True))
    for name, definition in wanted.items():
        if name not in known:
            audiences.save(merchant, name=name, definition=definition, by=BY)
