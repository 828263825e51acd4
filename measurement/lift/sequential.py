"""Looking before the end without fooling oneself (pure).

Always-valid inference by a mixture (Robbins 1970; Johari, Pekelis, Walsh, arXiv 1512.04922): the interval covers
the truth at all looks together with 95 %, however often and whenever one looks. It was chosen over
O'Brien-Fleming spending because nobody knows in advance how often a merchant will open the page. Its price is
a wider interval, at the end too, so it is used only where it was registered.
"""

from __future__ import annotations

from math import exp, inf, log, sqrt

ALPHA = 0.05


def reach(error: float, scale: float, *, alpha: float = ALPHA) -> float:
    """Half the width of the interval at a look whose standard error is ``error``; ``scale`` (τ) is the size
    of effect that was hoped for, fixed at registration.

    √( V (V + τ²) / τ² · (2 ln 1/α + ln((V + τ²) / V)) ),  V = error²
    """
    if error <= 0 or scale <= 0:
        return inf
    noise, prior = error * error, scale * scale
    return sqrt(noise * (noise + prior) / prior * (2 * log(1 / alpha) + log((noise + prior) / noise)))


def always_valid_p(effect: float, error: float, scale: float) -> float:
    """1 ÷ the mixture likelihood ratio, at most 1: below 0.05 exactly when :func:`reach` excludes zero."""
    if error <= 0 or scale <= 0:
        return 1.0
    noise, prior = error * error, scale * scale
    exponent = prior * effect * effect / (2 * noise * (noise + prior))
    ratio = 0.5 * log(noise / (noise + prior)) + exponent
    return min(1.0, exp(-ratio)) if ratio > 0 else 1.0
