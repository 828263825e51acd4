"""How costs that no row carries are spread over the rows (pure). The rule, in full:

- Ads and note fees belong to the row that a source names for them; what names no row is not spread.
- What a source names a row for (a sample sent for a note, an agency's fee for it) belongs to that row.
- The rest of these kinds is spread in proportion to the ads or fees that it comes with, :data:`BASES`:
  a rebate and what comes back with ads over ads, samples and platform fees over note fees, agency fees
  over both. The part that belongs to unnamed ads and fees stays unspread, so that rows and rest always
  add up to the whole cost, to the fen.

A campaign therefore carries its delivery, its share of rebates and of agency fees, but no note fee: the fee
buys the note, which is judged by note.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from measurement.choices import SpendKind
from measurement.computed import computes

BASES: dict[str, tuple[str, ...]] = {
    SpendKind.REBATE: (SpendKind.ADS,),
    SpendKind.SAMPLE: (SpendKind.NOTE_FEE,),
    SpendKind.PLATFORM_FEE: (SpendKind.NOTE_FEE,),
    SpendKind.AGENCY_FEE: (SpendKind.ADS, SpendKind.NOTE_FEE),
}
"""What each shared kind of cost is spread over."""

RULE = "spread-1"


@dataclass(frozen=True, slots=True)
class FullCost:
    """Fen of one row: what is named for it, and its parts of shared kinds."""

    direct: int
    shared: Mapping[str, int] = field(default_factory=dict)

    @property
    def fen(self) -> int:
        return self.direct + sum(self.shared.values())


Named = Mapping[str, Mapping[str, int]]


@computes("full_cost")
def spread(named: Named, whole: Mapping[str, int]) -> dict[str, FullCost]:
    """The full cost of each row.

    ``named`` is fen by kind and row, ``whole`` all fen by kind, unnamed ones included. Rows without a
    named cost are not in the result: they carry none.
    """
    keys = sorted({key for rows in named.values() for key in rows})
    direct = {key: sum(rows.get(key, 0) for rows in named.values()) for key in keys}
    shared: dict[str, dict[str, int]] = {key: {} for key in keys}
    for kind, bases in BASES.items():
        left = whole.get(kind, 0) - sum(named.get(kind, {}).values())
        weights = {key: sum(max(named.get(base, {}).get(key, 0), 0) for base in bases) for key in keys}
        over = max(sum(whole.get(base, 0) for base in bases), sum(weights.values()))
        for key, fen in _parts(left, weights, over).items():
            shared[key][kind] = fen
    return {key: FullCost(direct[key], shared[key]) for key in keys}


def _parts(fen: int, weights: Mapping[str, int], over: int) -> dict[str, int]:
    """``fen`` × weight ÷ ``over`` for each key, in whole fen: largest remainder, ties by key. What the
    weights leave of ``over`` is not given out."""
    if not fen or over <= 0 or not any(weights.values()):
        return {}
    sign, size = (1, fen) if fen > 0 else (-1, -fen)
    given = size * sum(weights.values()) // over
    floors = {key: size * weight // over for key, weight in weights.items()}
    by_rest = sorted(weights, key=lambda key: (-(size * weights[key] % over), key))
    for key in by_rest[: given - sum(floors.values())]:
        floors[key] += 1
    return {key: sign * part for key, part in floors.items() if part}
