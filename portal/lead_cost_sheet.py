"""Costs per lead as a file: the rows, the steps and the cycle of the page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from leads import words
from leads.funnel import STEPS
from measurement.cycles import Learned
from measurement.exports import Head, Sheet, Table
from measurement.printed.printed import around, defined, head, money, told
from merchants.models import Merchant
from portal.lead_money import Row
from portal.queries.lead_costs import LeadCosts

DEFINED = (
    "cost_per_step", "store_cost", "deal_received", "deal_roi", "deals_expected_in", "known_origin",
    "cost_that_joins", "enquiry_cycle", "naive_cycle", "follow_up",
)  # fmt: skip


def sheet_of(merchant: Merchant, found: LeadCosts, by_name: str) -> Sheet:
    """Everything that the page shows, not cut into pages; what is unknown is an empty cell."""
    known = told()
    shares = (found.table.known_share, found.table.joined_share)
    return Sheet(
        Table(_("Costs per lead"), _heads(merchant, found, by_name), tuple(_lines(found))),
        said=(
            *around(merchant, found.period),
            (known["known_origin"].name, _share(shares[0])),
            (known["cost_that_joins"].name, _share(shares[1])),
            (_("Cost stated to"), str(found.cost_through or "–")),
        ),
        definitions=defined(DEFINED),
        further=(_cycle(found.cycle),),
    )


def _share(value: Any) -> str:
    return "–" if value is None else f"{value:.1%}"


def _heads(merchant: Merchant, found: LeadCosts, by_name: str) -> tuple[Head, ...]:
    unit = merchant.currency
    steps = [
        one
        for code, name in zip(STEPS, words.STEPS, strict=True)
        for one in (
            Head(code, str(name), "count"),
            money(f"cost_{code}", _("Cost each: %(step)s") % {"step": name}, unit),
        )
    ]
    return (
        Head("name", by_name),
        money("cost", told()["cost"].name, unit),
        *steps,
        money("agreed", _("Agreed"), unit),
        head("deal_received", unit),
        Head("roi", f"ROI(T+{found.x})", "ratio"),
        Head("low", _("95 %: from"), "ratio"),
        Head("high", _("95 %: to"), "ratio"),
        Head("sales", _("Deals in ROI, n"), "count"),
        head("deals_expected_in"),
    )


def _lines(found: LeadCosts) -> list[dict[str, Any]]:
    whole = found.table
    return [
        *(_line(row, row.name) for row in whole.rows),
        *([_line(whole.unknown, _("not known"))] if whole.unknown else []),
        *([_line(whole.left, _("cost that names no row"))] if whole.left else []),
        _line(whole.total, _("Total")),
    ]


def _line(row: Row, name: str) -> dict[str, Any]:
    low, high = row.roi_range or (None, None)
    counted = row.counts is not None
    return {
        "name": name,
        "cost": row.cost,
        **dict(zip(STEPS, row.counts or (), strict=False)),
        **{f"cost_{code}": fen for code, fen in zip(STEPS, row.costs, strict=False)},
        "agreed": row.agreed if counted else None,
        "deal_received": row.received if counted else None,
        "roi": row.roi if counted else None,
        "low": low,
        "high": high,
        "sales": row.sales if counted else None,
        "deals_expected_in": row.expected_in,
    }


def _cycle(found: Learned) -> Table:
    heads = (
        Head("name", told()["enquiry_cycle"].name),
        Head("days", _("Days"), "count"),
        Head("low", _("95 %: from"), "count"),
        Head("high", _("95 %: to"), "count"),
        Head("naive", told()["naive_cycle"].name, "count"),
        Head("n", "n", "count"),
        Head("buyers", _("Deals"), "count"),
    )
    rows = [] if found.refusal else zip(found.quantiles, found.naive, strict=True)
    return Table(
        told()["enquiry_cycle"].name,
        heads,
        tuple(
            {
                "name": f"P{one.share * 100:.0f}",
                "days": int(one.days),
                "low": int(one.low),
                "high": int(one.high),
                "naive": int(naive),
                "n": found.n,
                "buyers": found.buyers,
            }
            for one, naive in rows
        ),
    )
