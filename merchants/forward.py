"""Files that are only written to, one way, into whatever takes bytes."""

from __future__ import annotations

import io
from typing import Any, Protocol


class Sink(Protocol):
    def write(self, clear: bytes) -> Any: ...


class Forward(io.RawIOBase):
    """A file that can only be written to, one way, so that a ZIP is written without going back."""

    def __init__(self, into: Sink) -> None:
        self._into = into

    def writable(self) -> bool:
        return True

    def write(self, clear: Any) -> int:
        self._into.write(bytes(clear))
        return len(clear)
