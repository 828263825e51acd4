"""Who is in which arm, handed over: of people whom content reached only by an operator, for a purpose and a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from django.conf import settings

from measurement import privacy
from measurement.lift.plan import ExperimentKind
from measurement.models import Experiment
from measurement.operations.audiences import LONGEST_HANDOVER, Refused
from measurement.queries import experiments as reading
from merchants import audit, tenancy
from merchants.models import Merchant
from merchants.periods import day_of


def is_of_strangers(experiment: Experiment) -> bool:
    """Whether those who take part are people whom content reached, and no list that the merchant brought."""
    return bool(
        experiment.kind == ExperimentKind.HOLDOUT and experiment.design.get("population") == "touched"
    )


def hand_over(
    merchant: Merchant, experiment: Experiment, *, purpose: str, destination: str, expires_on: date, by: str
) -> Iterator[tuple[str, int]]:
    """(person key, arm) of everybody, and a line in the merchant's trail: for what, to whom, until when. The terms
    are those of an audience. Raises :class:`audiences.Refused` with ``purpose``, ``expiry`` or ``too_few``."""
    today = day_of(datetime.now(UTC))
    if not purpose.strip() or not destination.strip():
        raise Refused("purpose")
    if not today < expires_on <= today + timedelta(days=LONGEST_HANDOVER):
        raise Refused("expiry")
    with tenancy.acting_for(merchant):
        held = sum(reading.arms(merchant, experiment).values())
        people = privacy.published(held, privacy.threshold(settings.PRIVACY_THRESHOLD))
        if people is None:
            raise Refused("too_few")
        audit.record(
            merchant,
            "measurement.experiment.assignment_handed_over",
            by=by,
            on=experiment,
            purpose=purpose.strip()[:300],
            destination=destination.strip()[:120],
            expires_on=expires_on.isoformat(),
            people=people,
        )
        rows = list(reading.participants(merchant, experiment))
    return iter(rows)
