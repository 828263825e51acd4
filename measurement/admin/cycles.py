"""Cycles that were learned, set for products, or tried, on the operator's desk."""

from __future__ import annotations

from measurement.models import CycleLearning, CyclePreview, CycleTally, LearnedCycle, SpuCycle
from merchants.admin import listed

listed(SpuCycle, "spu days basis source recorded_at recorded_by", "spu__name spu__code source", related="spu")
listed(
    CycleLearning, "data_through state done parts requested_by started_at finished_at", "requested_by",
    filters="state",
)  # fmt: skip
listed(
    LearnedCycle,
    "learning category spu n buyers follow_up p50 p80 p95 settled refusal",
    "spu__name category__code",
    filters="refusal settled",
    related="learning category spu",
)
listed(CycleTally, "learning spu_id day bought still_open", "", related="learning")
listed(
    CyclePreview,
    "category spu days state done total changed_lines gained_fen lost_fen requested_at adopted_at",
    "spu__name category__code source",
    filters="state basis",
    related="category spu",
)
