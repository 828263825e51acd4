"""Tallies of touches and the definition of engagement."""

from __future__ import annotations

from measurement.models import (
    BuyerDay,
    LiveResult,
    ProcessSetting,
    SoldDay,
    TallyMark,
    TallySpan,
    TouchTally,
)
from merchants.admin import listed

listed(ProcessSetting, "version parts hit_likes hit_total recorded_at recorded_by", "recorded_by")
listed(TouchTally, "day channel spu touches people", "channel__key", related="channel spu")
listed(TallyMark, "day person_key channel_id touches recorded_at", "", keys="person_key")
listed(TallySpan, "first_day last_day recorded_at", "")
listed(SoldDay, "day spu orders units paid_fen known joinable seeded", "", related="spu")
listed(BuyerDay, "day spu_id before nth people", "")
listed(
    LiveResult,
    "live_stream platform views viewers buyers orders paid_fen refunded_fen later_paid_fen",
    "live_stream__title live_stream__external_id",
    related="live_stream",
)
