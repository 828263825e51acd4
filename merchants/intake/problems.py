"""What can be wrong with a file, a row or a cell: a code, and what its sentence needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


class Refused(ValueError):
    """A cell or a row that cannot be taken as it is. ``column`` names the cell when a rule about the whole
    row finds it; ``params`` fill the remedy's sentence."""

    def __init__(self, code: str, column: str = "", **params: Any) -> None:
        super().__init__(code)
        self.code, self.column, self.params = code, column, params


class FileRefused(ValueError):
    """The file as a whole cannot be read; no row of it is taken."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to correct. ``line`` is the line (or the sheet's row, or the index in a batch); ``column``
    is empty when the whole row is meant; ``value`` is shortened, and masked where it names a person."""

    line: int
    column: str
    value: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)
