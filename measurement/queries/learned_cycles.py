"""What is known of each decision cycle: published, set, learned and naive beside each other. Rows that a
worker computed; nothing is estimated here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from measurement.choices import CycleBasis
from measurement.models import (
    Category,
    CategoryCycle,
    CycleLearning,
    CyclePreview,
    LearnedCycle,
    MerchantCycle,
    Progress,
    Spu,
    SpuCycle,
)
from measurement.queries.cycles import NEUTRAL, Cycle
from merchants.models import Merchant


@dataclass(frozen=True, slots=True)
class Board:
    """One category, or one product with ``spu``. ``now`` holds; ``published``, ``hand`` and ``adopted`` are
    the latest of their kind, in force or not; ``history`` what held before, latest first. ``ever_learned``:
    a run of learning is done, so without ``learned`` nobody was there to learn from."""

    category: Category
    spu: Spu | None
    now: Cycle
    published: Cycle | None
    hand: Cycle | None
    adopted: Cycle | None
    learned: LearnedCycle | None
    ever_learned: bool
    history: tuple[Cycle, ...]
    products: tuple[Board, ...] = ()

    @property
    def name(self) -> str:
        return self.spu.name if self.spu else self.category.name

    @property
    def key(self) -> str:
        """How an address names it."""
        return f"spu-{self.spu.pk}" if self.spu else self.category.code


@dataclass(frozen=True, slots=True)
class Boards:
    """``sold`` are the categories of the merchant's products, the most products first."""

    sold: tuple[Board, ...]
    others: tuple[Board, ...]
    run: CycleLearning | None
    running: CycleLearning | None


def boards(merchant: Merchant) -> Boards:
    """All categories and products; a constant number of queries."""
    shared, own, of_spu = _histories(merchant)
    run, running = _runs(merchant)
    learned = _learned(merchant, run)
    products: dict[int, list[Spu]] = defaultdict(list)
    for spu in Spu.objects.for_merchant(merchant).order_by("code"):
        products[spu.category_id].append(spu)
    found = []
    for category in Category.objects.order_by("code"):
        board = _category(
            category, own[category.pk], shared[category.pk], learned.get((category.pk, None)), run
        )
        inside = [
            _product(board, spu, of_spu[spu.pk], learned.get((None, spu.pk))) for spu in products[category.pk]
        ]
        found.append(replace(board, products=tuple(inside)))
    found.sort(key=lambda board: (-len(board.products), board.category.code))
    return Boards(
        tuple(board for board in found if board.products),
        tuple(board for board in found if not board.products),
        run,
        running,
    )


def board(merchant: Merchant, key: str) -> Board | None:
    """One of them by the key of its address; None when there is none."""
    found = boards(merchant)
    every: Iterable[Board] = (
        one for category in (*found.sold, *found.others) for one in (category, *category.products)
    )
    return next((one for one in every if one.key == key), None)


def preview_of(merchant: Merchant, pk: int) -> CyclePreview | None:
    rows: Any = CyclePreview.objects.for_merchant(merchant).select_related("category", "spu__category")
    found: CyclePreview | None = rows.filter(pk=pk).first()
    return found


def _histories(
    merchant: Merchant,
) -> tuple[dict[int, list[Cycle]], dict[int, list[Cycle]], dict[int, list[Cycle]]]:
    shared: dict[int, list[Cycle]] = defaultdict(list)
    own: dict[int, list[Cycle]] = defaultdict(list)
    of_spu: dict[int, list[Cycle]] = defaultdict(list)
    for row in CategoryCycle.objects.order_by("-id"):
        shared[row.category_id].append(_cycle(row, own=False))
    for mine in MerchantCycle.objects.for_merchant(merchant).order_by("-id"):
        own[mine.category_id].append(_cycle(mine, own=True))
    for product in SpuCycle.objects.for_merchant(merchant).order_by("-id"):
        of_spu[product.spu_id].append(_cycle(product, own=True))
    return shared, own, of_spu


def _runs(merchant: Merchant) -> tuple[CycleLearning | None, CycleLearning | None]:
    """The latest run that is done, and the one that goes on."""
    rows: Any = CycleLearning.objects.for_merchant(merchant).order_by("-id")
    latest = list(rows[:2])
    done = next((row for row in latest if row.state == Progress.DONE), None)
    running = next((row for row in latest if row.state == Progress.RUNNING), None)
    return done, running


def _learned(
    merchant: Merchant, run: CycleLearning | None
) -> dict[tuple[int | None, int | None], LearnedCycle]:
    """What the run learned, by category and product. A curve comes when it is drawn: hundreds of them would
    cost a list more than everything else on it."""
    if run is None:
        return {}
    rows: Any = LearnedCycle.objects.for_merchant(merchant).filter(learning=run)
    return {(row.category_id, row.spu_id): row for row in rows.select_related("learning").defer("curve")}


def _category(
    category: Category,
    own: list[Cycle],
    shared: list[Cycle],
    learned: LearnedCycle | None,
    run: CycleLearning | None,
) -> Board:
    holds = own[0] if own and own[0].days else shared[0] if shared else NEUTRAL
    every = (*own, *shared)
    return Board(
        category=category,
        spu=None,
        now=holds,
        published=_latest(shared, CycleBasis.PUBLISHED),
        hand=_latest(own, CycleBasis.HAND),
        adopted=_latest(own, CycleBasis.LEARNED),
        learned=learned,
        ever_learned=run is not None,
        history=tuple(cycle for cycle in every if cycle is not holds),
    )


def _product(above: Board, spu: Spu, own: list[Cycle], learned: LearnedCycle | None) -> Board:
    holds = own[0] if own and own[0].days else above.now
    return Board(
        category=above.category,
        spu=spu,
        now=holds,
        published=above.published,
        hand=_latest(own, CycleBasis.HAND),
        adopted=_latest(own, CycleBasis.LEARNED),
        learned=learned,
        ever_learned=above.ever_learned,
        history=tuple(cycle for cycle in own if cycle is not holds),
    )


def _latest(rows: list[Cycle], basis: str) -> Cycle | None:
    return next((row for row in rows if row.basis == basis and row.days), None)


def _cycle(row: Any, *, own: bool) -> Cycle:
    return Cycle(row.days, row.basis, row.source, own, row.recorded_at, row.recorded_by)
