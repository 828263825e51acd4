"""What the platform's export says of the beauty brand's crowds by gender, age and tier of city.

Invented shares that tilt a little further from the whole platform's with every layer, so that TGI says
something. Layers come with people, a product and its notes with shares only, and a small live stream with
counts of which some are too few to be shown: as consoles differ in what they tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from measurement.choices import ProfileDimension, ProfileScope
from measurement.crowds.rules import LAYERS
from measurement.operations import reported
from measurement.reported.statements import ProfileStatement
from merchants.models import Merchant
from portal.demo.shelves import BY
from portal.demo.world import World

BRAND = "luya"
DAYS = 28
LIVE_VIEWERS = {"female": 1204, "male": 61, "unknown": 9}
NOTES = 4  # the latest, each with its readers' profile

Shares = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Distribution:
    """Percent of the people on the platform, and of those who care for the brand."""

    everywhere: Shares
    keen: Shares

    def at(self, depth: float) -> dict[str, float]:
        """Shares of a crowd between the two: 0 as everywhere, 1 as the keen."""
        return {
            name: (share + (self.keen[name] - share) * depth) / 100 for name, share in self.everywhere.items()
        }


DISTRIBUTIONS = {
    ProfileDimension.GENDER: Distribution(
        {"female": 70, "male": 28, "unknown": 2}, {"female": 92, "male": 7.4, "unknown": 0.6}
    ),
    ProfileDimension.AGE: Distribution(
        {"<18": 11, "18-24": 34, "25-34": 33, "35-44": 14, "45+": 8},
        {"<18": 3.5, "18-24": 29, "25-34": 47, "35-44": 16.5, "45+": 4},
    ),
    ProfileDimension.CITY_TIER: Distribution(
        {"1": 16, "new1": 21, "2": 20, "3": 20, "4": 13, "5-": 10},
        {"1": 27, "new1": 27, "2": 20, "3": 14, "4": 7.5, "5-": 4.5},
    ),
}


def put(merchant: Merchant, world: World, sizes: Sequence[int]) -> None:
    """States the profiles of the last four weeks; ``sizes`` are the platform's people in each layer."""
    if world.brand.code == BRAND:
        reported.put_profiles(merchant, _statements(world, sizes), source="file", by=BY)


def _statements(world: World, sizes: Sequence[int]) -> Iterator[ProfileStatement]:
    for place, people in enumerate(sizes):
        yield from _spread(world, people, depth=0.25 + 0.18 * place, layer=LAYERS[place])
    product = world.brand.products[0].code
    yield from _spread(world, None, depth=0.6, scope=ProfileScope.SPU, spu_code=product)
    published = [note for note in world.content.notes if note.published_at <= world.until]
    newest = sorted(published, key=lambda note: note.published_at)[-NOTES:]
    for place, note in enumerate(newest):
        yield from _spread(world, None, depth=0.3 + 0.15 * place, scope=ProfileScope.NOTE, content_id=note.id)
    for stream in world.content.streams[:1]:
        for name, viewers in LIVE_VIEWERS.items():
            yield _told(
                world,
                ProfileDimension.GENDER,
                name,
                people=viewers,
                scope=ProfileScope.LIVE,
                content_id=stream.id,
            )


def _spread(world: World, people: int | None, *, depth: float, **whose: Any) -> Iterator[ProfileStatement]:
    for dimension, told in DISTRIBUTIONS.items():
        for name, share in told.at(depth).items():
            yield _told(
                world,
                dimension,
                name,
                people=None if people is None else round(people * share),
                share=Decimal(f"{share:.4f}"),
                tgi=Decimal(f"{share / told.everywhere[name] * 10_000:.2f}"),
                **whose,
            )


def _told(world: World, dimension: ProfileDimension, name: str, **told: Any) -> ProfileStatement:
    today = world.content.today
    return ProfileStatement(
        datetime.combine(today, datetime.min.time(), tzinfo=UTC),
        today - timedelta(days=DAYS),
        today - timedelta(days=1),
        told.pop("scope", ProfileScope.ACCOUNT),
        dimension,
        name,
        **told,
    )
