"""How many journeys a model needs before it says something, and what to doubt where it has fewer."""

from __future__ import annotations

import numpy as np

from measurement.attribution.chains import Removal
from measurement.attribution.paths import Paths

CONVERSIONS = 100
"""Orders that a page needs: a removal effect of one half is then known to about ten points either way, twice
the root of 1/4 over 100."""

PASSAGES = 5
"""Journeys that come to a state of the chain on average: with fewer its arrows are anecdotes. Higher orders
have more states, so they need more journeys."""


def lacking(conversions: float, nulls: float, removal: Removal | None, *, with_nulls: bool = True) -> str:
    """Why a page refuses these journeys: `conversions`, `nulls` or `passages` are too few; empty if none
    is."""
    if conversions < CONVERSIONS:
        return "conversions"
    if with_nulls and not nulls:
        return "nulls"
    if removal is not None and removal.passages < PASSAGES * removal.states:
        return "passages"
    return ""


def doubts(paths: Paths, removal: Removal, separator: str) -> list[str]:
    """What a command warns of; it answers all the same."""
    found = []
    converted, nulls = float(paths.conversions.sum()), float(paths.nulls.sum())
    if len(paths) == 1:
        found.append("there is one path only; every model then tells what the path is, not what works.")
    if converted < CONVERSIONS:
        found.append(
            f"{converted:,.10g} conversions are few: below {CONVERSIONS} a removal effect is uncertain by more"
            " than ten points either way. Pages refuse such a sample."
        )
    if not nulls:
        found.append(
            "no path ended without an order: the base probability is 1, and the chain cannot see which channel"
            " converts badly."
        )
    if removal.passages < PASSAGES * removal.states:
        found.append(
            f"{removal.states:,} states for {removal.passages:,.10g} touches: fewer than {PASSAGES} journeys come"
            " to a state on average. A lower --order is steadier."
        )
    if not paths.value.any():
        found.append("total_conversion_value is 0 everywhere, and so is every value below.")
    if bool(np.any((paths.value != 0) & (paths.conversions == 0))):
        found.append("some paths have a value without a conversion; the value is shared out all the same.")
    sign = separator.strip()
    odd = [name for name in paths.channels if sign and sign in name]
    if odd:
        found.append(
            f"{len(odd):,} channels hold '{sign}' in their name, such as '{odd[0]}'; if it separates channels"
            f" there, say --sep '{sign}'."
        )
    return found
