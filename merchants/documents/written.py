"""Lines of text as a PDF, Chinese too: to be kept, searched and copied from."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from merchants.chinese_fonts import chinese_font

WIDTH, HEIGHT, MARGIN = 595, 842, 52  # points of an A4 sheet
SIZES = {"title": 17.0, "heading": 11.5, "text": 9.0, "small": 7.5}
LEADING = 1.55
LATIN = 0.62  # em that a sign of Latin letters takes at most, on average; a Chinese one takes one


class NoFont(Exception):
    """This machine has no font that writes Chinese: boxes would be no record."""


@dataclass(frozen=True, slots=True)
class Line:
    text: str
    size: str = "text"
    indent: int = 0


def pdf(lines: Iterable[Line], *, title: str, footer: str) -> bytes:
    """The lines on A4 pages, each with the footer and its number; the text can be searched and copied. Raises
    :class:`NoFont`."""
    from matplotlib.backends.backend_pdf import FigureCanvasPdf, PdfPages
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

    path = chinese_font()
    if path is None:
        raise NoFont
    known, font = _signs(path), FontProperties(fname=path)
    pages, into = list(_pages(lines)), io.BytesIO()
    with PdfPages(into, metadata={"Title": title, "Creator": "Seedbed"}) as file:
        for number, page in enumerate(pages, 1):
            figure = Figure(figsize=(WIDTH / 72, HEIGHT / 72))
            FigureCanvasPdf(figure)
            below = (HEIGHT - MARGIN / 2, Line(f"{footer} · {number} / {len(pages)}", "small"))
            for top, line in [*page, below]:
                written = "".join(sign if ord(sign) in known else "□" for sign in line.text)
                figure.text(
                    (MARGIN + 12 * line.indent) / WIDTH,
                    1 - top / HEIGHT,
                    written,
                    fontproperties=font,
                    fontsize=SIZES[line.size],
                    parse_math=False,
                )
            file.savefig(figure)
    return into.getvalue()


@lru_cache(maxsize=1)
def _signs(path: str) -> frozenset[int]:
    from matplotlib.font_manager import get_font

    return frozenset(get_font(path).get_charmap())


def _pages(lines: Iterable[Line]) -> Iterator[list[tuple[float, Line]]]:
    """Lines with where their foot stands, broken into pages."""
    page: list[tuple[float, Line]] = []
    top = float(MARGIN)
    for line in lines:
        height = SIZES[line.size] * LEADING
        room = (WIDTH - 2 * MARGIN - 12 * line.indent) / SIZES[line.size]
        top += height / 2 if line.size == "heading" else 0
        for part in _wrapped(line.text, room):
            if top + height > HEIGHT - MARGIN:
                yield page
                page, top = [], float(MARGIN)
            top += height
            page.append((top, Line(part, line.size, line.indent)))
    yield page


def _wrapped(text: str, room: float) -> Iterator[str]:
    """Parts of a text that fit into so many em, broken at a blank where there is one."""
    part, taken = "", 0.0
    for sign in " ".join(text.split()):
        taken += 1 if unicodedata.east_asian_width(sign) in "WF" else LATIN
        if taken > room:
            head, blank, tail = part.rpartition(" ")
            yield head if blank else part
            part = tail if blank else ""
            taken = sum(1 if unicodedata.east_asian_width(one) in "WF" else LATIN for one in part + sign)
        part += sign
    yield part
