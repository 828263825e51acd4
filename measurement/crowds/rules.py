"""The rule of the layers: rows as versioned data, and what is wrong with one (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from measurement.choices import Layer, TouchKind

LAYERS = tuple(Layer)
NONE = 0
"""The rank of no layer; a layer's rank is its place in ``LAYERS``, from 1."""

ORDER = "order"
"""The kind of event that an order line is: paid, and not wholly refunded."""

KINDS: tuple[str, ...] = (*(str(kind) for kind in TouchKind if kind != TouchKind.DECLARED), ORDER)
LONGEST = 730  # days
MOST = 100  # events


def rank(layer: Layer) -> int:
    return LAYERS.index(layer) + 1


@dataclass(frozen=True, slots=True)
class RuleRow:
    """At least ``least`` events of these kinds within ``days`` days; None: the decision cycle of what was
    ordered, for rows that count orders."""

    layer: Layer
    kinds: tuple[str, ...]
    least: int
    days: int | None

    def stated(self) -> dict[str, Any]:
        return {"layer": str(self.layer), "kinds": list(self.kinds), "least": self.least, "days": self.days}


@dataclass(frozen=True, slots=True)
class Rule:
    rows: tuple[RuleRow, ...]

    @property
    def kinds(self) -> frozenset[str]:
        """Every kind that some row counts."""
        return frozenset(kind for row in self.rows for kind in row.kinds)

    def stated(self) -> list[dict[str, Any]]:
        """The rows as plain data; ``read`` takes them back."""
        return [row.stated() for row in self.rows]


class Fault(StrEnum):
    EMPTY = "empty"
    UNKNOWN_LAYER = "unknown_layer"
    UNKNOWN_KIND = "unknown_kind"
    NO_KIND = "no_kind"
    LEAST = "least"
    DAYS = "days"
    CYCLE = "cycle"
    EVERYBODY = "everybody"
    SWALLOWED = "swallowed"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong: in which row (from 1; 0: the rule as a whole), with which value."""

    fault: Fault
    row: int = 0
    value: str = ""


class BadRule(ValueError):
    """A rule that cannot be taken; nothing is written."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"row {one.row}: {one.fault} {one.value}" for one in self.problems))


def read(stated: Iterable[Mapping[str, Any]]) -> Rule:
    """The rule in plain data. Raises :class:`BadRule` with every problem found."""
    problems: list[Problem] = []
    rows = []
    for number, one in enumerate(stated, start=1):
        row = _row(one, number, problems)
        if row is not None:
            rows.append(row)
    if not rows and not problems:
        problems.append(Problem(Fault.EMPTY))
    if not problems:
        problems += _too_wide(rows)
    if problems:
        raise BadRule(problems)
    return Rule(tuple(rows))


def _row(one: Mapping[str, Any], number: int, problems: list[Problem]) -> RuleRow | None:
    found = len(problems)
    layer, kinds = str(one.get("layer", "")), [str(kind) for kind in one.get("kinds") or ()]
    if layer not in {str(member) for member in LAYERS}:
        problems.append(Problem(Fault.UNKNOWN_LAYER, number, layer))
    problems += [Problem(Fault.UNKNOWN_KIND, number, kind) for kind in kinds if kind not in KINDS]
    if not kinds:
        problems.append(Problem(Fault.NO_KIND, number))
    least, days = one.get("least"), one.get("days")
    if not _whole(least, 0, MOST):
        problems.append(Problem(Fault.LEAST, number, _said(least)))
    elif least == 0:
        problems.append(Problem(Fault.EVERYBODY, number))
    if days is None:
        if set(kinds) - {ORDER}:
            problems.append(Problem(Fault.CYCLE, number))
    elif not _whole(days, 1, LONGEST):
        problems.append(Problem(Fault.DAYS, number, _said(days)))
    if len(problems) > found:
        return None
    return RuleRow(Layer(layer), tuple(kind for kind in KINDS if kind in kinds), int(least or 0), days)


def _whole(value: Any, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _said(value: Any) -> str:
    return "" if value is None else str(value)[:40]


def _too_wide(rows: list[RuleRow]) -> list[Problem]:
    """A row that takes everybody who did anything, and layers in which nobody could ever stand."""
    problems = [
        Problem(Fault.EVERYBODY, number)
        for number, row in enumerate(rows, start=1)
        if set(row.kinds) >= set(KINDS) and row.least == 1
    ]
    if problems:
        return problems
    for number, low in enumerate(rows, start=1):
        if any(rank(high.layer) > rank(low.layer) and _swallows(high, low) for high in rows):
            problems.append(Problem(Fault.SWALLOWED, number, str(low.layer)))
    return problems


def _swallows(high: RuleRow, low: RuleRow) -> bool:
    """Whether the higher row holds whenever the lower one does."""
    if not set(high.kinds) >= set(low.kinds) or high.least > low.least:
        return False
    if high.days is None or low.days is None:
        return high.days == low.days
    return high.days >= low.days


_LIGHT = ("read", "like", "comment", "search_click", "live_view")
_DEEP = ("deep_read", "save", "share", "screenshot", "search", "component_click", "consultation")

DEFAULT = Rule(
    (
        RuleRow(Layer.AWARE, ("impression",), 1, 30),
        RuleRow(Layer.INTEREST, _LIGHT, 1, 30),
        RuleRow(Layer.TRUE_INTEREST, _DEEP, 1, 30),
        RuleRow(Layer.TRUE_INTEREST, ("read",), 3, 30),
        RuleRow(Layer.PURCHASE, (ORDER,), 1, None),
        RuleRow(Layer.SHARE, ("own_post", "shared_order"), 1, 180),
    )
)
"""Where everybody begins: version 1."""
