"""What workers do with experiments: how likely a draft is to see its lift, who takes part, what came out.

A computation reads without holding the row, then writes its outcome if nobody has asked for something else
meanwhile; killed anywhere it leaves ``asked_at``, and the beat finds it again.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from measurement.lift import planning
from measurement.lift.assignment import arm_of
from measurement.lift.geo import CannotRead, Method
from measurement.lift.plan import OPEN, ExperimentKind, ExperimentState, Outcome, state_on
from measurement.lift.results import Unreadable, of_holdout, of_pause, of_places
from measurement.models import Experiment, ExperimentUnit
from measurement.operations.experiments import of_plan, write_units
from measurement.queries import experiments as reading
from merchants import audit, tenancy
from merchants.models import Merchant
from merchants.periods import DAY, Period, day_of

BY = "system:experiments"
Json = dict[str, Any]


def look(merchant: Merchant, experiment_id: int, *, now: datetime | None = None) -> None:
    """Moves an experiment on by time and computes what its state allows. Safe to repeat."""
    moment = now or datetime.now(UTC)
    row = _advanced(merchant, experiment_id, moment)
    if row is None or row.state == ExperimentState.STOPPED:
        return
    with tenancy.acting_for(merchant):
        found, failure = _computed(merchant, row, moment)
    with tenancy.acting_for(merchant):
        fresh = Experiment.objects.for_merchant(merchant).select_for_update().get(pk=row.pk)
        if (fresh.state, fresh.asked_at) != (row.state, row.asked_at):
            return  # somebody has asked for something else meanwhile; that is computed next
        fresh.failure, fresh.computed_at, fresh.asked_at = failure, moment, None
        if fresh.state == ExperimentState.DRAFT:
            fresh.plan = {**found, "of": of_plan(row)}
        elif found:
            fresh.result = _with_history(fresh.result, found)
        fresh.save()
        if fresh.state == ExperimentState.ENDED and found and not row.result.get("method"):
            audit.record(
                merchant,
                "measurement.experiment.read_out",
                by=BY,
                on=fresh,
                relative=found.get("relative"),
                p=found.get("p"),
            )


def _advanced(merchant: Merchant, experiment_id: int, moment: datetime) -> Experiment | None:
    """The row after what time alone decides: its state, and who takes part once it is registered."""
    with tenancy.acting_for(merchant):
        rows = Experiment.objects.for_merchant(merchant).select_for_update(of=("self",)).select_related("spu")
        row: Experiment | None = rows.filter(pk=experiment_id).first()
        if row is None:
            return None
        _enrol_the_reached(merchant, row)
        state = state_on(ExperimentState(row.state), row.starts_on, row.ends_on, day_of(moment))
        if state != row.state:
            row.state = state.value
            row.save(update_fields=["state"])
            audit.record(merchant, f"measurement.experiment.{state}", by=BY, on=row)
        return row


def _enrol_the_reached(merchant: Merchant, row: Experiment) -> None:
    """Everybody whom the product reached before the registration, once."""
    wanted = row.kind == ExperimentKind.HOLDOUT and row.design.get("population") == "touched"
    if not wanted or row.state not in OPEN or row.registered_at is None:
        return
    if ExperimentUnit.objects.for_merchant(merchant).filter(experiment=row).exists():
        return
    seed = row.design["seed"]
    people = reading.reached_people(merchant, row, day_of(row.registered_at))
    write_units(row, {key: arm_of(seed, key) for key in people})


def _computed(merchant: Merchant, row: Experiment, moment: datetime) -> tuple[Json, str]:
    """(what is known, why it is not known)."""
    try:
        if row.state == ExperimentState.DRAFT:
            return _planned(merchant, row, day_of(moment)), ""
        return _read(merchant, row, day_of(moment)), ""
    except (CannotRead, Unreadable) as reason:
        return {}, reason.code
    except LookupError:
        return {}, "holes"


# -- before the start


def _planned(merchant: Merchant, row: Experiment, today: date) -> Json:
    days = reading.period_of(row).days
    lift = float(row.design["hoped_lift"])
    if row.kind == ExperimentKind.HOLDOUT:
        past = Period(today - timedelta(days=days), today)
        outcome = Outcome(row.design["outcome"])
        sums = reading.past_sums(merchant, row, outcome, past)
        return planning.of_people(sums, lift, days, sequential=bool(row.design.get("sequential")))
    method = Method(row.design["method"])
    if row.kind == ExperimentKind.GEO:
        last = min(row.starts_on, today) - DAY
        rows = [one for one in reading.geo_rows(merchant, row) if one[0] <= last]
        return planning.of_places(rows, row.design["seed"], method, lift, days)
    rows = reading.product_rows(merchant, Period(_first(merchant, today), today))
    return planning.of_pause(rows, str(row.spu_id), method, lift, days)


def _first(merchant: Merchant, before: date) -> date:
    """Where a series of daily orders begins: the day after the first order, which may be half a day."""
    return min(reading.first_order_day(merchant, before) + DAY, before - DAY)


# -- during and after it


def _read(merchant: Merchant, row: Experiment, today: date) -> Json:
    if row.kind == ExperimentKind.HOLDOUT:
        return _people(merchant, row, today)
    ended = row.state == ExperimentState.ENDED
    if row.kind == ExperimentKind.GEO:
        known = reading.panel_days(merchant, row)
        told: Json = {
            "health": {
                "geos": known.geos,
                "through": known.last.isoformat() if known.last else "",
                "lacking": known.lacking,
            }
        }
        if not ended or known.last is None or known.first is None:
            return told
        if known.last < row.ends_on:
            raise Unreadable("panel_too_short")
        rows = reading.geo_rows(merchant, row)
        return told | of_places(rows, row.design, row.starts_on, row.ends_on)
    if not ended:
        return {"health": {"through": (today - DAY).isoformat()}}
    first = _first(merchant, row.starts_on)
    rows = reading.product_rows(merchant, Period(first, row.ends_on + DAY))
    return {"health": {}} | of_pause(rows, str(row.spu_id), row.design, first, row.starts_on, row.ends_on)


def _people(merchant: Merchant, row: Experiment, today: date) -> Json:
    health = reading.health(merchant, row)
    told: Json = {
        "health": {
            "control": health.control,
            "treatment": health.treatment,
            "merged": health.merged,
            "exposed_control": health.exposed_control,
            "exposed_treatment": health.exposed_treatment,
            "last_exposure": health.last_exposure.isoformat() if health.last_exposure else "",
            "sample_ratio_p": _ratio(health.control, health.treatment),
        }
    }
    ended, early = row.state == ExperimentState.ENDED, bool(row.design.get("sequential"))
    if not ended and not (early and row.state == ExperimentState.RUNNING and today > row.starts_on):
        return told  # nobody looks before the end, unless it was registered to be looked at
    period = Period(row.starts_on, min(row.ends_on + DAY, today))
    sums = reading.sums(merchant, row, Outcome(row.design["outcome"]), period)
    return told | of_holdout(sums, row.design) | {"through": period.last.isoformat()}


def _ratio(control: int, treatment: int) -> float | None:
    from measurement.lift.holdout import sample_ratio_p

    return sample_ratio_p(control, treatment) if control + treatment else None


def _with_history(before: Json, found: Json) -> Json:
    """The new read-out, with what was shown before where it differs."""
    history = list(before.get("history", []))
    shown = ("incremental_response", "ci", "p")
    if before.get("method") and any(before.get(name) != found.get(name) for name in shown):
        history.append({name: before.get(name) for name in (*shown, "read_at")})
    return {**found, "history": history[-30:], "read_at": datetime.now(UTC).isoformat(timespec="seconds")}
