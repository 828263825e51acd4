"""What the Alliance page is asked, and which of the stated views answers (pure).

A view is what may be summed: one programme, level, window, axis and kind of de-duplication. Views of one thing
are never added; the page shows one of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WINDOW_ORDER = (15, 30, 7)  # which window is shown first where several are stated


@dataclass(frozen=True, slots=True)
class View:
    """``clicks``: ``last`` where each order counts once for its last click, ``all`` where not, empty where
    the report does not say."""

    programme: str
    level: str
    window_days: int
    axis: str
    clicks: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of the view; empty or 0: whichever is stated. ``row``: one task or note."""

    programme: str = ""
    level: str = ""
    window_days: int = 0
    axis: str = ""
    clicks: str = ""
    row: str = ""

    def parameters(self) -> dict[str, str]:
        told = {
            "programme": self.programme,
            "level": self.level,
            "w": str(self.window_days or ""),
            "on": self.axis,
            "clicks": self.clicks,
            "row": self.row,
        }
        return {name: value for name, value in told.items() if value}


def read(parameters: Mapping[str, str]) -> Asked:
    """Never raises: what makes no sense asks for nothing."""
    window = parameters.get("w", "").strip()
    return Asked(
        programme=parameters.get("programme", "").strip()[:20],
        level=parameters.get("level", "").strip()[:10],
        window_days=int(window) if window.isascii() and window.isdigit() and len(window) < 4 else 0,
        axis=parameters.get("on", "").strip()[:10],
        clicks=parameters.get("clicks", "").strip()[:10],
        row=parameters.get("row", "").replace("\0", "").strip()[:200],
    )


def chosen(asked: Asked, views: Sequence[View]) -> View | None:
    """The stated view nearest to what is asked; None when none is stated. Each wish is kept where a view can
    keep it together with the wishes before it."""
    left = list(views)
    for name in ("programme", "level", "window_days", "axis", "clicks"):
        wish = getattr(asked, name)
        kept = [view for view in left if getattr(view, name) == wish] if wish else []
        left = kept or left
    return min(left, key=_rank) if left else None


def _rank(view: View) -> tuple[int, str, int, int, str, str]:
    """Tasks before notes, 15 days before 30 and 7, click before conversion, as reported before the rest."""
    known = view.window_days in WINDOW_ORDER
    order = WINDOW_ORDER.index(view.window_days) if known else len(WINDOW_ORDER)
    programmes = ("xiaohongxing", "xiaohongmeng", "xiaohonglian")
    place = programmes.index(view.programme) if view.programme in programmes else len(programmes)
    return place, "" if view.level == "task" else view.level, order, view.window_days, view.axis, view.clicks
