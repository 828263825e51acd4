"""Tallies of touches and the definition of engagement."""

from __future__ import annotations

from measurement.models import ProcessSetting, TallyMark, TallySpan, TouchTally
from merchants.admin import listed

listed(ProcessSetting, "version parts hit_likes hit_total recorded_at recorded_by", "recorded_by")
listed(TouchTally, "day channel spu touches people", "channel__key", related="channel spu")
listed(TallyMark, "day person_key channel_id touches recorded_at", "", keys="person_key")
listed(TallySpan, "first_day last_day recorded_at", "")
