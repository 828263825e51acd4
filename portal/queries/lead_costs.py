"""What the enquiries of a period cost and brought, by note, campaign or store; in a constant number of queries.

Costs are those of the reports (``measurement.queries.costs``): of each source one level, so that no yuan counts
twice. A store has no cost of its own: it bears what its enquiries bear of their campaigns.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from leads.queries import funnel, sold
from leads.queries.funnel import Enquiry
from measurement.computed import computes
from measurement.cycles import Learned, learn
from measurement.queries import costs as spending
from measurement.queries import known_content
from measurement.queries.known_content import Content
from measurement.queries.process import freshness
from measurement.queries.products import Product, products_of
from measurement.reports import Compare, Dimension, ReportQuery
from merchants.models import Merchant
from merchants.periods import Period, day_of, start_of
from portal.lead_money import Asked, Costs, Question, Sale, Table, spread, table

BY = ("campaign", "note", "store")
HORIZONS = (7, 15, 30, 60, 90)


@dataclass(frozen=True, slots=True)
class LeadCosts:
    """``cycle`` is from enquiry to deal; ``cost_through`` the last day of stated cost, None without any;
    ``ripe`` the days that have reached x, None while none has."""

    period: Period
    by: str
    x: int
    table: Table
    cycle: Learned
    through: date
    cost_through: date | None
    ripe: Period | None


def lead_costs(merchant: Merchant, period: Period, by: str, x: int, *, now: datetime) -> LeadCosts:
    """The table of one of ``BY`` with ROI(T+``x``), of enquiries that began in the period."""
    zone = ZoneInfo(merchant.time_zone)
    through = day_of(now, zone) - timedelta(days=1)
    cycle = learned_cycle(merchant, through, zone)
    question = Question(x, through, None if cycle.refusal else lambda age: share_in(cycle, age))
    found = funnel.enquiries(merchant, period)
    asked = _asked(merchant, period, by, found, zone)
    ripe = ripe_part(period, x, through)
    products = products_of(merchant)
    level = "note" if by == "note" else "campaign"
    whole = _costs(merchant, period, level, products, through)
    young = _costs(merchant, ripe, level, products, through) if ripe else spending.Costs()
    content = _content(merchant, level, found, {*whole.rows, *young.rows})
    costs, ripe_costs = _by_id(whole, content), _by_id(young, content)
    if by == "store":
        costs = spread(costs, asked)
        ripe_costs = spread(ripe_costs, [one for one in asked if question.ripe(one.day)])
    return LeadCosts(
        period=period,
        by=by,
        x=x,
        table=table(asked, _names(by, found, content), costs, ripe_costs, question),
        cycle=cycle,
        through=through,
        cost_through=freshness(merchant).reported_through,
        ripe=ripe,
    )


@computes("enquiry_cycle")
def learned_cycle(merchant: Merchant, through: date, zone: ZoneInfo) -> Learned:
    """How long people take from their first enquiry to their deal, learned from everybody who asked."""
    return learn(sold.durations(merchant, start_of(through + timedelta(days=1), zone)))


def share_in(cycle: Learned, age: int) -> float:
    """The share of those who buy within the follow-up who have bought so many days after the enquiry."""
    return max((point.share for point in cycle.curve if point.day <= age), default=0.0)


def ripe_part(period: Period, x: int, through: date) -> Period | None:
    """The days of the period that have reached the age x."""
    end = min(period.end, through - timedelta(days=x - 1))
    return Period(period.start, end) if end > period.start else None


def _asked(merchant: Merchant, period: Period, by: str, found: list[Enquiry], zone: ZoneInfo) -> list[Asked]:
    days = {one.lead_id: day_of(one.began_at, zone) for one in found}
    sales: dict[int, list[Sale]] = defaultdict(list)
    for deal in sold.deals(merchant, period):
        if deal.lead_id not in days:  # handed in while this is read
            continue
        lag = (day_of(deal.closed_at, zone) - days[deal.lead_id]).days
        sales[deal.lead_id].append(Sale(lag, deal.net_fen if deal.cancelled else deal.fen, deal.net_fen))
    key_of = funnel.BY[by]
    return [
        Asked(
            row=funnel.text_of(key_of(one)[0]) or None,
            day=days[one.lead_id],
            reached=one.way.reached(),
            sales=tuple(sales[one.lead_id]),
            bears=one.campaign_id or None,
        )
        for one in found
    ]


def _costs(
    merchant: Merchant, period: Period, level: str, products: dict[int, Product], through: date
) -> spending.Costs:
    query = ReportQuery(period=period, by=Dimension(level), compare=Compare.NONE)
    return spending.cost(merchant, query, products, through)


def _content(merchant: Merchant, level: str, found: list[Enquiry], keys: set[str]) -> dict[str, Content]:
    """The content that enquiries came from or that cost something, by the key of reports."""
    if level == "note":
        rows = known_content.notes(merchant, {one.note_id for one in found}, keys)
    else:
        rows = known_content.campaigns(merchant, {one.campaign_id for one in found}, keys)
    return {row.key: row for row in rows}


def _by_id(costs: spending.Costs, content: dict[str, Content]) -> Costs:
    return Costs(
        {content[key].external_id: cost.fen for key, cost in costs.rows.items()},
        costs.whole.fen if costs.whole else None,
    )


def _names(by: str, found: list[Enquiry], content: dict[str, Content]) -> dict[str, str]:
    key_of = funnel.BY[by]
    names = {str(key): name for key, name in map(key_of, found) if key is not None}
    if by != "store":
        names |= {row.external_id: row.name for row in content.values()}
    return names
