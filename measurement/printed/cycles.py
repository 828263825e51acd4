"""Decision cycles as a file: every category and product."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from measurement import words
from measurement.exports import Head, Sheet, Table
from measurement.printed.printed import Asking, Printed, around, defined, stamped, told
from measurement.queries import learned_cycles
from measurement.queries.learned_cycles import Board
from measurement.words import cycles as cycle_words


def print_cycles(asking: Asking) -> Printed:
    """Every category and product; a cycle is a table here, its curve is on a page of its own."""
    boards = learned_cycles.boards(asking.merchant)
    every = [one for board in boards.sold for one in (board, *board.products)]
    known = told()
    heads = (
        Head("name", _("Category, product")),
        Head("now", _("In force, days"), "count"),
        Head("basis", _("From")),
        Head("published", _("Published, days"), "count"),
        Head("hand", _("Set by hand, days"), "count"),
        Head("p50", "P50", "count"),
        Head("p80", "P80", "count"),
        Head("p80_low", _("P80, from"), "count"),
        Head("p80_high", _("P80, to"), "count"),
        Head("p95", "P95", "count"),
        Head("naive", known["naive_cycle"].name, "count"),
        Head("n", "n", "count"),
        Head("why", _("Why not")),
    )
    return Printed(
        stem="cycles",
        sheet=Sheet(
            Table(_("Decision cycles"), heads, tuple(_cycle(board) for board in every)),
            said=(
                (_("Learned"), stamped(boards.run.finished_at if boards.run else None)),
                *around(asking.merchant, None),
            ),
            definitions=defined(("learned_cycle", "cycle_interval", "naive_cycle", "follow_up", "plateau")),
        ),
        query={},
        listed=("name", "now", "p80", "published"),
    )


def _cycle(board: Board) -> dict[str, Any]:
    learned = board.learned if board.learned and not board.learned.refusal else None
    return {
        "name": f"{board.category.name} · {board.name}" if board.spu else board.name,
        "now": board.now.days,
        "basis": words.why_cycle(board.now.basis, board.now.source),
        "published": board.published.days if board.published else None,
        "hand": board.hand.days if board.hand else None,
        "naive": learned.naive_p80 if learned else None,
        "n": board.learned.n if board.learned else None,
        "why": cycle_words.unlearned(board.learned, ever=board.ever_learned),
        **{
            name: getattr(learned, name) if learned else None
            for name in ("p50", "p80", "p80_low", "p80_high", "p95")
        },
    }
