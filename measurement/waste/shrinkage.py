"""Return per yuan of small samples, drawn towards the merchant's mean (pure).

Empirical Bayes: true rates of rows scatter around the mean with variance τ², what is seen of a row scatters
around its own true rate with the variance of its bootstrap. τ² by the method of moments of DerSimonian and
Laird (Controlled Clinical Trials 7, 1986, 177-188), never below zero. A row keeps τ² ÷ (τ² + own variance)
of its own figure. The class of a row is never taken from this: it only orders and forecasts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from measurement.computed import computes


@dataclass(frozen=True, slots=True)
class Shrunk:
    """``own`` is the share that the row's own figure keeps, 0 to 1."""

    rate: float
    own: float


@computes("shrunk_return")
def shrunk(rates: Sequence[float], variances: Sequence[float]) -> list[Shrunk]:
    """Rates drawn towards their precision-weighted mean. Fewer than three rows are left as they are:
    nothing can be said of how rows differ."""
    if len(rates) < 3:
        return [Shrunk(rate, 1.0) for rate in rates]
    safe = [max(variance, 1e-12) for variance in variances]
    precise = [1 / variance for variance in safe]
    total = sum(precise)
    mean = sum(rate * weight for rate, weight in zip(rates, precise, strict=True)) / total
    scatter = sum(weight * (rate - mean) ** 2 for rate, weight in zip(rates, precise, strict=True))
    spread = total - sum(weight * weight for weight in precise) / total
    between = max(0.0, (scatter - (len(rates) - 1)) / spread) if spread > 0 else 0.0
    centre_weights = [1 / (between + variance) for variance in safe]
    centre = sum(rate * w for rate, w in zip(rates, centre_weights, strict=True)) / sum(centre_weights)
    found = []
    for rate, variance in zip(rates, safe, strict=True):
        own = between / (between + variance)
        found.append(Shrunk(own * rate + (1 - own) * centre, own))
    return found
