"""Who plays in the demo world: invented merchants, bloggers and what they say.

Nobody here exists. Days count backwards from the end of the world (``ago``), so that the same story can
be told on any date; money is yuan here, because people wrote it, and fen everywhere else.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sku:
    name: str
    yuan: int


@dataclass(frozen=True, slots=True)
class Product:
    """An SPU: ``share`` of the merchant's seeding and sales that it takes; margin in basis points."""

    code: str
    name: str
    category: str
    margin_bp: int
    share: float
    skus: tuple[Sku, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """A blogger."""

    code: str
    name: str
    followers: int
    avatar: str
    agency: str = ""


@dataclass(frozen=True, slots=True)
class Idea:
    """A note: what it is about, how far it reaches, and how much it makes people want the product
    (``pull`` 1 is ordinary). ``fee`` is what the blogger was paid."""

    title: str
    product: str
    point: str
    scene: str
    cover: str
    blogger: str
    ago: int
    reach: float = 1.0
    pull: float = 1.0
    fee: int = 0
    video: bool = False


@dataclass(frozen=True, slots=True)
class Drive:
    """A campaign: paid delivery of some notes (their places in the merchant's list) for some days."""

    name: str
    ideas: tuple[int, ...]
    ago: int
    days: int
    yuan_a_day: int
    search: bool = False
    in_task: bool = True
    pull: float = 1.0  # of the people that its targeting finds
    farmed: bool = False  # its readers are a dozen devices that do not read


@dataclass(frozen=True, slots=True)
class Live:
    """``curated``: the blogger sells in it as a buyer-curator; else it is the shop's own stream."""

    title: str
    product: str
    blogger: str
    ago: int
    curated: bool = False


@dataclass(frozen=True, slots=True)
class Shop:
    """Where they sell. Of the orders: ``seeded`` by people whose touches are known, of these ``linked``
    by a member id, and of the others ``coded`` by an affiliate code or a blogger's id."""

    platform: str
    code: str
    name: str
    share: float
    seeded: float = 0.0
    linked: float = 0.0
    coded: float = 0.0
    names_buyers: bool = True


@dataclass(frozen=True, slots=True)
class Brand:
    """A merchant and its half year: ``touches`` and ``orders`` at full size."""

    code: str
    name: str
    kind: str  # brand, service, agency
    touches: int = 0
    orders: int = 0
    cycle_days: int = 30  # how slowly people come back to look; how long buyers take: `decisions`
    yuan_of_reach: int = 120  # a day, buys the reach of an ordinary note at its best
    products: tuple[Product, ...] = ()
    shops: tuple[Shop, ...] = ()
    silent: tuple[Shop, ...] = ()  # sources whose authorisation ran out
    people: tuple[str, ...] = ()
    ideas: tuple[Idea, ...] = ()
    drives: tuple[Drive, ...] = ()
    lives: tuple[Live, ...] = ()
    words: tuple[str, ...] = ()
    answered: tuple[tuple[str, float], ...] = ()  # of a product's orders, the share that follows its ads
    consults: bool = False  # its buyers ask before they come
