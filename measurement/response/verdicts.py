"""Whether an effect can be told, and why not (pure; needs no library)."""

from enum import StrEnum


class Verdict(StrEnum):
    EFFECT = "effect"
    CANNOT_TELL = "cannot_tell"


class Reason(StrEnum):
    """Why it cannot be told."""

    TOO_SHORT = "too_short"
    NO_OUTCOME = "no_outcome"
    NO_EXPOSURE = "no_exposure"
    CONSTANT_EXPOSURE = "constant_exposure"
    CYCLE_TOO_LONG = "cycle_too_long"
    LIKE_THE_BASELINE = "like_the_baseline"
    SPANS_ZERO = "spans_zero"
    NEGATIVE = "negative"
    PLACEBO = "placebo"
