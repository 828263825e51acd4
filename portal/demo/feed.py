"""The world lives on: every few seconds somebody buys, and the platform's next page tells of it.

Who buys has mostly seen something before, so the touches that led to the order come first, then the page,
received as from outside and left to the workers. Some of what was bought goes back.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from measurement.choices import TouchKind
from measurement.operations import identities, touches
from measurement.operations.touches import TouchRow
from merchants import tenancy
from merchants.models import Connection, Merchant
from merchants.operations import supervision
from merchants.wire.times import SHANGHAI
from portal.demo.accounts import DEMO_SEED
from portal.demo.cast import Brand, Shop
from portal.demo.cast.hexiaoshao import HEXIAOSHAO
from portal.demo.cast.luya import LUYA
from portal.demo.content import Content, content_of
from portal.demo.people import READERS, People
from portal.demo.plant import PARTNERS, SOURCE, deliver
from portal.demo.sales import REASONS, Refund, Sale, Stage, draft
from portal.demo.shelves import connection_of

BRANDS = (LUYA, HEXIAOSHAO)
BY = "system:demo"
FIRST_NUMBER = 10_000_000  # orders of the feed are numbered by the second, above those of the half year
RETURNS = 0.07
KEPT = 60  # of what was bought lately, to be returned


def is_on(merchant: Merchant) -> bool:
    """Whether pages keep coming for this merchant: while any of its shops is not paused."""
    return any(not connection.paused for connection in _sources(merchant))


def switch(merchant: Merchant, *, on: bool, by: str) -> None:
    """Pauses every shop of the merchant, or lets them go on."""
    for connection in _sources(merchant):
        supervision.pause(merchant, connection.pk, paused=not on, by=by)


def is_fed(merchant: Merchant) -> bool:
    return merchant.code in {brand.code for brand in BRANDS}


def _sources(merchant: Merchant) -> list[Connection]:
    shops = {shop.code for brand in BRANDS if brand.code == merchant.code for shop in brand.shops}
    with tenancy.acting_for(merchant):
        return list(Connection.objects.for_merchant(merchant).filter(shop__in=shops).order_by("pk"))


@dataclass(frozen=True, slots=True)
class Stall:
    """One shop that sells, with all that is needed to word its pages."""

    merchant: Merchant
    brand: Brand
    shop: Shop
    content: Content
    people: People


class Feed:
    """Takes turns through the shops; remembers what was sold, for returns."""

    def __init__(self, dice: random.Random | None = None) -> None:
        self._dice = dice or random.Random()  # noqa: S311 - a story, not a secret
        self._stalls = deque(_stalls())
        self._sold: deque[tuple[Stall, Sale]] = deque(maxlen=KEPT)

    def turn(self, now: datetime) -> str | None:
        """What happens at this moment, in a word for the log; None when every shop is paused."""
        stall = self._next_open()
        if stall is None:
            return None
        if self._sold and self._dice.random() < RETURNS:
            where, sale = self._sold.popleft()
            sale = _returned(sale, now, self._dice)
            _send(where, sale, now)
            return f"{where.shop.code}: {sale.number} returned"
        sale = self._bought(stall, now)
        _send(stall, sale, now)
        self._sold.append((stall, sale))
        return f"{stall.shop.code}: {sale.number}"

    def _next_open(self) -> Stall | None:
        for _ in range(len(self._stalls)):
            stall = self._stalls[0]
            self._stalls.rotate(-1)
            if not connection_of(stall.merchant, stall.shop.platform, stall.shop.code).paused:
                return stall
        return None

    def _bought(self, stall: Stall, now: datetime) -> Sale:
        dice, shop, brand = self._dice, stall.shop, stall.brand
        number = FIRST_NUMBER + int((now - stall.merchant.created_at).total_seconds())
        seeded = dice.random() < shop.seeded
        product = dice.choices(brand.products, [item.share for item in brand.products])[0]
        created = now - timedelta(seconds=dice.randrange(30, 90))
        person = f"f{number}"
        sale = draft(brand, shop, dice, product, created, f"p{person}" if seeded else person, brand.products)
        sale = replace(
            sale, number=number, paid_at=created + timedelta(seconds=20), presale=False, modified_at=now
        )
        if not seeded:
            return sale
        rows = list(self._led_to(stall, person, product.code, created))
        touches.put(stall.merchant, rows, source=SOURCE, by=BY)
        if shop.platform != READERS and dice.random() < shop.linked:
            identities.link(
                stall.merchant,
                stall.people.links(replace(sale, person=person)),
                source="会员系统",
                by=BY,
            )
        notes = [note for note in stall.content.notes if note.id == rows[-1].note_id]
        return replace(sale, note=notes[0] if notes and dice.random() < shop.coded else None)

    def _led_to(self, stall: Stall, person: str, spu_code: str, until: datetime) -> Iterator[TouchRow]:
        """Two to five touches of the last days, the last of them minutes ago."""
        dice, brand = self._dice, stall.brand
        notes = [note for note in stall.content.notes if note.idea.product == spu_code]
        weights = [note.idea.reach * max(note.idea.pull, 0.1) / (8 + note.idea.ago) for note in notes]
        days = sorted(
            (dice.expovariate(5 / brand.cycle_days) for _ in range(dice.randrange(1, 5))), reverse=True
        )
        moments = [until - timedelta(days=day, minutes=20) for day in days] + [until - timedelta(minutes=6)]
        kinds = (
            TouchKind.IMPRESSION,
            TouchKind.READ,
            TouchKind.SAVE,
            TouchKind.DEEP_READ,
            TouchKind.SEARCH_CLICK,
        )
        for place, moment in enumerate(moments):
            note = dice.choices(notes, weights)[0]
            kind = dice.choice(kinds)
            yield TouchRow(
                external_id=f"{person}-{place}",
                person_key=stall.people.reader(person),
                kind=kind,
                occurred_at=moment,
                spu_code=spu_code,
                note_id=note.id,
                keyword=dice.choice(brand.words) if kind is TouchKind.SEARCH_CLICK else "",
            )


def _stalls() -> list[Stall]:
    """The shops in turn, first those of the first merchant; none of a merchant that is not there yet."""
    found = []
    for brand in BRANDS:
        merchant = Merchant.objects.filter(code=brand.code).first()
        if merchant is None:
            continue
        content = content_of(brand, merchant.created_at.astimezone(SHANGHAI).date(), DEMO_SEED)
        people = People(merchant, brand)
        found += [Stall(merchant, brand, shop, content, people) for shop in brand.shops]
    return found


def _returned(sale: Sale, now: datetime, dice: random.Random) -> Sale:
    refunds = tuple(
        Refund(
            sale.number * 10 + place,
            place,
            line.paid_fen,
            now - timedelta(seconds=50),
            now,
            dice.choice(REASONS),
        )
        for place, line in enumerate(sale.lines)
        if line.paid_fen
    )
    return replace(sale, refunds=refunds, stage=Stage.CLOSED, modified_at=now)


def _send(stall: Stall, sale: Sale, now: datetime) -> None:
    connection = connection_of(stall.merchant, stall.shop.platform, stall.shop.code)
    for call in PARTNERS[stall.shop.platform].exchanges([sale]):
        deliver(connection, call, received_at=now)
