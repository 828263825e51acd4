"""Crowds on the operator's desk: rules, spells and sums to read; audiences to hand over."""

from __future__ import annotations

from measurement.models import (
    Audience,
    AudienceHandover,
    CrowdEntry,
    CrowdFlow,
    CrowdMark,
    CrowdMove,
    CrowdRule,
    CrowdSpell,
    PrivacyQuestion,
)
from merchants.admin import listed

listed(
    CrowdRule,
    "version state reason in_force_from in_force_until built_at recorded_by",
    "reason recorded_by",
    filters="state",
)
listed(CrowdMark, "person_key first last rule recorded_at", "", keys="person_key", related="rule")
listed(
    CrowdSpell,
    "person scope layer from_day to_day before after rule",
    "",
    filters="layer",
    keys="person",
    related="rule",
)
listed(CrowdMove, "day scope before after people rule", "", related="rule")
listed(CrowdEntry, "day scope layer channel_id people rule", "", related="rule")
listed(CrowdFlow, "first_day last_day rule asked_at computed_at", "", related="rule")
listed(Audience, "name people counted_at created_by archived_at", "name created_by")
listed(
    AudienceHandover,
    "audience destination purpose people expires_on handed_by handed_at",
    "audience__name destination purpose",
    related="audience",
)
listed(PrivacyQuestion, "day user_id digest", "digest")
