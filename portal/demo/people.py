"""The people of a world as person keys: what they touched, and who the brand knows them to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from uuid import UUID

from django.conf import settings

from measurement.choices import TouchKind
from measurement.operations.identities import LinkRow
from measurement.operations.touches import TouchRow
from merchants.identity import device_mark, pepper_of, person_key
from merchants.models import Merchant
from portal.demo.cast import Brand
from portal.demo.journeys import ALL_KINDS, NONE
from portal.demo.sales import Sale, buyer_id
from portal.demo.world import World

READERS = (
    "xiaohongshu_ark"  # the content platform knows people as its own shop does: those orders join at once
)


FARM = 12  # devices that read what a farmed campaign shows
_SECONDS = {TouchKind.READ: (6, 40), TouchKind.SEARCH_CLICK: (8, 50), TouchKind.DEEP_READ: (45, 150)}


class People:
    """Keys of one merchant's people under its pepper. ``person`` is whatever names somebody in the story."""

    def __init__(self, merchant: Merchant, brand: Brand) -> None:
        self._pepper = pepper_of(settings.PEPPER, merchant.public_id, merchant.pepper_version)
        self._brand = brand

    def reader(self, person: object) -> UUID:
        """The person as the content platform knows them."""
        return self.buyer(READERS, buyer_id(READERS, self._brand.code, f"p{person}"))

    def buyer(self, platform: str, identifier: str) -> UUID:
        return person_key(self._pepper, "buyer", platform, identifier)

    def device(self, name: object) -> int:
        return device_mark(self._pepper, f"{self._brand.code} {name}")

    def links(self, sale: Sale) -> Iterator[LinkRow]:
        """A member whom the brand knows both on the content platform and in a shop."""
        platform = sale.shop.platform
        member = person_key(self._pepper, "member", self._brand.code, f"m{sale.person}")
        yield LinkRow(self.buyer(platform, sale.buyer), member, f"会员号（{sale.shop.name}）")
        yield LinkRow(self.reader(sale.person), member, "会员号（小红书）")

    def links_of_all(self, sales: Iterable[Sale]) -> Iterator[LinkRow]:
        told: set[tuple[str, object]] = set()
        for sale in sales:
            who = (sale.shop.platform, sale.person)
            if sale.person is not None and sale.linked and who[0] != READERS and who not in told:
                told.add(who)
                yield from self.links(sale)


def touch_rows(people: People, world: World) -> Iterator[TouchRow]:
    """Every touch of the world, named by its place in time."""
    told, content, brand = world.touches, world.content, world.brand
    keys = {person: people.reader(person) for person in set(told.person.tolist())}
    devices = {person: people.device(person) for person in keys}
    farm = [people.device(f"farm {number}") for number in range(FARM)]
    who = (told.person, told.product, told.at, told.kind)
    columns = (*who, told.note, told.creative, told.stream, told.word)
    for number, row in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
        person, product, at, kind, note, creative, stream, word = row
        paid = content.creatives[creative] if creative != NONE else None
        farmed = paid is not None and content.campaigns[paid.campaign].drive.farmed
        seconds = _seconds(ALL_KINDS[kind], number, farmed=farmed)
        yield TouchRow(
            external_id=f"t{number}",
            person_key=keys[person],
            kind=ALL_KINDS[kind],
            occurred_at=datetime.fromtimestamp(at, UTC),
            spu_code=brand.products[product].code,
            note_id=content.notes[note].id if note != NONE else "",
            live_id=content.streams[stream].id if stream != NONE else "",
            creative_id=paid.id if paid else "",
            campaign_id=content.campaigns[paid.campaign].id if paid else "",
            keyword=brand.words[word] if word != NONE else "",
            dwell_seconds=seconds,
            device=None if seconds is None else farm[number % FARM] if farmed else devices[person],
        )


def _seconds(kind: TouchKind, number: int, *, farmed: bool) -> int | None:
    """How long something was read, by the number of the touch; None where nothing is read."""
    if kind not in _SECONDS:
        return None
    low, high = (1, 3) if farmed else _SECONDS[kind]
    return low + number * 7919 % (high - low + 1)
