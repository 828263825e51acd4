"""Which font at hand writes Chinese, for pictures and papers that a program draws."""

from __future__ import annotations

from functools import lru_cache

FONTS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei", "Microsoft YaHei", "PingFang SC", "SimHei", "Droid Sans Fallback",
)  # fmt: skip
"""By name, the best first."""


@lru_cache(maxsize=1)
def chinese_font() -> str | None:
    """The file of the first of :data:`FONTS` that this machine has; None where it has none."""
    from matplotlib import font_manager  # takes its time to load

    known = {entry.name: entry.fname for entry in font_manager.fontManager.ttflist}
    return next((known[name] for name in FONTS if name in known), None)
