"""Waste and moves as a file: rows of one class or all, then the moves that were made."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from measurement import takeaways_moves, words
from measurement.exports import Head, Sheet, Table
from measurement.printed.printed import Asking, Figure, Printed, around, defined, head, money, stamped, told
from measurement.queries import waste
from measurement.words import moves as move_words
from measurement.words import past


def print_moves(asking: Asking) -> Printed:
    """The rows of the class and order that are asked, then the moves that were made."""
    asked = replace(waste.read(asking.given, asking.today)[0], page=1)
    found = waste.waste(asking.merchant, asked, now=asking.now, page_size=None)
    currency = asking.merchant.currency
    rows = [
        {
            "name": found.names[row.key].name,
            "class": words.said(words.VERDICTS, row.verdict),
            "cost": row.cost,
            "net": row.net,
            "low": row.low,
            "high": row.high,
            "need": takeaways_moves.to_know(row),
        }
        for row in found.rows
    ]
    heads = (
        Head("name", words.said(words.DIMENSIONS, asked.by)),
        Head("class", told()["class"].name),
        head("cost", currency, of="full_cost"),
        head("net", currency, of="net_return"),
        money("low", _("95 %: from"), currency),
        money("high", _("95 %: to"), currency),
        Head("need", told()["to_know"].name),
    )
    return Printed(
        stem=f"waste-{asked.by}-{asked.days}d",
        sheet=Sheet(
            Table(_("Waste"), heads, tuple(rows)),
            said=(
                (_("Days"), str(asked.days)),
                *past.lines("moves", asked.as_of),
                (_("Data to"), str((found.judging and found.judging.through) or "–")),
                (_("Computed"), stamped(found.judging.judged_at if found.judging else None)),
                *around(asking.merchant, None),
            ),
            definitions=defined(
                (
                    "full_cost",
                    "net_return",
                    "at_least_lost",
                    "shrunk_return",
                    "rank_interval",
                    "to_know",
                    "class",
                )
            ),
            further=(_made(found),) if found.moves else (),
        ),
        query=asked.parameters(),
        takeaway=takeaways_moves.of_waste(found),
        figures=tuple(
            Figure(words.said(words.VERDICTS, one.verdict), one.cost, "fen") for one in found.classes
        ),
        listed=("name", "class", "cost", "net"),
    )


def _made(found: waste.Waste) -> Table:
    return Table(
        _("Moves"),
        (
            Head("move", _("Move")),
            Head("on", _("From")),
            Head("owner", _("Owner")),
            Head("reason", _("Reason")),
            Head("expected", _("Expected")),
            Head("came", _("What came of it")),
        ),
        tuple(
            {
                "move": f"{words.said(move_words.MOVE_KINDS, move.kind)}: {move.name}",
                "on": str(move.starts_on),
                "owner": str(move.owner or ""),
                "reason": move.reason,
                "expected": takeaways_moves.expectation(move),
                "came": takeaways_moves.outcome(move),
            }
            for move in found.moves
        ),
    )
