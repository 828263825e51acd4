"""Who, what, where as a file: what was sold, and every cell of SPU × buying point × audience × K/F/S."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from measurement import reports
from measurement.empathy.parts import Part, Share
from measurement.exports import Head, Sheet, Table
from measurement.printed.printed import (
    Asking,
    Figure,
    Printed,
    around,
    defined,
    head,
    money,
    stem_of,
    told,
)
from measurement.process.placement import Carrier
from measurement.queries import matrix, saved
from measurement.queries.matrix import Board, Cell, Former, Sold
from measurement.reports import Problem, ReportQuery
from measurement.words import past
from measurement.words import process as named

DEFINITIONS = (
    "sold_buyers", "new_buyers", "orders_per_buyer", "repeat_share", "seeded_share", "cost", "reported_cpti",
    "credited", "interval", "roi", "cadence", "empathy_liked", "empathy_echo", "coverage",
)  # fmt: skip
SPAN = {"period": "90d"}


def asked(given: Mapping[str, str], today: date) -> tuple[ReportQuery, str, list[Problem]]:
    """The days, what to compare with, and the carrier that is shown; empty: all."""
    dated = {name: value for name, value in given.items() if name in reports.DATED}
    if not {"period", "from"} & set(dated):
        dated |= SPAN
    query, problems = reports.read(dated, today)
    by = given.get("carrier", "")
    return query, by if by in set(Carrier) else "", problems


def parts_of(cell: Cell) -> dict[str, Share]:
    """The two parts of empathy that a cell shows."""
    found = cell.parts
    return {part.value: found[part] for part in (Part.LIKED, Part.ECHO) if part in found}


def print_matrix(asking: Asking) -> Printed:
    query, by, _problems = asked(asking.given, asking.today)
    found = matrix.board(asking.merchant, query.period, query.before, asking.today, as_of=query.as_of)
    cells = [cell for cell in found.cells if not by or cell.carrier == by]
    currency = asking.merchant.currency
    credited = sum(cell.credited for cell in cells) if found.joinable else None
    return Printed(
        stem=stem_of("matrix", query.period),
        sheet=Sheet(
            Table(
                "SPU × K F S",
                _heads(currency),
                tuple(_line(cell, found.before.get(cell.key), found) for cell in cells),
            ),
            said=_said(asking, found, query),
            definitions=defined(DEFINITIONS),
            further=(_sold(found, found.whole, currency),) if found.products and found.whole else (),
        ),
        query={**query.parameters(), **({"carrier": by} if by else {})},
        period=query.period,
        notes=saved.told(asking.merchant, query.period),
        figures=(
            Figure(told()["cost"].name, sum(cell.cost or 0 for cell in cells), "fen"),
            Figure(told()["credited"].name, credited, "fen"),
            Figure(told()["seeded_share"].name, found.whole and found.whole.seeded_share, "share"),
            Figure(_("Orders"), found.whole and found.whole.orders, "count"),
        ),
        listed=("spu", "point", "carrier", "cost", "credited"),
        rows=len(cells),
    )


def _said(asking: Asking, found: Board, query: ReportQuery) -> tuple[tuple[str, str], ...]:
    def share(value: Any) -> str:
        return "–" if value is None else f"{value:.4f}"

    return (
        (_("Report"), _("SPU × buying point × audience × K/F/S; return by day of the touch, linear")),
        (_("Compared with"), f"{query.before.start} – {query.before.last}" if query.before else "–"),
        *past.lines("matrix", query.as_of),
        (_("Data to"), str(found.through or "–")),
        (_("Coverage"), share(found.coverage)),
        (_("Cost with product and buying point"), share(found.placed)),
        *around(asking.merchant, query.period),
    )


def _heads(currency: str) -> tuple[Head, ...]:
    liked, echo = told()["empathy_liked"].name, told()["empathy_echo"].name
    return (
        Head("spu", "SPU"),
        Head("point", _("Buying point")),
        Head("scene", _("Audience or scene")),
        Head("carrier", "K/F/S"),
        head("cost", currency),
        money("cost_before", _("Cost, period before"), currency),
        head("cpti", currency, of="reported_cpti"),
        Head("ti", _("New TI, platform-reported"), "count"),
        head("credited", currency),
        money("low", _("95 %: from"), currency),
        money("high", _("95 %: to"), currency),
        money("credited_before", _("Attributed return, period before"), currency),
        Head("orders", _("Orders"), "count"),
        head("roi"),
        Head("liked", liked, "share"),
        Head("liked_low", _("%(name)s, from") % {"name": liked}, "share"),
        Head("liked_high", _("%(name)s, to") % {"name": liked}, "share"),
        Head("liked_n", _("%(name)s, n") % {"name": liked}, "count"),
        Head("echo", echo, "share"),
        Head("echo_n", _("%(name)s, n") % {"name": echo}, "count"),
        Head("notes", _("Notes published"), "count"),
        head("cadence"),
    )


def _line(cell: Cell, former: Former | None, found: Board) -> dict[str, Any]:
    liked, echo = (parts_of(cell).get(part) for part in (Part.LIKED, Part.ECHO))
    return {
        "spu": cell.spu,
        "point": cell.point,
        "scene": cell.scene,
        "carrier": str(named.CARRIERS[cell.carrier]),
        "cost": cell.cost,
        "cost_before": former.cost if former else None,
        "cpti": cell.cost_per_ti,
        "ti": cell.ti,
        "credited": cell.credited if found.joinable else None,
        "low": cell.interval.low if cell.interval else None,
        "high": cell.interval.high if cell.interval else None,
        "credited_before": former.credited if former and found.joinable else None,
        "orders": cell.orders if found.joinable else None,
        "roi": cell.roi if found.joinable else None,
        "liked": liked and liked.value,
        "liked_low": liked and liked.low,
        "liked_high": liked and liked.high,
        "liked_n": liked and liked.n,
        "echo": echo and echo.value,
        "echo_n": echo and echo.n,
        "notes": cell.notes,
        "cadence": cell.cadence,
    }


def _sold(found: Board, whole: Sold, currency: str) -> Table:
    codes = ("orders", "units", "paid_fen", "buyers", "new", "returning")
    shares = ("orders_per_buyer", "repeat_share", "seeded_share")

    def line(name: str, row: Sold, before: Sold | None) -> dict[str, Any]:
        return {
            "name": name,
            "before": before.paid_fen if before else None,
            **{code: getattr(row, code) for code in (*codes, *shares)},
        }

    rows = [
        line(row.name or _("Not tied to an SPU"), row, found.products_before.get(row.name))
        for row in found.products
    ]
    heads = (
        Head("name", "SPU"),
        Head("orders", _("Orders"), "count"),
        Head("units", _("Pieces"), "count"),
        money("paid_fen", _("Paid, amount"), currency),
        money("before", _("Paid, period before"), currency),
        head("buyers", of="sold_buyers"),
        head("new", of="new_buyers"),
        Head("returning", _("Returning"), "count"),
        *(head(code) for code in shares),
    )
    return Table(_("What was sold"), heads, (*rows, line(_("Total"), whole, found.whole_before)))
