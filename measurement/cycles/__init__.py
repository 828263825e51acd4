"""Decision cycles: how long people take from the first seeding touch to the order (pure).

Whoever has not bought yet is not left out but *censored*: known to take longer than so many days. The curve
is that of Kaplan and Meier; since most people never buy, it is read among those who do, which is what
:mod:`measurement.cycles.learned` does. ``arrival`` tells how much of a cohort's credit is in at an age.
"""

from measurement.cycles.durations import Refused, read
from measurement.cycles.learned import SHARES, Learned, Quantile, Refusal, learn
from measurement.cycles.survival import Step, Tally, quantile, steps

__all__ = [
    "SHARES", "Learned", "Quantile", "Refusal", "Refused", "Step", "Tally", "learn", "quantile", "read", "steps",
]  # fmt: skip
