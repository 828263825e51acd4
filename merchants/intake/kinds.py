"""What may be handed in: each kind with its columns, its rule for a whole row, and who writes it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from merchants.intake.columns import Column, spellings
from merchants.intake.problems import Refused

Values = Mapping[str, Any]  # column name -> value, None where the cell is empty
Shape = Callable[[Values], Any]  # -> a row for the writer; raises ``Refused``


SKEW = timedelta(hours=24)  # a sender's clock or zone may be wrong; a day ahead is a mistake


def not_ahead(values: Values, now: datetime, *names: str) -> None:
    """Raises ``Refused`` where one of these times lies in the future."""
    for name in names:
        moment = values.get(name)
        if moment is not None and moment > now + SKEW:
            raise Refused("time_in_future", name)


def open_to_all(merchant: Any) -> str:
    return ""


@dataclass(frozen=True)
class Kind:
    """``prepare(merchant)`` gives the rule that turns the values of one row into a row for ``write``; it may
    keep count from row to row, so one is made for each reading of a file. ``write(merchant, rows, source=,
    by=)`` must give the same result however often and in whatever portions the rows come; it returns a
    receipt with whole-number fields."""

    code: str
    label: Any
    columns: tuple[Column, ...]
    examples: tuple[Mapping[str, str], ...]  # of the templates
    prepare: Callable[[Any], Shape]
    write: Callable[..., Any]
    rows_at_once: int = 5_000  # rows of one transaction while a file is applied
    # (merchant) -> the code of the remedy while this merchant may not bring it, empty when it may
    closed: Callable[[Any], str] = open_to_all
    permission: str = "bring_data"  # what a person needs to hand it in and to confirm it

    @cached_property
    def spellings(self) -> dict[str, Column]:
        return spellings(self.columns)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


_KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Makes a kind known. Raises ``ValueError`` for a code or a header twice, or a strange example."""
    if kind.code in _KINDS:
        raise ValueError(f"The kind {kind.code} is registered twice.")
    names = {column.name for column in kind.spellings.values()}
    for example in kind.examples:
        if strange := set(example) - names:
            raise ValueError(f"An example of {kind.code} has no columns {sorted(strange)}.")
    _KINDS[kind.code] = kind


def get(code: str) -> Kind:
    """The kind; ``KeyError`` when there is none."""
    return _KINDS[code]


def registered() -> Iterable[Kind]:
    return tuple(_KINDS.values())


def open_with(permissions: Collection[str]) -> list[Kind]:
    """The kinds that a person with these permissions may hand in."""
    return [kind for kind in _KINDS.values() if kind.permission in permissions]
