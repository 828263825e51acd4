"""What an experiment is before it starts: fixed, hashed, and no longer changed (pure)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

LEAST_POWER = 0.8
"""A test that finds the hoped-for lift less often than this warns before it may start."""


class ExperimentKind(StrEnum):
    """What is compared: people who are held back, places without seeding, days without seeding."""

    HOLDOUT = "holdout"
    GEO = "geo"
    PAUSE = "pause"


class ExperimentState(StrEnum):
    DRAFT = "draft"
    REGISTERED = "registered"  # fixed; begins on its day
    RUNNING = "running"
    ENDED = "ended"
    STOPPED = "stopped"  # given up before its end; never read out as if it had ended


OPEN = (ExperimentState.REGISTERED, ExperimentState.RUNNING)
"""States that time moves on."""


class Outcome(StrEnum):
    """What is counted of a person of a holdout, between the first and the last day."""

    REVENUE = "revenue"
    ORDERS = "orders"
    BUYERS = "buyers"


def state_on(state: ExperimentState, starts_on: date, ends_on: date, today: date) -> ExperimentState:
    """The state on a day: registered ones run from their first day on, and end after their last."""
    if state not in OPEN:
        return state
    if today > ends_on:
        return ExperimentState.ENDED
    return ExperimentState.RUNNING if today >= starts_on else ExperimentState.REGISTERED


def fingerprint(fixed: Mapping[str, Any]) -> str:
    """SHA-256 over the sorted JSON of what was registered: whoever kept it can show that nothing changed."""
    text = json.dumps(fixed, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()
