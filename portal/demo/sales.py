"""Who bought what: orders of people whose touches are known, and of many of whom nothing is known.

Amounts are drawn as the shop books them: a line's share of the buyer's payment after every discount, postage
apart, refunds as they were executed. What a platform's answers say of an order must add up to this.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import numpy as np

from portal.demo.cast import Brand, Product, Shop, Sku
from portal.demo.content import Content, Note, id_of
from portal.demo.costs import AdDay
from portal.demo.decisions import days_of
from portal.demo.journeys import DAY, DAYS, NONE, Floats, Touches
from portal.demo.rhythm import Rhythm

REASONS = ("不想要了", "拍错规格", "肤感不合适", "少件漏发", "包装破损", "降价了", "七天无理由")
CARRIERS = ("顺丰速运", "中通快递", "圆通速递", "京东快递")


PRESALE = timedelta(days=10)  # from the deposit to the rest


class Stage(StrEnum):
    UNPAID = "unpaid"
    DEPOSIT = "deposit"  # presale: the deposit is in, the rest is not
    PAID = "paid"
    SHIPPED = "shipped"
    FINISHED = "finished"
    CLOSED = "closed"  # after payment: everything went back
    CANCELLED = "cancelled"  # before payment


@dataclass(frozen=True, slots=True)
class Line:
    product: Product
    sku: Sku
    quantity: int
    price_fen: int  # of one piece, 0 for a gift
    paid_fen: int
    gift: bool = False

    @property
    def item_id(self) -> str:
        return str(700_000_000_000 + int(id_of("item", self.product.code)[:9], 16) % 10**11)

    @property
    def sku_id(self) -> str:
        name = ("gift" if self.gift else "sku", self.product.code, self.sku.name)
        return str(5_000_000_000_000 + int(id_of(*name)[:10], 16) % 10**12)

    @property
    def title(self) -> str:
        return f"{'【赠品】' if self.gift else ''}{self.product.name} {self.sku.name}"


@dataclass(frozen=True, slots=True)
class Refund:
    number: int
    line: int  # place in the order's lines
    fen: int
    asked_at: datetime
    done_at: datetime | None  # None: still under way, or refused
    reason: str
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Sale:
    """One order. ``buyer`` is who it is on that platform; ``person`` the number of a person with touches.
    ``note`` is what an affiliate code or a blogger's id on the order points at, ``foreign_code`` a code
    that nobody has mapped. ``parent`` is the number of the order it was split from."""

    shop: Shop
    number: int
    buyer: str
    created_at: datetime
    paid_at: datetime | None
    stage: Stage
    shipping_fen: int
    lines: tuple[Line, ...]
    refunds: tuple[Refund, ...] = ()
    person: int | str | None = None
    linked: bool = False
    note: Note | None = None
    foreign_code: str = ""
    parent: int | None = None
    presale: bool = False
    modified_at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    shipped_at: datetime | None = None
    finished_at: datetime | None = None
    carrier: str = ""

    @property
    def was_paid(self) -> bool:
        return self.stage not in {Stage.UNPAID, Stage.DEPOSIT, Stage.CANCELLED}

    @property
    def goods_fen(self) -> int:
        return sum(line.paid_fen for line in self.lines)

    @property
    def refunded_fen(self) -> int:
        return sum(refund.fen for refund in self.refunds if refund.done_at)


@dataclass(frozen=True, slots=True)
class Buying:
    """A person who pays for a product ``at`` a time, and the last note about it that they had seen."""

    person: int
    product: Product
    touched_at: datetime  # first
    at: datetime
    note: Note | None


def buyer_id(platform: str, brand_code: str, person: object) -> str:
    """The id a platform gives this person; another one for each platform."""
    digits = id_of("buyer", platform, brand_code, person)
    return {"taobao": f"AAF{digits}", "jd": f"oid_{digits}", "vipshop": f"vu{digits}"}.get(platform, digits)


def sales_of(
    content: Content, touches: Touches, ad_days: Sequence[AdDay], until: datetime, count: int, seed: int
) -> list[Sale]:
    """About ``count`` orders, in order of their number; the shops by their shares."""
    brand = content.brand
    dice = random.Random(f"{seed}:{brand.code}:sales")  # noqa: S311 - a story, not a secret
    moments = _Moments(content, touches, until, seed)
    rhythm = Rhythm(content, ad_days, until, seed) if brand.answered else None
    drafts: list[Sale] = []
    for shop in brand.shops:
        number_of = round(count * shop.share)
        seeded = round(number_of * shop.seeded) if len(touches) else 0
        drafts += [
            _seeded(brand, shop, dice, found, moments.looked_at[found.person])
            for found in moments.of_buyers(seeded)
        ]
        drafts += [_stranger(brand, shop, dice, moments, rhythm) for _ in range(number_of - seeded)]
    drafts.sort(key=lambda sale: sale.created_at)
    numbered = [replace(sale, number=number) for number, sale in enumerate(drafts, start=1)]
    lived = [_lived(sale, until, dice) for sale in numbered]
    return [part for sale in lived for part in _split(sale, dice)]


class _Moments:
    """When people buy: as long after their first touch with the product as its category takes, if they have
    any, else at any time."""

    def __init__(self, content: Content, touches: Touches, until: datetime, seed: int) -> None:
        self._draw = np.random.default_rng([seed, 2])
        self._content, self._touches, self._until = content, touches, int(until.timestamp())
        self.looked_at: dict[int, set[str]] = defaultdict(set)  # products that a person has met, by code
        if len(touches):
            codes = [product.code for product in content.brand.products]
            for person, product in set(zip(touches.person.tolist(), touches.product.tolist(), strict=True)):
                self.looked_at[person].add(codes[product])
            path = touches.person * len(content.brand.products) + touches.product
            self._order = np.lexsort((touches.at, path))
            self._first = np.flatnonzero(np.diff(path[self._order], prepend=-1))
            self._length = np.diff(np.append(self._first, len(path)))
            self._wish = self._wishes()
            self._free = np.ones(len(self._first), dtype=bool)

    def _wishes(self) -> Floats:
        """How readily each person buys each product that they met. Content that leaves people cold, or finds
        the wrong ones, is seen by who buys nothing. Weeks are alike: who comes in a dull one, or too late to
        have seen much, buys as readily on the mean. Else the cycle of all would be that of its best weeks."""
        touches, order, starts = self._touches, self._order, self._first
        warm = np.add.reduceat(np.minimum(touches.appeal[order], 1.0), starts) / self._length
        wish = np.add.reduceat(touches.pull[order], starts) ** 1.25 * warm**10
        week = (self._until - touches.at[order][starts]) // (7 * DAY)
        cohort = touches.product[order][starts] * (DAYS + 1) + week
        return np.asarray(wish / (np.bincount(cohort, wish) / np.maximum(np.bincount(cohort), 1))[cohort])

    def of_buyers(self, count: int) -> Iterator[Buying]:
        """So many who buy. Who would buy only after the end of the world is not among them: that is what
        makes late touches look immature."""
        left = count
        while left > 0 and self._free.any():
            chances = np.where(self._free, self._wish, 0.0)
            drawn = self._draw.choice(
                len(chances), min(left * 2, int(self._free.sum())), replace=False, p=chances / chances.sum()
            )
            self._free[drawn] = False
            for path in drawn:
                found = self._bought(int(path))
                if found and left > 0:
                    left -= 1
                    yield found

    def _bought(self, path: int) -> Buying | None:
        touches, content = self._touches, self._content
        rows = self._order[self._first[path] : self._first[path] + self._length[path]]
        product = content.brand.products[int(touches.product[rows[0]])]
        first = int(touches.at[rows[0]])
        at = first + int(max(days_of(self._draw, product.category) * DAY, 900))
        if at >= self._until:
            return None
        seen = [int(place) for place in touches.note[rows[touches.at[rows] < at]] if place != NONE]
        note = content.notes[seen[-1]] if seen else None
        return Buying(int(touches.person[rows[0]]), product, _moment(first), _moment(at), note)

    def note_before(self, at: datetime, product: Product, dice: random.Random) -> Note | None:
        """A note about the product that was out by then."""
        known = [n for n in self._content.notes if n.idea.product == product.code and n.published_at < at]
        return dice.choice(known) if known else None

    def any(self) -> datetime:
        back = float(self._draw.beta(1.0, 1.12)) * DAYS * DAY
        at = self._until - int(back) - 120
        hour = int(self._draw.choice((10, 12, 13, 15, 20, 21, 22)))
        at = at - at % DAY + (hour - 8) * 3600 + int(self._draw.integers(0, 3600))
        return _moment(at if at < self._until - 60 else at - DAY)


def _seeded(brand: Brand, shop: Shop, dice: random.Random, found: Buying, looked_at: Set[str]) -> Sale:
    """Nothing comes along that the person has looked at as well: that would be bought without a decision."""
    linked = dice.random() < shop.linked or shop.platform == "xiaohongshu_ark"
    coded = found.note is not None and dice.random() < shop.coded
    beside = [item for item in brand.products if item.code not in looked_at]
    sale = draft(brand, shop, dice, found.product, found.at, f"p{found.person}", beside)
    if sale.presale:  # the rest is due at the time that is planted
        sale = (
            _sooner(sale, PRESALE) if found.at - PRESALE > found.touched_at else replace(sale, presale=False)
        )
    return replace(sale, person=found.person, linked=linked, note=found.note if coded else None)


def _sooner(sale: Sale, by: timedelta) -> Sale:
    return replace(sale, created_at=sale.created_at - by, paid_at=sale.paid_at and sale.paid_at - by)


def _stranger(
    brand: Brand, shop: Shop, dice: random.Random, moments: _Moments, rhythm: Rhythm | None
) -> Sale:
    product = dice.choices(brand.products, [item.share for item in brand.products])[0]
    at = (rhythm.moment(product) if rhythm else None) or moments.any()
    sale = draft(brand, shop, dice, product, at, f"s{dice.randrange(10**9)}", brand.products)
    chance = dice.random()
    if shop.platform == "xiaohongshu_ark" and chance < shop.coded:
        return replace(sale, note=moments.note_before(sale.created_at, product, dice))
    return replace(sale, foreign_code=f"other_{dice.randrange(12):02d}" if chance < shop.coded * 0.25 else "")


def draft(
    brand: Brand,
    shop: Shop,
    dice: random.Random,
    product: Product,
    at: datetime,
    buyer: str,
    beside: Sequence[Product],
) -> Sale:
    """An order as it is placed; ``beside`` are the products of which another may lie in the basket."""
    lines = tuple(_basket(brand, dice, product, beside))
    return Sale(
        shop=shop,
        number=0,
        buyer=buyer_id(shop.platform, brand.code, buyer),
        created_at=at,
        paid_at=at + timedelta(seconds=dice.randrange(20, 900)),
        stage=Stage.PAID,
        # VIPSHOP gives postage back with the goods and posts free here, so that lines hold all money
        shipping_fen=dice.choice((600, 800, 1000))
        if dice.random() < 0.12 and shop.platform != "vipshop"
        else 0,
        lines=lines,
        presale=shop.platform == "taobao" and dice.random() < 0.03,
        carrier=dice.choice(CARRIERS),
    )


def _basket(brand: Brand, dice: random.Random, product: Product, beside: Sequence[Product]) -> Iterator[Line]:
    """The product that was seeded, sometimes another beside it, sometimes a gift."""
    yield _line(dice, product, dice.choices(product.skus, (3, 1)[: len(product.skus)])[0])
    others = [item for item in beside if item is not product]
    if others and dice.random() < 0.16:
        other = dice.choice(others)
        yield _line(dice, other, other.skus[0])
    if dice.random() < 0.11 and brand.kind == "brand":
        sample = dice.choice(brand.products)
        yield Line(sample, Sku("体验装", 0), 1, 0, 0, gift=True)


def _line(dice: random.Random, product: Product, sku: Sku) -> Line:
    quantity = 2 if dice.random() < 0.14 else 1
    price = sku.yuan * 100
    off = dice.choice((0, 0, 500, 1000, 2000, 3000, price * dice.randrange(3, 18) // 100))
    return Line(product, sku, quantity, price, max(price * quantity - off, price // 2))


def _lived(sale: Sale, until: datetime, dice: random.Random) -> Sale:
    """What became of the order by ``until``."""
    fate, age = dice.random(), until - sale.created_at
    if fate < 0.025:
        cancelled = age > timedelta(days=1)
        stage = Stage.CANCELLED if cancelled else Stage.UNPAID
        ended = min(sale.created_at + timedelta(days=1), until)
        return replace(sale, stage=stage, paid_at=None, modified_at=ended, presale=False)
    if sale.presale and age < timedelta(days=12):
        return replace(
            sale, stage=Stage.DEPOSIT, paid_at=None, modified_at=sale.created_at + timedelta(minutes=2)
        )
    assert sale.paid_at is not None
    paid_at = sale.paid_at + (PRESALE if sale.presale else timedelta())
    if paid_at >= until:
        return replace(sale, stage=Stage.UNPAID, paid_at=None, presale=False, modified_at=sale.created_at)
    return _refunded(_delivered(replace(sale, paid_at=paid_at), until, dice), until, dice)


def _delivered(sale: Sale, until: datetime, dice: random.Random) -> Sale:
    assert sale.paid_at is not None
    shipped = sale.paid_at + timedelta(hours=dice.randrange(3, 44))
    finished = shipped + timedelta(days=dice.randrange(3, 11), minutes=dice.randrange(600))
    if finished < until:
        return replace(
            sale, stage=Stage.FINISHED, shipped_at=shipped, finished_at=finished, modified_at=finished
        )
    if shipped < until:
        return replace(sale, stage=Stage.SHIPPED, shipped_at=shipped, modified_at=shipped)
    return replace(sale, modified_at=sale.paid_at + timedelta(seconds=1))


def _refunded(sale: Sale, until: datetime, dice: random.Random) -> Sale:
    assert sale.paid_at is not None
    if dice.random() > 0.095:
        return sale
    whole = sale.shop.platform == "vipshop" or dice.random() < 0.45
    places = [place for place, line in enumerate(sale.lines) if line.paid_fen]
    if not whole:
        places = [dice.choice(places)]
    asked = sale.paid_at + timedelta(hours=dice.randrange(2, 24 * 9), minutes=dice.randrange(60))
    if asked >= until:
        return sale
    done = asked + timedelta(hours=dice.randrange(4, 90))
    refused = dice.random() < 0.06
    partial = not whole and dice.random() < 0.3
    refunds = tuple(
        Refund(
            sale.number * 10 + place,
            place,
            sale.lines[place].paid_fen * (3 if partial else 10) // 10,
            asked,
            done if done < until and not refused else None,
            dice.choice(REASONS),
            refused and done < until,
        )
        for place in places
    )
    sale = replace(sale, refunds=refunds, modified_at=max(sale.modified_at, min(done, until)))
    closed = whole and all(refund.done_at for refund in refunds)
    return replace(sale, stage=Stage.CLOSED) if closed else sale


def _split(sale: Sale, dice: random.Random) -> Sequence[Sale]:
    """JD splits an order of several goods into children, which replace it."""
    goods = [line for line in sale.lines if not line.gift]
    if (
        sale.shop.platform != "jd"
        or len(goods) < 2
        or sale.refunds
        or not sale.was_paid
        or dice.random() > 0.35
    ):
        return [sale]
    changes: dict[str, Any] = {"parent": sale.number}
    return [
        replace(sale, **changes, number=sale.number + 500_000, lines=(goods[0],)),
        replace(
            sale,
            **changes,
            number=sale.number + 600_000,
            shipping_fen=0,
            lines=tuple(line for line in sale.lines if line is not goods[0]),
        ),
    ]


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
