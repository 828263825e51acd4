"""The decision cycle in a curve: how long those who buy take (pure).

Most people never buy, so the plain curve has no median. F(t) = 1 − S(t) is therefore divided by its plateau,
the share that has bought by the end of the follow-up τ:

    R(t) = F(t) / F(τ)                      the share of the buyers within τ days who have bought by day t
    P50, P80, P95                           the first day on which R(t) reaches 50, 80, 95 %

**Interval.** R is a ratio of two correlated figures of one curve. With Greenwood's covariances,
Cov(S(t), S(τ)) = S(t) S(τ) g(t), the delta method gives

    Var R(t) = [S(t)² g(t) + R² S(τ)² g(τ) − 2 R S(t) S(τ) g(t)] / F(τ)²

The band of R is Wilson's interval for a share of R on the sample size that this variance amounts to,
m = R (1 − R) / Var R (as Korn and Graubard do for surveys); unlike R ± 1.96 sd it stays honest near 1,
where P95 lies. Where no order came after t, Greenwood knows of no doubt; the lower band therefore allows for
half an order more (a Poisson count at even odds) among the people who were observed after t. The interval
of a quantile is the band read sideways (Brookmeyer and Crowley, Biometrics 38, 1982, 29-41): all days that
the band does not rule out. Closed form, no resampling: the same rows give the same interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite

from measurement.computed import computes
from measurement.cycles.survival import Step, Tally, steps
from merchants.shares import wilson

SHARES = (0.5, 0.8, 0.95)
LEAST_PEOPLE = 200
LEAST_BUYERS = 30
LEAST_DAYS = 14
OBSERVED = 0.05  # the curve ends where fewer than this share of the people are still observed
TAIL = 0.2  # the last fifth of the follow-up …
SETTLED = 0.05  # … may hold this share of the buyers; more, and the cycle goes on beyond what was seen
ROUNDING = 1e-9
HALF_AN_ORDER = 0.5


class Refusal(StrEnum):
    """Why nothing is learned."""

    TOO_FEW_PEOPLE = "too_few_people"
    TOO_FEW_BUYERS = "too_few_buyers"
    TOO_SHORT = "too_short"


@dataclass(frozen=True, slots=True)
class Quantile:
    """The day by which ``share`` of the buyers have bought, with its 95 % interval."""

    share: float
    days: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Point:
    """The curve on one day: R(t) with its band, S(t), and how many were still at risk then."""

    day: float
    share: float
    low: float
    high: float
    s: float
    at_risk: int
    events: int
    censored: int


@dataclass(frozen=True, slots=True)
class Learned:
    """``n`` people, ``buyers`` of them bought within the ``follow_up``, and ``plateau`` is the share that
    does (censoring allowed for). ``refusal`` names what is missing; the figures stand there all the same,
    and whoever shows them decides. ``naive`` are the quantiles of the buyers alone, which are too short.
    ``settled``: hardly anybody buys in the last fifth of the follow-up, so it was long enough."""

    n: int
    buyers: int
    follow_up: float
    refusal: Refusal | None
    plateau: float = 0.0
    quantiles: tuple[Quantile, ...] = ()
    naive: tuple[float, ...] = ()
    settled: bool = False
    curve: tuple[Point, ...] = field(default=(), repr=False)


@computes("learned_cycle", "cycle_interval", "naive_cycle", "follow_up", "plateau")
def learn(tally: Tally) -> Learned:
    """What the durations say; in days, or whatever they are counted in. An empty tally is refused."""
    curve = steps(tally)
    n = sum(sum(counts) for counts in tally.values())
    seen = _followed(curve, n)
    buyers = sum(step.events for step in seen)
    follow_up = seen[-1].t if seen else 0.0
    if not buyers:
        return Learned(n, 0, follow_up, _refusal(n, 0, follow_up))
    points = _points(seen)
    return Learned(
        n=n,
        buyers=buyers,
        follow_up=follow_up,
        refusal=_refusal(n, buyers, follow_up),
        plateau=1 - seen[-1].s,
        quantiles=tuple(_quantile(points, share) for share in SHARES),
        naive=tuple(_naive(curve, share) for share in SHARES),
        settled=_share_at(points, follow_up * (1 - TAIL)) >= 1 - SETTLED,
        curve=points,
    )


def _refusal(n: int, buyers: int, follow_up: float) -> Refusal | None:
    if n < LEAST_PEOPLE:
        return Refusal.TOO_FEW_PEOPLE
    if buyers < LEAST_BUYERS:
        return Refusal.TOO_FEW_BUYERS
    return Refusal.TOO_SHORT if follow_up < LEAST_DAYS else None


def _followed(curve: Sequence[Step], n: int) -> Sequence[Step]:
    """The curve as far as enough people are observed: its far end rests on a handful of the earliest."""
    least = max(1.0, OBSERVED * n)
    return [step for step in curve if step.at_risk >= least]


def _points(seen: Sequence[Step]) -> tuple[Point, ...]:
    end = seen[-1]
    found: list[Point] = []
    person_days, later = 0.0, float(end.at_risk)
    for place in range(len(seen) - 1, -1, -1):
        step = seen[place]
        if step.t < end.t:
            person_days += (seen[place + 1].t - step.t) * seen[place + 1].at_risk
            later = person_days / (end.t - step.t)
        share = (1 - step.s) / (1 - end.s)
        low, high = _band(step, end, later)
        found.append(Point(step.t, share, low, high, step.s, step.at_risk, step.events, step.censored))
    return tuple(reversed(found))


def _band(step: Step, end: Step, later: float) -> tuple[float, float]:
    """95 % interval of R at a step; ``later`` is how many people were observed after it, on average."""
    if step.s >= 1:
        return 0.0, 0.0
    if step.t >= end.t:
        return 1.0, 1.0
    return _ends(step, end, HALF_AN_ORDER, later)[0], _ends(step, end, 0.0, later)[1]


def _ends(step: Step, end: Step, missed: float, later: float) -> tuple[float, float]:
    """Both ends, when ``missed`` orders more are taken to have come after the step, among ``later`` people."""
    one = end.s / later  # what one order adds to the plateau
    plateau = 1 - end.s + missed * one
    share = (1 - step.s) / plateau
    own = step.s**2 * step.greenwood
    last = end.s**2 * end.greenwood if isfinite(end.greenwood) else 0.0  # nobody is left: S(τ) is 0, surely
    both = step.s * end.s * step.greenwood
    variance = (own + share**2 * (last + missed * one**2) - 2 * share * both) / plateau**2
    if variance <= 0 or share >= 1:
        return share, share
    return wilson(share, share * (1 - share) / variance)


def _quantile(points: Sequence[Point], share: float) -> Quantile:
    """The first days on which the curve, its upper and its lower band reach ``share``; all reach 1."""

    def first(name: str) -> float:
        return next(point.day for point in points if getattr(point, name) >= share - ROUNDING)

    return Quantile(share, first("share"), first("high"), first("low"))


def _naive(curve: Sequence[Step], share: float) -> float:
    """The quantile of those who bought, as if nobody else would."""
    wanted, bought = share * sum(step.events for step in curve) - ROUNDING, 0
    for step in curve:
        bought += step.events
        if bought >= wanted:
            return step.t
    raise AssertionError("all who bought are in the curve")


def _share_at(points: Sequence[Point], day: float) -> float:
    return max((point.share for point in points if point.day <= day), default=0.0)
