"""How long people take to decide: the planted truth that the page of decision cycles should find.

From the first touch with a product to the payment of it, the days of those who buy are log-normal, one length
for each category. :data:`P80_DAYS` is the day by which four in five of them have bought: for facial essence
and baby food the published cycle, for the others what no publication says.
"""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np

P80_DAYS = {
    "facial-essence": 29,
    "facial-cream": 22,
    "facial-cleanser": 14,
    "baby-food": 70,
    "wedding-photography": 60,
    "other": 14,
}
SIGMA = 0.6


def planted(category: str, share: float) -> float:
    """Days within which this share of the category's buyers have bought."""
    normal = NormalDist()
    return P80_DAYS[category] * math.exp(SIGMA * (normal.inv_cdf(share) - normal.inv_cdf(0.8)))


def days_of(draw: np.random.Generator, category: str) -> float:
    """How long one buyer takes, in days."""
    return float(draw.lognormal(math.log(planted(category, 0.5)), SIGMA))
