"""The published requirement sets."""

from __future__ import annotations

from datetime import date

from merchants.models import RequirementSet
from merchants.onboarding import requirements


def published() -> list[requirements.RequirementSet]:
    """Every published version, by code and version."""
    rows = RequirementSet.objects.exclude(published_at=None).order_by("code", "version")
    return [requirements.parsed(row.data) for row in rows]


def in_force(day: date) -> list[requirements.RequirementSet]:
    """The version of each set that holds on a day."""
    return requirements.in_force(published(), day)
