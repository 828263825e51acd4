"""What enquiries cost and brought (pure): cost per step of the funnel, and ROI(T+x) from their deals.

Money is integer fen. A row's cost is what the ad reports state for it, unknown where they state nothing; what
belongs to no row stays in a row of its own, so that rows always add up to the total.

    cost of a step = cost of the row ÷ enquiries of the row that reached the step
    ROI(T+x)       = received from deals closed within x days of the enquiry ÷ cost

ROI(T+x) is of those days only that have reached the age x, on both sides. Received is paid less given back: a
deal without a payment brought nothing yet, a deposit that is kept stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from leads.funnel import STEPS
from measurement.computed import computes
from measurement.metrics import Interval, credit_interval, ratio, roi

Share = Callable[[int], float]
"""Of the deals of an enquiry of so many days, the share that is expected to be closed by then."""


@dataclass(frozen=True, slots=True)
class Sale:
    """A deal: closed so many days after the day of the enquiry. Of a cancelled one ``agreed`` is what was kept."""

    lag: int
    agreed: int
    received: int


@dataclass(frozen=True, slots=True)
class Asked:
    """One enquiry: its row (None: unknown), its day, which steps it reached, what it bought. ``bears`` is what
    its cost is stated for where that is not the row itself."""

    row: str | None
    day: date
    reached: tuple[bool, ...]
    sales: tuple[Sale, ...] = ()
    bears: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """ROI(T+``x``), data complete up to ``through``. ``expected`` is None while no cycle is learned."""

    x: int
    through: date
    expected: Share | None = None

    def ripe(self, day: date) -> bool:
        """Whether a day has reached the age x."""
        return (self.through - day).days >= self.x


@dataclass(frozen=True, slots=True)
class Row:
    """``counts`` are the enquiries that reached each step; None where the row is of cost alone. ``within`` and
    ``ripe_cost`` are both sides of ROI(T+x), ``sales`` how many deals count in it; no day that has reached x
    leaves the cost unknown. ``expected_in``: the share of the deals that is expected to be closed by now."""

    key: str | None
    name: str
    cost: int | None
    counts: tuple[int, ...] | None
    agreed: int = 0
    received: int = 0
    within: int = 0
    ripe_cost: int | None = None
    sales: int = 0
    range: Interval | None = None
    expected_in: float | None = None

    @property
    def costs(self) -> tuple[Decimal | None, ...]:
        """Fen per enquiry of each step."""
        return tuple(ratio(self.cost, count) for count in self.counts or ())

    @property
    def roi(self) -> Decimal | None:
        return roi(self.within, self.ripe_cost)

    @property
    def roi_range(self) -> tuple[Decimal, Decimal] | None:
        """95 %, by chance in the number and size of the deals."""
        if self.roi is None or self.range is None or not self.ripe_cost:
            return None
        cost = Decimal(self.ripe_cost)
        return self.range.low / cost, self.range.high / cost


@dataclass(frozen=True, slots=True)
class Table:
    """``rows`` are named; ``unknown`` are the enquiries of which nobody knows the row, ``left`` the cost that
    names none. ``known``: enquiries whose row is known; ``joined``: fen of rows that somebody came from."""

    rows: tuple[Row, ...]
    unknown: Row | None
    left: Row | None
    total: Row
    known: int
    joined: int | None

    @property
    def parts(self) -> tuple[Row, ...]:
        """What adds up to the total."""
        return (*self.rows, *(row for row in (self.unknown, self.left) if row is not None))

    @property
    @computes("known_origin")
    def known_share(self) -> Decimal | None:
        return ratio(self.known, self.total.counts[0] if self.total.counts else None)

    @property
    @computes("cost_that_joins")
    def joined_share(self) -> Decimal | None:
        return ratio(self.joined, self.total.cost)


@dataclass(frozen=True, slots=True)
class Costs:
    """Fen by row, and of everything; ``whole`` None: nobody stated any cost."""

    rows: Mapping[str, int]
    whole: int | None


@computes("cost_per_step", "deal_received", "deal_roi", "deals_expected_in")
def table(
    asked: Sequence[Asked], names: Mapping[str, str], costs: Costs, ripe_costs: Costs, question: Question
) -> Table:
    """The table of these enquiries and costs. ``names`` are those of the rows."""
    groups: dict[str | None, list[Asked]] = defaultdict(list)
    for one in asked:
        groups[one.row].append(one)
    received = [sale.received for one in asked for sale in one.sales if sale.received > 0]
    mean = sum(received) // len(received) if received else 0

    def row(key: str | None, name: str, of: Sequence[Asked], cost: int | None, ripe: int | None) -> Row:
        return _row(key, name, of, cost, ripe, question, mean)

    keys = {key for key in groups if key is not None} | set(costs.rows)
    rows = [
        row(key, names.get(key, key), groups.get(key, []), costs.rows.get(key), ripe_costs.rows.get(key))
        for key in keys
    ]
    rows.sort(
        key=lambda one: (-one.counts[0] if one.counts else 0, -(one.cost or 0), one.name, one.key or "")
    )
    unknown = groups.get(None, [])
    over = _over(costs)
    return Table(
        rows=tuple(rows),
        unknown=row(None, "", unknown, None, None) if unknown else None,
        left=Row(None, "", over, None, ripe_cost=_over(ripe_costs)) if over else None,
        total=row(None, "", asked, costs.whole, ripe_costs.whole),
        known=len(asked) - len(unknown),
        joined=None
        if costs.whole is None
        else sum(costs.rows.get(key, 0) for key in groups if key is not None),
    )


def _over(costs: Costs) -> int | None:
    """What names no row."""
    return None if costs.whole is None else costs.whole - sum(costs.rows.values())


def _row(
    key: str | None,
    name: str,
    asked: Sequence[Asked],
    cost: int | None,
    ripe_cost: int | None,
    question: Question,
    mean: int,
) -> Row:
    steps = zip(*(one.reached for one in asked), strict=True) if asked else ()
    ripe = (one for one in asked if question.ripe(one.day))
    within = [sale.received for one in ripe for sale in one.sales if sale.lag <= question.x and sale.received]
    ages = [(question.through - one.day).days for one in asked]
    expected = question.expected
    return Row(
        key=key,
        name=name,
        cost=cost,
        counts=tuple(sum(step) for step in steps) or (0,) * len(STEPS),
        agreed=sum(sale.agreed for one in asked for sale in one.sales),
        received=sum(sale.received for one in asked for sale in one.sales),
        within=sum(within),
        ripe_cost=ripe_cost,
        sales=len(within),
        range=credit_interval(sum(within), sum(fen * fen for fen in within), mean),
        expected_in=sum(map(expected, ages)) / len(ages) if expected and ages else None,
    )


@computes("store_cost")
def spread(costs: Costs, asked: Iterable[Asked]) -> Costs:
    """The cost of rows that no report names, such as stores: what is stated for ``bears`` is divided evenly over
    its enquiries, the first ones bearing the fen that are left over, and each row bears what its enquiries do.
    What nobody came from stays unnamed."""
    bearers: dict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        if one.bears is not None and one.bears in costs.rows:
            bearers[one.bears].append(one)
    rows: dict[str, int] = defaultdict(int)
    for bears, ones in bearers.items():
        each, over = divmod(costs.rows[bears], len(ones))
        for place, one in enumerate(ones):
            if one.row is not None:
                rows[one.row] += each + (place < over)
    return Costs(rows, costs.whole)
