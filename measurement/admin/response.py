"""Estimated wholes on the operator's desk: computed, so read-only."""

from __future__ import annotations

from measurement.models import ResponseEstimate
from merchants.admin import listed

listed(
    ResponseEstimate,
    "spu platform outcome verdict effect low high placebo_rate last_day computed_at",
    "spu__name spu__code inputs_hash",
    filters="verdict outcome exposure",
    related="spu",
)
