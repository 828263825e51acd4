"""The published requirement sets."""

from __future__ import annotations

from datetime import date

from merchants.models import RequirementSet
from merchants.onboarding import requirements
from merchants.onboarding.requirements import Stage
from merchants.onboarding.set_data import parsed


def published(stage: Stage = Stage.ENTRY) -> list[requirements.RequirementSet]:
    """Every published version of a stage, by code and version."""
    rows = RequirementSet.objects.exclude(published_at=None).order_by("code", "version")
    return [one for row in rows if (one := parsed(row.data)).stage == stage]


def in_force(day: date, stage: Stage = Stage.ENTRY) -> list[requirements.RequirementSet]:
    """The version of each set that holds on a day."""
    return requirements.in_force(published(stage), day)
