"""The curve of Kaplan and Meier over grouped durations (pure; lifelines does the estimate).

S(t) = Π over event times u ≤ t of (1 − d(u) / n(u)), where n(u) are the people still observed and open just
before u and d(u) those who bought at u. Whoever is censored at u was still at risk at u. Source: Kaplan and
Meier, Journal of the American Statistical Association 53 (1958), 457-481; variance: Greenwood (1926).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Tally = Mapping[float, tuple[int, int]]
"""Durations as counted: for each, how many people bought after it and how many were last seen open then."""


@dataclass(frozen=True, slots=True)
class Step:
    """The curve at one observed duration. ``s`` is S(t), ``greenwood`` the sum of d / (n (n − d)) up to t:
    Var S(t) = S(t)² × greenwood; infinite where nobody is left."""

    t: float
    at_risk: int
    events: int
    censored: int
    s: float
    greenwood: float


def steps(tally: Tally) -> tuple[Step, ...]:
    """The curve at every observed duration, in order. An empty tally has no steps; a negative duration or
    count raises ``ValueError``."""
    times = sorted(time for time, counts in tally.items() if sum(counts))
    if any(time < 0 for time in times) or any(count < 0 for counts in tally.values() for count in counts):
        raise ValueError("durations and counts are not negative")
    if not times:
        return ()
    survived = _estimate(times, tally)
    found, left, greenwood = [], sum(sum(tally[time]) for time in times), 0.0
    for time, s in zip(times, survived, strict=True):
        events, censored = tally[time]
        if events:
            greenwood += events / (left * (left - events)) if left > events else float("inf")
        found.append(Step(time, left, events, censored, s, greenwood))
        left -= events + censored
    return tuple(found)


def _estimate(times: list[float], tally: Tally) -> list[float]:
    """S at each time, as lifelines computes it from weighted rows."""
    from lifelines import KaplanMeierFitter  # takes seconds to import, so only who needs it pays

    rows = [
        (time, bought, count)
        for time in times
        for bought, count in zip((1, 0), tally[time], strict=True)
        if count
    ]
    durations, bought, counts = zip(*rows, strict=True)
    fitter = KaplanMeierFitter().fit(durations, bought, weights=counts)
    curve = fitter.survival_function_.iloc[:, 0]
    return [float(curve.loc[time]) for time in times]


def quantile(curve: Iterable[Step], share: float) -> float | None:
    """The first duration by which at least ``share`` of all people have bought; None when the curve never
    comes that far, as most do."""
    return next((step.t for step in curve if step.events and step.s <= 1 - share + 1e-12), None)
