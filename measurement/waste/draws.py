"""A bootstrap over persons: how far sums over people could lie from what was seen (pure, numpy).

A person is drawn as a whole, with all orders and all rows they took part in, so that repeat buyers and
buyers of several rows are carried rightly, into differences between rows too. How many people came is
chance as well, so the weights are not tied to a fixed number of people: each person weighs Exp(1) in each
draw (mean 1, variance 1, as a Poisson bootstrap's weights). With n people of equal worth the sum is then
Gamma(n), whose quantiles are the exact Poisson limits; with unequal worth it is the mixture that Fay and
Feuer (Statistics in Medicine 16, 1997, 791-801) approximate by one gamma. Whole-number Poisson weights were
tried and cover less where few people came (88 instead of 94 % of simulated worlds of six buyers).

Weights are no state: the weight of a person in draw b is a hash of the person and b, so the same rows give
the same interval, in any order, on any machine, whoever else is drawn with them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

DRAWS = 1_000
LEVEL = 0.95
SEED = 0x5EED_BED0_0000_0001
CHUNK = 2_000_000  # weights held at a time
WEIGHTS = 100_000_000  # made for one drawing: a thousand draws of a hundred thousand people
FEWEST = 200  # draws

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums of rows: ``seen`` as they are, [row]; ``drawn`` in each draw, [row, draw]; ``squares`` the sum
    of squared worths of people, [row]; ``people`` how many, [row]; ``next_person`` the worth of one more
    person, typically the mean one of the merchant, and ``more`` what that would have brought, [row, draw].
    """

    seen: Floats
    drawn: Floats
    squares: Floats
    people: Ints
    next_person: float
    more: Floats

    def interval(self, row: int, level: float = LEVEL) -> tuple[float, float]:
        """Both ends of the interval of one row. One more average person stands at the outer end, which
        keeps it honest where few or none came."""
        tail = (1 - level) / 2
        outer = self.drawn[row] + self.more[row]
        low, high = (self.drawn[row], outer) if self.next_person >= 0 else (outer, self.drawn[row])
        return float(np.quantile(low, tail)), float(np.quantile(high, 1 - tail))


@dataclass(frozen=True, slots=True)
class Drawn:
    """Sums of the rows of many questions, drawn together: [row], [row, draw], [row], [row]."""

    seen: Floats
    drawn: Floats
    squares: Floats
    people: Ints

    def rows(self, first: int, last: int, *, next_person: float) -> Sums:
        """The sums of one question, rows ``first`` up to ``last``, with the worth of one more person."""
        strangers = np.arange(last - first, dtype=np.int64) * 7_919 + 1  # of each row, of no other's
        return Sums(
            seen=self.seen[first:last],
            drawn=self.drawn[first:last],
            squares=self.squares[first:last],
            people=self.people[first:last],
            next_person=next_person,
            more=next_person * weights(~strangers, np.arange(self.drawn.shape[1])),
        )


def draw(row: Ints, person: Ints, worth: Floats, rows: int, *, draws: int = DRAWS) -> Drawn:
    """Draws the sums of ``rows`` rows. The three columns say what each person is worth to each row, in any
    order and number of pieces; ``person`` holds 64-bit keys, ``worth`` fen. Making weights is what takes
    time, and it is done once for all rows; of more than :data:`WEIGHTS` ÷ draws people there are fewer draws."""
    from scipy.sparse import csr_array

    keys, place = np.unique(person, return_inverse=True)
    table: Any = csr_array((worth, (row, place)), shape=(rows, max(len(keys), 1)))
    table.sum_duplicates()
    draws = max(FEWEST, min(draws, WEIGHTS // max(len(keys), 1)))
    drawn = np.zeros((rows, draws))
    width = max(1, CHUNK // max(len(keys), 1))
    if len(keys):
        for start in range(0, draws, width):
            numbers = np.arange(start, min(start + width, draws))
            drawn[:, numbers] = table @ weights(keys, numbers)
    return Drawn(
        seen=np.asarray(table.sum(axis=1), dtype=float).ravel(),
        drawn=drawn,
        squares=np.asarray((table * table).sum(axis=1), dtype=float).ravel(),
        people=np.diff(table.indptr).astype(np.int64),
    )


def sums(
    row: Ints, person: Ints, worth: Floats, rows: int, *, next_person: float, draws: int = DRAWS
) -> Sums:
    """The sums of one question drawn alone."""
    return draw(row, person, worth, rows, draws=draws).rows(0, rows, next_person=next_person)


def weights(persons: Ints, draws: Ints) -> Floats:
    """Exp(1) weights, [person, draw]: −log of a uniform number that SplitMix64 (Steele, Lea and Flood,
    OOPSLA 2014) makes of the person's key and the number of the draw."""
    with np.errstate(over="ignore"):
        stream = _mix(persons.astype(np.uint64) ^ np.uint64(SEED))
        state = stream[:, None] + (draws.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        bits = _mix(state) >> np.uint64(11)
    uniform = (bits.astype(np.float64) + 0.5) * 2.0**-53
    return np.asarray(-np.log(uniform), dtype=np.float64)


def _mix(state: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return state ^ (state >> np.uint64(31))
