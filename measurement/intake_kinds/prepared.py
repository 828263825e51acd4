"""What the rules of all kinds must know of a merchant before they read a row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime

from django.conf import settings

from measurement.columns.surroundings import Surroundings
from measurement.models import Spu
from measurement.queries.keeping import touches_since
from merchants.identity import pepper_of
from merchants.intake.kinds import Shape
from merchants.models import Connection, Merchant

# One name for all ways of handing in, so that a file and a program that tell of one touch meet.
TOUCH_SOURCE = "first_party"


def surroundings(merchant: Merchant) -> Surroundings:
    """What the rules know of this merchant now. Inside a transaction that acts for it."""
    shops: dict[str, list[str]] = defaultdict(list)
    connected = Connection.objects.for_merchant(merchant).exclude(source__in=("file", "api"))
    for source, shop in connected.values_list("source", "shop"):
        shops[source].append(shop)
    now = datetime.now(UTC)
    return Surroundings(
        pepper=pepper_of(settings.PEPPER, merchant.public_id, merchant.pepper_version),
        spus=frozenset(Spu.objects.for_merchant(merchant).values_list("code", flat=True)),
        now=now,
        shops={source: names[0] for source, names in shops.items() if len(names) == 1},
        touches_since=touches_since(merchant, TOUCH_SOURCE, now),
    )


def prepared(shape: Callable[[Surroundings], Shape]) -> Callable[[Merchant], Shape]:
    return lambda merchant: shape(surroundings(merchant))
