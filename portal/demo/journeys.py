"""How people meet the content: half a year of touches, drawn column by column.

A *journey* is one person looking at one product. It begins on a day when that product was shown, goes on at
a pace that belongs to the trade, and meets whatever notes were being shown on each of its days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import numpy as np
import numpy.typing as npt

from measurement.choices import TouchKind
from merchants.wire.times import SHANGHAI
from portal.demo.content import Content

DAY = 86_400
DAYS = 182
TAIL_DAYS = 9.0  # a note is shown for about this long; afterwards search keeps a little of it alive
TAIL = 0.10
PAID_SHARE = 0.55  # of the views of a note while it is being paid for
SEARCH_SHARE = 0.7  # of the search clicks of a product while search is being paid for
MEAN_LENGTH = 3.2
SAME_PERSON = 0.86  # people per journey: some look at two products

KINDS = (
    TouchKind.IMPRESSION, TouchKind.READ, TouchKind.DEEP_READ, TouchKind.LIKE, TouchKind.SAVE,
    TouchKind.COMMENT, TouchKind.SHARE, TouchKind.SCREENSHOT, TouchKind.SEARCH, TouchKind.SEARCH_CLICK,
    TouchKind.COMPONENT_CLICK, TouchKind.CONSULTATION,
)  # fmt: skip
_FIRST = (0.42, 0.34, 0.04, 0.02, 0.02, 0.005, 0.005, 0.0, 0.06, 0.08, 0.01, 0.0)
_LATER = (0.24, 0.26, 0.11, 0.05, 0.08, 0.02, 0.02, 0.015, 0.09, 0.07, 0.045, 0.0)
_WEIGHT = np.array([0.15, 0.6, 1.3, 0.7, 1.5, 0.9, 1.0, 1.4, 1.1, 1.2, 1.6, 2.0])  # towards buying
_SEARCH, _SEARCH_CLICK = KINDS.index(TouchKind.SEARCH), KINDS.index(TouchKind.SEARCH_CLICK)
_LIVE = len(KINDS)  # the kind of a live view, which names a stream and no note
ALL_KINDS = (*KINDS, TouchKind.LIVE_VIEW)
_SEEN = (0, 1, 2, _SEARCH_CLICK, KINDS.index(TouchKind.COMPONENT_CLICK))  # kinds that paid delivery makes

_HOURS = np.array([2, 1, 1, 1, 1, 1, 2, 4, 5, 5, 5, 6, 8, 7, 5, 5, 5, 6, 7, 8, 10, 11, 9, 5], dtype=float)

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
NONE = -1


@dataclass(frozen=True, slots=True)
class Touches:
    """Touches in order of time, column by column; ``at`` in seconds since 1970, ``NONE`` where one has
    no note, creative, stream or word. Places refer to the brand's products and to ``Content``."""

    person: Ints
    journey: Ints
    product: Ints
    at: Ints
    kind: Ints
    note: Ints
    creative: Ints
    stream: Ints
    word: Ints
    pull: Floats  # how much it makes the person want the product
    appeal: Floats  # how much of that is the content's and the targeting's; 1 is ordinary

    def __len__(self) -> int:
        return len(self.at)


def touches_of(content: Content, until: datetime, count: int, seed: int) -> Touches:
    """About ``count`` touches in the half year before ``until``; none later."""
    draw = np.random.default_rng([seed, 1])
    brand = content.brand
    first_day = _seconds(datetime.combine(content.today, time(), tzinfo=SHANGHAI)) - DAYS * DAY
    shown, paid = _shown(content)
    journeys = int(count * 1.12 / MEAN_LENGTH) + 1  # some touches would lie in the future
    product = draw.choice(len(brand.products), journeys, p=_shares(content))
    begin = np.array([_day_of(draw.random(), shown[place]) for place in product], dtype=np.int64)
    lengths = np.minimum(draw.geometric(1 / MEAN_LENGTH, journeys), 30)
    owner = np.repeat(np.arange(journeys), lengths)
    starts = np.cumsum(lengths) - lengths
    later = np.arange(len(owner)) - starts[owner] > 0
    gap = np.where(later, draw.lognormal(np.log(brand.cycle_days / 16), 1.15, len(owner)), 0.0)
    offset = np.cumsum(gap)
    offset -= offset[starts][owner]
    day = begin[owner] + offset.astype(np.int64)
    hour = draw.choice(24, len(owner), p=_HOURS / _HOURS.sum())
    at = first_day + day * DAY + hour * 3600 + draw.integers(0, 3600, len(owner))
    people = draw.integers(0, max(1, int(journeys * SAME_PERSON)), journeys)

    keep = np.flatnonzero((day < DAYS + 1) & (at < _seconds(until)))
    keep = keep[np.argsort(at[keep], kind="stable")]
    owner, day, at, later = owner[keep], np.minimum(day[keep], DAYS), at[keep], later[keep]
    columns = _met(content, draw, product[owner], day, later, shown, paid)
    return Touches(person=people[owner], journey=owner, product=product[owner], at=at, **columns)


def _shares(content: Content) -> Floats:
    shares = np.array([product.share for product in content.brand.products])
    return np.asarray(shares / shares.sum())


def _day_of(chance: float, shown: Floats) -> int:
    """A day by how much of the product was shown on it."""
    by_day = shown.sum(axis=1)
    return int(np.searchsorted(np.cumsum(by_day) / by_day.sum(), chance))


def _shown(content: Content) -> tuple[Floats, Floats]:
    """How much of each note is shown, [product, day, note], and which part of it is paid, [day, creative]."""
    products = [product.code for product in content.brand.products]
    days = np.arange(DAYS + 1)
    paid = np.zeros((DAYS + 1, len(content.creatives)))
    shown = np.zeros((len(products), DAYS + 1, len(content.notes)))
    for place, creative in enumerate(content.creatives):
        first, last = (DAYS - (content.today - day).days for day in (creative.first, creative.last))
        paid[max(first, 0) : last + 1, place] = 1.0
    for place, note in enumerate(content.notes):
        age = days - (DAYS - note.idea.ago)
        natural = np.where(age >= 0, note.idea.reach * (np.exp(-np.maximum(age, 0) / TAIL_DAYS) + TAIL), 0.0)
        bought = np.zeros(DAYS + 1)
        for column, creative in enumerate(content.creatives):
            if creative.note == place:
                drive = content.campaigns[creative.campaign].drive
                bought += paid[:, column] * drive.yuan_a_day / len(drive.ideas) / content.brand.yuan_of_reach
        shown[products.index(note.idea.product), :, place] = natural + bought * (age >= 0)
    weekend = 1 + 0.18 * ((days + content.today.weekday() - DAYS) % 7 >= 5)
    return shown * weekend[None, :, None] + 1e-9, paid


def _met(
    content: Content,
    draw: np.random.Generator,
    product: Ints,
    day: Ints,
    later: npt.NDArray[np.bool_],
    shown: Floats,
    paid: Floats,
) -> dict[str, Any]:
    """What each touch is: its kind, and the content that stood before the person on that day."""
    size = len(day)
    kind = np.where(later, _kinds(content, draw, size, _LATER), _kinds(content, draw, size, _FIRST))
    reached = np.cumsum(shown, axis=2)
    reached /= reached[:, :, -1:]
    chance = draw.random(size)
    note = (reached[product, day] < chance[:, None]).sum(axis=1)
    note = _searched(content, draw, note, product, day, kind, paid)
    stream = _streams(content, draw, product, day)
    kind = np.where(stream >= 0, _LIVE, kind)
    creative = _creative(content, draw, note, day, kind, paid)
    worded = (kind == _SEARCH) | ((kind == _SEARCH_CLICK) & (draw.random(size) < 0.93))
    word = np.where(worded, draw.integers(0, max(1, len(content.brand.words)), size), NONE)
    has_note = (kind != _SEARCH) & (kind != _LIVE)
    wants = np.array([item.idea.pull for item in content.notes])[note]
    drives = np.array([*(content.campaigns[item.campaign].drive.pull for item in content.creatives), 1.0])
    appeal = np.where(has_note, wants * drives[creative], 1.0)
    return {
        "kind": kind,
        "note": np.where(has_note, note, NONE),
        "creative": np.where(has_note, creative, NONE),
        "stream": stream,
        "word": word,
        "pull": np.append(_WEIGHT, 1.6)[kind] * appeal,
        "appeal": appeal,
    }


def _searched(
    content: Content,
    draw: np.random.Generator,
    note: Ints,
    product: Ints,
    day: Ints,
    kind: Ints,
    paid: Floats,
) -> Ints:
    """Search campaigns put their note in front of who searches for its product."""
    products = [item.code for item in content.brand.products]
    for place, item in enumerate(content.creatives):
        drive = content.campaigns[item.campaign].drive
        if drive.search:
            own = product == products.index(content.notes[item.note].idea.product)
            found = draw.random(len(note)) < SEARCH_SHARE / len(drive.ideas)
            note = np.where(own & found & (kind == _SEARCH_CLICK) & (paid[day, place] > 0), item.note, note)
    return note


def _kinds(content: Content, draw: np.random.Generator, size: int, shares: tuple[float, ...]) -> Ints:
    chances = np.array(shares)
    chances[-1] = 0.06 if content.brand.consults else 0.0
    return draw.choice(len(KINDS), size, p=chances / chances.sum())


def _streams(content: Content, draw: np.random.Generator, product: Ints, day: Ints) -> Ints:
    """One touch in four on the evening of a live stream of that product is a view of it."""
    stream = np.full(len(day), NONE)
    products = [item.code for item in content.brand.products]
    for place, item in enumerate(content.streams):
        here = (product == products.index(item.live.product)) & (day == DAYS - item.live.ago)
        stream[here & (draw.random(len(day)) < 0.25)] = place
    return stream


def _creative(
    content: Content, draw: np.random.Generator, note: Ints, day: Ints, kind: Ints, paid: Floats
) -> Ints:
    """The creative that brought a view, while the note was being paid for; by search or by feed."""
    creative = np.full(len(day), NONE)
    chance = draw.random(len(day))
    for place, item in enumerate(content.creatives):
        by_search = content.campaigns[item.campaign].drive.search
        fitting = (kind == _SEARCH_CLICK) if by_search else np.isin(kind, _SEEN) & (kind != _SEARCH_CLICK)
        share = 0.8 if by_search else PAID_SHARE
        creative[fitting & (note == item.note) & (paid[day, place] > 0) & (chance < share)] = place
    return creative


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
