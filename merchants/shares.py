"""Shares with their interval (pure); both neighbours show them."""

from __future__ import annotations

from math import sqrt

TWO_SIDED_95 = 1.959963984540054  # the 97.5 % point of the normal distribution


def wilson(share: float, size: float) -> tuple[float, float]:
    """Both ends of the 95 % score interval of a share on a sample of ``size`` > 0, which need not be whole
    (E. B. Wilson, JASA 22, 1927, 209-212). It never leaves 0 to 1 and holds for small sizes:

        (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n)
    """
    spread = TWO_SIDED_95**2 / size
    middle = (share + spread / 2) / (1 + spread)
    half = TWO_SIDED_95 * sqrt(share * (1 - share) / size + spread / (4 * size)) / (1 + spread)
    low = 0.0 if share <= 0 else max(0.0, middle - half)
    return low, 1.0 if share >= 1 else min(1.0, middle + half)
