"""Who is treated: a keyed coin that nobody can guess and everybody with the seed can toss again (pure).

HMAC-SHA-256 of the unit under the experiment's own seed. The same unit gets the same arm in every file, on
every machine, for ever; another seed is another, independent coin. The seed is fixed at registration.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

CONTROL, TREATMENT = 0, 1


def arm_of(seed: str, unit: str) -> int:
    """0 control or 1 treatment: the first bit of the hash, so the split is even. An empty seed is no key."""
    if not seed:
        raise ValueError("A coin without a seed is not keyed.")
    return hmac.digest(seed.encode(), unit.encode(), "sha256")[0] >> 7


@dataclass(frozen=True, slots=True)
class Pairing:
    """``pairs`` of (control, treatment), most alike in size; ``left_out`` had no partner."""

    pairs: tuple[tuple[str, str], ...]
    left_out: tuple[str, ...] = ()

    @property
    def groups(self) -> dict[str, str]:
        """The group of each place that takes part."""
        return {
            geo: group
            for pair in self.pairs
            for geo, group in zip(pair, ("control", "treatment"), strict=True)
        }


def matched_pairs(volumes: Mapping[str, float], seed: str) -> Pairing:
    """Pairs of neighbours by size, and the coin inside each pair.

    Sorted by size, pairing neighbours makes the sum of differences smallest; of an odd number the smallest
    place is left out. Raises ``ValueError`` for fewer than two places.
    """
    if len(volumes) < 2:
        raise ValueError("Matched pairs need at least two places.")
    ranked: Sequence[str] = sorted(volumes, key=lambda geo: (-volumes[geo], geo))
    even = len(ranked) - len(ranked) % 2
    pairs = []
    for first, second in zip(ranked[:even:2], ranked[1:even:2], strict=True):
        turned = arm_of(seed, f"{first}\x00{second}") == TREATMENT
        pairs.append((second, first) if turned else (first, second))
    return Pairing(tuple(pairs), tuple(ranked[even:]))
