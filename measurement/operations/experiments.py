"""What people do with experiments: plan, register, enrol, stop. Registering fixes everything but time."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from measurement.lift.assignment import arm_of
from measurement.lift.geo import Method
from measurement.lift.plan import (
    LEAST_POWER,
    OPEN,
    ExperimentKind,
    ExperimentState,
    Outcome,
    fingerprint,
)
from measurement.models import Experiment, ExperimentUnit, Spu
from merchants import audit, tenancy
from merchants.background import wake
from merchants.models import Merchant
from merchants.periods import day_of

LONGEST_DAYS = 182
BATCH = 10_000
POPULATIONS = ("touched", "listed")


class NotPossible(ValueError):
    """The act does not fit the state of the experiment; ``code`` says why in a word."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to find out. ``hoped_lift`` is relative (0.1 = 10 % more)."""

    name: str
    kind: ExperimentKind
    hypothesis: str
    starts_on: date
    ends_on: date
    hoped_lift: float
    spu: Spu | None = None
    outcome: Outcome = Outcome.REVENUE
    population: str = "touched"
    method: Method = Method.TBR
    sequential: bool = False

    def design(self, seed: str) -> dict[str, Any]:
        """What decides the experiment, by kind."""
        common = {"hoped_lift": self.hoped_lift, "seed": seed}
        if self.kind == ExperimentKind.HOLDOUT:
            return common | {
                "outcome": str(self.outcome),
                "population": self.population,
                "sequential": self.sequential,
            }
        return common | {"method": str(self.method)}


def plan(
    merchant: Merchant,
    draft: Draft,
    *,
    by: str,
    experiment: Experiment | None = None,
    now: datetime | None = None,
    seed: str = "",
) -> Experiment:
    """Writes a draft, or changes one that is not registered yet, and asks a worker how likely it is to see the
    hoped-for lift. The coin's ``seed`` is drawn, unless one is brought along. Raises :class:`NotPossible` for
    reversed or endless days, a lift that is none, a pause without a product, or an experiment that is fixed."""
    _check(draft)
    with tenancy.acting_for(merchant):
        row = (
            Experiment(merchant=merchant, created_by=by)
            if experiment is None
            else _held(merchant, experiment)
        )
        if row.state != ExperimentState.DRAFT:
            raise NotPossible("fixed")
        row.name, row.kind, row.spu, row.hypothesis = draft.name, draft.kind, draft.spu, draft.hypothesis
        row.starts_on, row.ends_on = draft.starts_on, draft.ends_on
        row.design = draft.design(row.design.get("seed") or seed or secrets.token_hex(16))
        row.asked_at, row.failure = now or datetime.now(UTC), ""
        row.save()
        act = "measurement.experiment.planned" if experiment is None else "measurement.experiment.changed"
        audit.record(merchant, act, by=by, on=row, kind=row.kind, hoped_lift=draft.hoped_lift)
        wake("measurement.experiment", merchant_id=merchant.pk, experiment_id=row.pk)
    return row


def _check(draft: Draft) -> None:
    if draft.ends_on < draft.starts_on:
        raise NotPossible("reversed")
    if (draft.ends_on - draft.starts_on).days >= LONGEST_DAYS:
        raise NotPossible("too_long")
    if not 0 < abs(draft.hoped_lift) <= 10:
        raise NotPossible("no_lift")
    if draft.kind == ExperimentKind.PAUSE and draft.spu is None:
        raise NotPossible("pause_needs_product")
    if draft.population not in POPULATIONS:
        raise NotPossible("population")


def ask(merchant: Merchant, experiment: Experiment, *, by: str) -> None:
    """Asks a worker to look at it once more; asking twice is asking once."""
    with tenancy.acting_for(merchant):
        Experiment.objects.for_merchant(merchant).filter(pk=experiment.pk).update(asked_at=datetime.now(UTC))
        wake("measurement.experiment", merchant_id=merchant.pk, experiment_id=experiment.pk)


def of_plan(row: Experiment) -> str:
    """The fingerprint of what a plan was computed for."""
    asked = (row.kind, row.spu_id, row.starts_on, row.ends_on, row.design)
    return fingerprint(dict(zip(("kind", "spu", "starts_on", "ends_on", "design"), asked, strict=True)))


def is_weak(row: Experiment) -> bool:
    """Less likely than 80 % to see the hoped-for lift, or not known: starting it needs a reason."""
    known = row.plan.get("power")
    return known is None or known < LEAST_POWER


def register(
    merchant: Merchant, experiment: Experiment, *, by: str, reason: str = "", now: datetime | None = None
) -> Experiment:
    """Fixes the experiment with its hash, before it starts; nothing but its end and its read-out follow.

    Raises :class:`NotPossible`: not a draft, begun in the past, the plan is not computed (or for something
    else), nobody or nothing takes part, or the power is below 80 % without a reason.
    """
    moment = now or datetime.now(UTC)
    with tenancy.acting_for(merchant):
        row = _held(merchant, experiment)
        _check_ready(row, day_of(moment), reason)
        if groups := row.plan.get("groups"):
            row.design = {**row.design, "groups": groups}
        if row.design.get("sequential"):
            row.design = {**row.design, "scale": abs(row.design["hoped_lift"]) * float(row.plan["baseline"])}
        row.reason = reason.strip() if is_weak(row) else ""
        row.design_hash = fingerprint(fixed(row))
        row.registered_at, row.registered_by = moment, by
        row.state, row.asked_at = ExperimentState.REGISTERED.value, moment
        row.save()
        audit.record(
            merchant,
            "measurement.experiment.registered",
            by=by,
            on=row,
            hash=row.design_hash,
            power=row.plan.get("power"),
            reason=row.reason,
        )
        wake("measurement.experiment", merchant_id=merchant.pk, experiment_id=row.pk)
    return row


def fixed(row: Experiment) -> dict[str, Any]:
    """Everything that is hashed; anybody can compute the hash again from the page's own file."""
    return {
        "name": row.name,
        "kind": row.kind,
        "spu": row.spu.code if row.spu else "",
        "hypothesis": row.hypothesis,
        "starts_on": row.starts_on.isoformat(),
        "ends_on": row.ends_on.isoformat(),
        "design": row.design,
    }


def _check_ready(row: Experiment, today: date, reason: str) -> None:
    if row.state != ExperimentState.DRAFT:
        raise NotPossible("fixed")
    if row.starts_on < today:
        raise NotPossible("begun")
    if row.asked_at is not None or row.plan.get("of") != of_plan(row):
        raise NotPossible("not_computed")
    if row.failure:
        raise NotPossible("cannot_start")
    if is_weak(row) and len(reason.strip()) < 10:
        raise NotPossible("needs_reason")


def stop(merchant: Merchant, experiment: Experiment, *, reason: str, by: str) -> Experiment:
    """Gives up a registered or running experiment; it is never read out as if it had ended."""
    with tenancy.acting_for(merchant):
        row = _held(merchant, experiment)
        if row.state not in OPEN:
            raise NotPossible("not_open")
        if len(reason.strip()) < 10:
            raise NotPossible("needs_reason")
        row.state, row.stop_reason = ExperimentState.STOPPED.value, reason.strip()
        row.stopped_at, row.asked_at = datetime.now(UTC), None
        row.save()
        audit.record(merchant, "measurement.experiment.stopped", by=by, on=row, reason=row.stop_reason)
    return row


def _held(merchant: Merchant, experiment: Experiment) -> Experiment:
    rows = Experiment.objects.for_merchant(merchant).select_for_update(of=("self",)).select_related("spu")
    row: Experiment = rows.get(pk=experiment.pk)
    return row


# -- who takes part


def enrol(
    merchant: Merchant, experiment: Experiment, keys: Iterable[uuid.UUID | str], *, by: str
) -> dict[str, int]:
    """Takes people into a holdout under their keys; each key's arm is its coin, whoever brings it and
    whenever. Known ones stay. Gives the arm of each key. Raises :class:`NotPossible` for other kinds and
    once the experiment has begun."""
    wanted = [str(key) for key in keys]
    with tenancy.acting_for(merchant):
        row = _held(merchant, experiment)
        if row.kind != ExperimentKind.HOLDOUT or row.design.get("population") != "listed":
            raise NotPossible("no_list")
        if row.state not in (ExperimentState.DRAFT, ExperimentState.REGISTERED):
            raise NotPossible("begun")
        coin = {key: arm_of(row.design["seed"], key) for key in wanted}
        added = write_units(row, coin)
        if added:
            audit.record(merchant, "measurement.experiment.enrolled", by=by, on=row, people=added)
            row.asked_at = datetime.now(UTC)
            row.save(update_fields=["asked_at"])
            wake("measurement.experiment", merchant_id=merchant.pk, experiment_id=row.pk)
    return coin


def write_units(row: Experiment, coin: dict[str, int]) -> int:
    """Writes participants that are not known yet; how many."""
    units = ExperimentUnit.objects.for_merchant(row.merchant_id).filter(experiment=row)
    before = units.count()
    ExperimentUnit.objects.bulk_create(
        [
            ExperimentUnit(merchant_id=row.merchant_id, experiment=row, person_key=key, arm=arm)
            for key, arm in coin.items()
        ],
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    return int(units.count() - before)
