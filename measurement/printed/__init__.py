"""Report pages without a screen: every page that can be saved can be taken away and can go out by e-mail.

``PAGES`` has one printer a page, by the name of the page and of its file: the same rows, figures and order as
on the screen.
"""

from __future__ import annotations

from collections.abc import Callable

from measurement import pictures
from measurement.exports import csv_lines, workbook
from measurement.printed.alliance import print_alliance
from measurement.printed.audiences import print_audiences
from measurement.printed.crowds import print_crowds, print_flow
from measurement.printed.curve import print_curve
from measurement.printed.cycles import print_cycles
from measurement.printed.empathy import print_empathy
from measurement.printed.experiments import print_experiments
from measurement.printed.lives import print_lives
from measurement.printed.matrix import print_matrix
from measurement.printed.moves import print_moves
from measurement.printed.printed import Asking, NotReady, Printed
from measurement.printed.process import print_process
from measurement.printed.products import print_products
from measurement.printed.results import print_models, print_results
from measurement.printed.ripening import print_ripening
from measurement.printed.whole import print_whole

__all__ = ["PAGES", "Asking", "NotReady", "Printed", "content"]

PAGES: dict[str, Callable[[Asking], Printed]] = {
    "results": print_results,
    "curve": print_curve,
    "models": print_models,
    "alliance": print_alliance,
    "whole": print_whole,
    "experiments": print_experiments,
    "cycles": print_cycles,
    "crowds": print_crowds,
    "flow": print_flow,
    "audiences": print_audiences,
    "empathy": print_empathy,
    "process": print_process,
    "ripening": print_ripening,
    "moves": print_moves,
    "matrix": print_matrix,
    "live": print_lives,
    "products": print_products,
}


def content(printed: Printed, form: str) -> bytes | None:
    """The report as ``csv``, ``xlsx`` or ``png``; None when there is no picture of it."""
    if form == "png":
        return pictures.png(printed.chart, printed.chart_title) if printed.chart else None
    if form == "csv":
        return "".join(csv_lines(printed.sheet)).encode()
    with workbook(printed.sheet, printed.notes) as file:
        return file.read()
