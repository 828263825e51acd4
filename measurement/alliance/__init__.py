"""The platforms' own words, read and put together. Pure: no database, no clock, no settings.

``PLATFORMS`` names every platform whose recordings can be read and the module that reads them.
The modules are imported on first use, so that reading one platform never needs another.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from measurement.alliance.recording import PlatformReader

PLATFORMS = ("taobao", "jd", "vipshop", "xiaohongshu_ark", "xiaohongshu_juguang")


def reader(platform: str) -> PlatformReader:
    """The module that reads ``platform``; ``KeyError`` for a name that is none of :data:`PLATFORMS`."""
    if platform not in PLATFORMS:
        raise KeyError(platform)
    return cast("PlatformReader", import_module(f"{__name__}.{platform}"))
