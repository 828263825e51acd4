"""Simulated merchants: daily series whose true effect is known, drawn from a seed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from measurement.response.lag import Cycle
from measurement.response.series import Series

CYCLE = Cycle(7, 30)
WEEK = np.array([1, 0.95, 0.93, 0.97, 1.05, 1.2, 1.15])


@dataclass(frozen=True)
class World:
    series: Series
    truth: float


def world(
    seed: int,
    *,
    days: int = 300,
    share: float = 0.2,
    cycle: Cycle = CYCLE,
    memory: float = 0.5,
    level: str = "trend",
    shown: str = "bursts",
) -> World:
    """Weekly pattern, promotions that nearly double a day, a level that is ``trend``, ``year`` or
    ``wander``, errors that remember; ``share`` of the outcome follows the exposure after a log-normal wait,
    drawn here as the difference of its distribution function, independently of the code under test."""
    rng = np.random.default_rng(seed)
    t = np.arange(days)
    promo = np.zeros(days)
    for start in rng.choice(days - 5, days // 60, replace=False):
        promo[start : start + rng.integers(1, 5)] = 1
    exposure = _exposure(rng, days, shown, promo)
    wander = {
        "trend": 1 + 0.4 * t / days,
        "year": 1 + 0.2 * np.sin(2 * np.pi * (t + rng.integers(365)) / 365),
        "wander": np.exp(np.cumsum(rng.normal(size=days)) * 0.01),
    }[level]
    base = 300 * wander * WEEK[t % 7] * (1 + 0.8 * promo)
    errors = np.empty(days)
    errors[0] = rng.normal()
    for k in range(1, days):
        errors[k] = memory * errors[k - 1] + rng.normal() * (1 - memory**2) ** 0.5
    answered = np.convolve(exposure, _waits(cycle, days))[:days]
    effect = answered / answered.sum() * share / (1 - share) * base.sum()
    outcome = np.maximum(base + effect + 30 * errors, 0)
    return World(Series(date(2025, 1, 1), outcome, exposure, promo=promo), float(effect.sum()))


def _waits(cycle: Cycle, days: int) -> np.ndarray:
    from scipy.stats import lognorm

    return np.diff(lognorm(s=cycle.sigma, scale=cycle.p50).cdf(np.arange(days + 1)))


def _exposure(rng: np.random.Generator, days: int, shown: str, promo: np.ndarray) -> np.ndarray:
    noise = rng.lognormal(0, 0.3, days)
    if shown == "growing":
        return 10_000 * (1 + 2 * np.arange(days) / days) * noise
    if shown == "before promotions":
        exposure = 3_000 * noise
        for day in np.flatnonzero(promo):
            exposure[max(0, day - 10) : day + 1] += 4_000
        return exposure
    exposure, day = np.zeros(days), int(rng.integers(0, 20))
    while day < days:
        length = int(rng.integers(5, 25))
        exposure[day : day + length] += rng.gamma(4, 2_500)
        day += length + int(rng.integers(5, 40))
    return exposure * noise
