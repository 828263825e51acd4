"""What sources of consultations say, read and checked. Pure: no database, no clock, no settings.

``CHANNELS`` names every source and the module that reads it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from leads.channels.facts import Channel

CHANNELS = ("xiaohongshu_form", "xiaohongshu_im", "feiyu", "meta", "own")
ABROAD = frozenset({"meta"})
"""Sources outside the country: off until somebody switches them on."""
PULLED = frozenset({"feiyu"})
"""Sources that are asked and send nothing of their own accord."""
REPORTED = frozenset({"xiaohongshu_form", "xiaohongshu_im"})
"""Sources that cannot be asked, but whose ad system reports how many leads there were."""


def partner_of(name: str) -> str:
    """Whose source it is: a company may have several."""
    return name.partition("_")[0]


def channel(name: str) -> Channel:
    """The module that reads ``name``; ``KeyError`` for a name that is none of :data:`CHANNELS`."""
    if name not in CHANNELS:
        raise KeyError(name)
    return cast("Channel", import_module(f"{__name__}.{name}"))
