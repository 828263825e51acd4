"""What stands between a merchant and a category, by the gate that the operator set for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from merchants.onboarding.requirements import Kind, Requirement
from merchants.onboarding.standing import Answer, Standing, judged
from merchants.readiness.figures import Figure


class Mode(StrEnum):
    OFF = "off"  # the list is for the merchant's own use
    WARN = "warn"  # who launches with something open says so
    BLOCK = "block"  # nobody launches with something open


@dataclass(frozen=True, slots=True)
class Gate:
    """``limits`` by rule, written as ``<= 0.05``; a figure without one is shown and judged by nobody. ``fewest``
    rows make a figure."""

    mode: Mode = Mode.OFF
    limits: Mapping[str, str] = field(default_factory=dict)
    fewest: int = 30


class Unknown(StrEnum):
    """Why a figure says nothing yet."""

    NOT_MEASURED = "not_measured"
    NO_ROWS = "no_rows"
    NOT_TOLD = "not_told"
    TOO_FEW = "too_few"
    NO_LIMIT = "no_limit"


def why_unknown(figure: Figure | None, limit: str, fewest: int) -> Unknown | None:
    """None for a figure that can be judged."""
    if figure is None:
        return Unknown.NOT_MEASURED
    if not figure.of:
        return Unknown.NO_ROWS
    if not figure.size:
        return Unknown.NOT_TOLD
    if figure.size < fewest:
        return Unknown.TOO_FEW
    return None if limit else Unknown.NO_LIMIT


def launchable(
    requirements: Iterable[Requirement],
    answers: Mapping[str, Answer],
    figures: Mapping[str, Figure],
    gate: Gate,
    today: date,
) -> Standing:
    """The standing of somebody who is not in the category yet: whatever is open waits now."""
    limited = [
        replace(one, limit=gate.limits.get(one.rule, "")) if one.kind == Kind.COMPUTED else one
        for one in requirements
    ]
    shares = {rule: figure.share(gate.fewest) for rule, figure in figures.items()}
    return judged(limited, answers, shares, today, live=False)


def hindrances(standing: Standing) -> tuple[str, ...]:
    """Keys of what is open, each once; what is unknown is none of them."""
    return tuple(dict.fromkeys(key for keys in standing.restricted.values() for key in keys))


class Held(ValueError):
    """A launch that the gate does not let through: ``keys`` are open."""

    def __init__(self, mode: Mode, keys: tuple[str, ...]) -> None:
        super().__init__(f"{mode}: {', '.join(keys)}")
        self.mode, self.keys = mode, keys


def let_through(gate: Gate, keys: tuple[str, ...], *, knowing: bool) -> None:
    """Raises :class:`Held` where something is open: always behind a gate that blocks, and behind one that warns
    unless the merchant launches ``knowing`` it."""
    if keys and (gate.mode == Mode.BLOCK or (gate.mode == Mode.WARN and not knowing)):
        raise Held(gate.mode, keys)
