"""Results: what was credited to what, what it cost, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from measurement import metrics, words
from measurement.attribution.cells import Cells
from measurement.choices import Model
from measurement.metrics import Interval, Verdict
from measurement.queries import costs as spending
from measurement.queries import slices, standing
from measurement.queries.costs import Cost, Costs
from measurement.queries.names import names_of
from measurement.queries.products import Product, longest_cycle, products_of
from measurement.queries.slice_sums import Slice
from measurement.queries.slices import Former
from measurement.queries.status import Bought, Status, bought, status
from measurement.reports import Axis, Dimension, Envelope, Report, ReportQuery, Row
from measurement.waste.allocation import FullCost
from merchants.models import Merchant
from merchants.periods import day_of

PAGE = 25
NOTHING = Slice(shares={})


Basis = tuple[Status, dict[int, Product]]
"""What every report of a merchant rests on; read once for several of them."""


def basis_of(merchant: Merchant) -> Basis:
    return status(merchant), products_of(merchant)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the rows of one report are judged by."""

    query: ReportQuery
    next_buyer: int  # fen of one more order: the mean order of the period
    by_margin: bool
    joinable: bool  # some order was ever tied to content; else credit is unknown, not zero
    full: Mapping[str, FullCost] = field(default_factory=dict)  # of each row
    standing: Mapping[str, str] = field(default_factory=dict)  # classes that a worker has found already


def report(
    merchant: Merchant,
    query: ReportQuery,
    *,
    now: datetime,
    page_size: int | None = PAGE,
    models: bool = False,
    basis: Basis | None = None,
    judged: bool = True,
    cells: Cells | None = None,
    beside: Mapping[str, Mapping[str, int]] | None = None,
) -> Report:
    """The report that is asked, in a constant number of queries. ``page_size`` None: all
    rows; ``models``: with the shares of all five models; ``basis`` is read when it is not given;
    ``judged`` False: without the classes that a worker has found, for the worker itself; ``cells``: at least
    those of :func:`slices.cells_for`, read when they are not given; ``beside``: shares of further models by
    row, "0" what belongs to none.

    Rows are sorted and cut to the page; ``total`` covers all of them, and so does ``count``.
    """
    state, products = basis or basis_of(merchant)
    today = day_of(now)
    through = min(state.through(today) or today - timedelta(days=1), query.as_of or date.max)
    if cells is None:
        cells = slices.cells_for(merchant, query, models=tuple(Model) if models else (query.model,))
    found, whole = slices.credited(merchant, query, products, through, cells=cells, models=models)
    costs = spending.cost(merchant, query, products, through)
    former = _former(merchant, query, through, cells)
    proof = bought(merchant, query.period, model=query.model, as_of=query.as_of, cells=cells)
    classes = standing.classes(merchant, query) if judged else {}
    known = _Known(query, proof.mean_buyer, _all_priced(whole), state.has_credit, costs.full(), classes)
    rows, unassigned = _rows(found, costs, known)
    total = _row("", whole, costs.whole, known)
    if beside:
        rows = [_with(row, beside.get(row.key)) for row in rows]
        unassigned = unassigned and _with(unassigned, beside.get(str(slices.NOTHING)))
    rows = _filtered(rows, query)
    shown = _page(merchant, rows, query, page_size)
    envelope = envelope_of(merchant, query, state, proof, total, products, through, now)
    return Report(
        query=query,
        envelope=replace(envelope, empty_reason=_why_empty(query, state, rows or unassigned, through)),
        rows=shown,
        count=len(rows),
        total=total,
        unassigned=unassigned,
        totals=proof.totals,
        platforms=proof.platforms,
        cost_by_task=costs.by_task,
        cost_by_kind=costs.by_kind,
        cost_by_verdict=_cost_by_verdict(rows),
        reported=spending.reported(merchant, query.period, as_of=query.as_of),
        by_margin=known.by_margin,
        before=_before(former, costs) if state.has_credit else None,
        joinable=state.has_credit,
        days_before=former.days if former else {},
        scale=_scale(shown),
    )


def _with(row: Row, shares: Mapping[str, int] | None) -> Row:
    return replace(row, shares={**row.shares, **shares}) if shares else row


def _former(merchant: Merchant, query: ReportQuery, through: date, cells: Cells) -> Former | None:
    before = query.before
    if before is None:
        return None
    apart = (query.period.start - before.start).days
    return slices.former(merchant, query, before, through - timedelta(days=apart), cells=cells)


def _all_priced(whole: Slice) -> bool:
    """Whether the margin of everything credited is known; else the return is counted at revenue."""
    return sum(whole.joined.values()) > 0 and whole.unpriced == 0


def _rows(found: Mapping[str | None, Slice], costs: Costs, known: _Known) -> tuple[list[Row], Row | None]:
    keys = sorted({key for key in found if key is not None} | set(costs.rows))
    rows = [_row(key, found.get(key, NOTHING), costs.rows.get(key), known) for key in keys]
    rest = found.get(None, NOTHING)
    left = None
    if costs.whole is not None:
        assigned = costs.rows.values()
        left = Cost(
            costs.whole.fen - sum(cost.fen for cost in assigned),
            costs.whole.ripe - sum((cost.ripe for cost in assigned), Decimal(0)),
        )
    if not any(rest.shares.values()) and not (left and left.fen):
        return rows, None
    unassigned = _row("", rest, left if left and left.fen else None, known)
    name = words.said(words.UNASSIGNED, known.query.by)
    return rows, replace(unassigned, name=name, verdict="", low=None, high=None)


def _row(key: str, found: Slice, cost: Cost | None, known: _Known) -> Row:
    fen = cost.fen if cost else None
    credited = found.shares.get(known.query.model, 0)
    weight, ripe = (cost.fen, cost.ripe) if cost and cost.fen > 0 else (credited, found.ripe)
    maturity = min(Decimal(1), ripe / weight) if weight > 0 else None
    if not known.joinable:
        return Row(key=key, cost=fen, maturity=maturity)
    interval = metrics.credit_interval(credited, found.squares, known.next_buyer)
    profit = found.profit if known.by_margin and not found.unpriced else None
    full = known.full.get(key)
    return Row(
        key=key,
        cost=fen,
        credited=credited,
        joined=found.joined,
        shares=found.shares,
        low=interval.low,
        high=interval.high,
        profit=profit,
        roi=metrics.roi(credited, fen),
        orders=found.orders,
        people=found.people,
        maturity=maturity,
        verdict=known.standing[key]
        if key in known.standing
        else _verdict(credited, profit, full.fen if full else fen, interval, maturity, known) or "",
        later=found.later,
        shared=dict(full.shared) if full else {},
    )


def _verdict(
    credited: int,
    profit: int | None,
    cost: int | None,
    interval: Interval,
    maturity: Decimal | None,
    known: _Known,
) -> Verdict | None:
    """The class of a row with a cost, by its full cost: by margin where it is known of everything, else by
    revenue."""
    if cost is None or cost <= 0:
        return None
    if known.by_margin and profit is not None and credited > 0:
        interval = interval.scaled(profit, credited)
    return metrics.verdict(interval.less(cost), maturity)


def _filtered(rows: list[Row], query: ReportQuery) -> list[Row]:
    return [row for row in rows if row.verdict == query.verdict] if query.verdict else rows


def _page(merchant: Merchant, rows: list[Row], query: ReportQuery, size: int | None) -> tuple[Row, ...]:
    """The rows of the page, sorted and named. A row without the figure sorted by comes last."""
    if query.by == Dimension.DAY:
        return tuple(replace(row, name=row.key) for row in sorted(rows, key=lambda row: row.key))
    name, falling = query.sort.lstrip("-"), query.sort.startswith("-")
    if name == "name":
        named = _named(merchant, rows, query)
        ordered = sorted(named, key=lambda row: (row.name, row.key), reverse=falling)
        return tuple(_cut(ordered, query.page, size))
    known = [row for row in rows if getattr(row, name) is not None]
    unknown = [row for row in rows if getattr(row, name) is None]
    known.sort(key=lambda row: (getattr(row, name), row.credited or 0, row.key), reverse=falling)
    return tuple(_named(merchant, _cut(known + unknown, query.page, size), query))


def _cut(rows: list[Row], page: int, size: int | None) -> list[Row]:
    if size is None:
        return rows
    last = max(1, -(-len(rows) // size))
    first = (min(page, last) - 1) * size
    return rows[first : first + size]


def _named(merchant: Merchant, rows: list[Row], query: ReportQuery) -> list[Row]:
    found = names_of(merchant, query.by, [row.key for row in rows])
    return [
        replace(row, name=name.name, by_line=name.by_line, cover=name.cover, avatar=name.avatar)
        for row in rows
        for name in [found[row.key]]
    ]


def _cost_by_verdict(rows: list[Row]) -> dict[str, int]:
    sums = {verdict.value: 0 for verdict in Verdict}
    for row in rows:
        if row.verdict and row.cost:
            sums[row.verdict] += row.cost
    return sums


def _before(former: Former | None, costs: Costs) -> Row | None:
    if former is None:
        return None
    return Row(
        key="",
        credited=former.credited,
        cost=costs.former,
        orders=former.orders,
        roi=metrics.roi(former.credited, costs.former),
    )


def _scale(rows: tuple[Row, ...]) -> int:
    """The far end of the axis that the whiskers of the page share."""
    return max((row.high if row.high is not None else row.credited or 0 for row in rows), default=0)


def envelope_of(
    merchant: Merchant,
    query: ReportQuery,
    state: Status,
    proof: Bought,
    total: Row,
    products: Mapping[int, Product],
    through: date,
    now: datetime,
) -> Envelope:
    longest = query.horizon or longest_cycle(products)
    provisional = max(query.period.start, through - timedelta(days=longest - 1))
    return Envelope(
        data_through=state.through(day_of(now)),
        computed_at=state.computed_at,
        time_zone=merchant.time_zone,
        currency=merchant.currency,
        definition_version=metrics.VERSION,
        rule_version=state.rule_version,
        run=state.run,
        model=query.model,
        window=_window(query, products),
        coverage=metrics.coverage(sum(proof.totals.joined.values()), proof.totals.unjoined),
        n=total.orders,
        provisional_from=provisional if query.axis == Axis.TOUCH and provisional < query.period.end else None,
        full_on=query.period.last + timedelta(days=longest),
        late_sources=state.late_sources(now),
    )


def _window(query: ReportQuery, products: Mapping[int, Product]) -> str:
    """Days of the decision cycles in the report, "29" or "29–70"; of the horizon when one was asked."""
    if query.horizon:
        return str(query.horizon)
    days = sorted({product.cycle_days for pk, product in products.items() if pk}) or [longest_cycle(products)]
    return str(days[0]) if len(days) == 1 else f"{days[0]}–{days[-1]}"


def _why_empty(query: ReportQuery, state: Status, rows: object, through: date) -> str:
    """Which of the five reasons leaves the report empty; empty text when it is not. *Not permitted* is
    said by the door, before any query."""
    if rows:
        return ""
    if not state.has_orders and not state.has_spend:
        return "not_connected"
    if query.filters or query.grade or query.verdict:
        return "filter"
    if query.axis == Axis.TOUCH and query.period.start > through:
        return "too_new"
    return "no_data"
