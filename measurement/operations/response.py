"""Estimating the whole from sums: asked for, worked off series by series, kept as history.

A job row holds the request. Each series is one transaction that locks the job, estimates, writes its row and
counts on; killed anywhere, the series is simply done again. What comes out of the same inputs is not written
twice, only confirmed.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q

from measurement.choices import CycleBasis, WholeOutcome
from measurement.models import Experiment, LearnedCycle, ResponseEstimate, Spu
from measurement.queries import cycles, daily
from measurement.queries.daily import Gathered, Subject
from merchants import audit, tenancy
from merchants.background import wake
from merchants.models import Job, Merchant
from merchants.periods import day_of

if TYPE_CHECKING:
    from measurement.response.estimate import Estimate
    from measurement.response.lag import Cycle

RULE = "response-2"  # version of the method; every estimate names it
KIND, KEY = "response", "all"  # of the job
OPEN = (Job.State.QUEUED, Job.State.RUNNING)
BEAT = "system:beat"


def ask(merchant: Merchant, *, by: str) -> Job:
    """Asks for every series to be estimated anew; a request that is waiting or running is joined."""
    with tenancy.acting_for(merchant):
        job, made = Job.objects.for_merchant(merchant).get_or_create(
            merchant=merchant, kind=KIND, key=KEY, state__in=OPEN, defaults={"requested_by": by}
        )
        if made and by != BEAT:
            audit.record(merchant, "measurement.whole.asked", by=by, on=job)
        wake("measurement.estimate_whole", merchant_id=merchant.pk)
    return job


def step(merchant: Merchant, *, now: datetime | None = None) -> bool:
    """Estimates the next series of the open job; False when there is none, or another worker has it."""
    today = day_of(now or datetime.now(UTC))
    with tenancy.acting_for(merchant):
        rows = Job.objects.for_merchant(merchant).select_for_update(skip_locked=True)
        job = rows.filter(kind=KIND, state__in=OPEN).order_by("id").first()
        if job is None:
            return False
        waiting = daily.subjects(merchant, today)
        if job.done < len(waiting):
            _estimate(merchant, waiting[job.done], today)
            job.done += 1
        job.total, job.state = len(waiting), Job.State.RUNNING
        if job.done >= len(waiting):
            job.state, job.finished_at = Job.State.DONE, datetime.now(UTC)
        job.save(update_fields=["done", "total", "state", "finished_at"])
        return job.state == Job.State.RUNNING


def _estimate(merchant: Merchant, subject: Subject, today: date) -> ResponseEstimate | None:
    """The latest estimate of a series: a new row, the confirmed former one, or None without anything sold."""
    found = daily.gather(merchant, subject, today)
    if found is None:
        return None
    cycle, basis = _cycle(merchant, subject)
    test = _finished_test(merchant, subject)
    inputs = _hash(found, cycle, test)
    former = (
        ResponseEstimate.objects.for_merchant(merchant)
        .filter(subject.of_product, outcome=subject.outcome, platform=subject.platform)
        .order_by("-id")
        .first()
    )
    if former is not None and former.inputs_hash == inputs:
        former.confirmed_at = datetime.now(UTC)
        former.save(update_fields=["confirmed_at"])
        return former
    row = _row(merchant, subject, found, cycle)
    row.cycle_basis, row.inputs_hash = basis, inputs
    if test is not None:
        row.calibration = _calibrated(row, test)
        row.experiment = test if row.calibration else None
    row.save()
    return row


def _row(merchant: Merchant, subject: Subject, found: Gathered, cycle: Cycle) -> ResponseEstimate:
    from measurement.response.estimate import estimate

    series = found.series
    told = estimate(series, cycle)
    first, last = series.day(0), series.day(series.days - 1)
    lines = not found.handed_in  # only of them it is known what was joined
    counts_floor = subject.outcome == WholeOutcome.REVENUE and lines and not subject.platform
    return ResponseEstimate(
        merchant=merchant,
        spu_id=subject.spu_id or None,
        platform=subject.platform,
        outcome=subject.outcome,
        handed_in=found.handed_in,
        exposure=found.exposure,
        first_day=first,
        last_day=last,
        cycle_p50=cycle.p50,
        cycle_p95=cycle.p95,
        verdict=told.verdict,
        reasons=list(told.reasons),
        total=float(series.outcome.sum()),
        **_figures(told),
        floor_fen=daily.floor_fen(merchant, subject.spu_id, first, last) if counts_floor else None,
        baseline={"promotions": found.promotions, "festivals": found.festivals, "price": found.price},
        daily={
            "outcome": [round(float(value), 4) for value in series.outcome],
            "course": [round(float(value), 9) for value in told.course],
        },
        rule_version=RULE,
    )


def _figures(told: Estimate) -> dict[str, Any]:
    low, high = told.ci or (None, None)
    return {
        "effect": told.effect,
        "low": low,
        "high": high,
        "deviation": told.deviation,
        "backtest_mape": told.backtest_mape,
        "placebo_rate": told.placebo_false_alarm_rate,
    }


def _cycle(merchant: Merchant, subject: Subject) -> tuple[Cycle, str]:
    """The decision cycle of the product, and where it comes from; for a whole brand the middle one of its
    products. A length that was learned has quantiles of its own; of another one only the length is known."""
    from measurement.response.lag import Cycle

    products = Spu.objects.for_merchant(merchant).select_related("category")
    if not subject.spu_id:
        lengths = sorted(
            (cycles.cycle_of_product(merchant, one) for one in products), key=lambda one: one.days
        )
        middle = lengths[len(lengths) // 2] if lengths else cycles.NEUTRAL
        return Cycle.of_length(middle.days), middle.basis
    spu = products.get(pk=subject.spu_id)
    known = cycles.cycle_of_product(merchant, spu)
    if known.basis == CycleBasis.LEARNED:
        learned = LearnedCycle.objects.for_merchant(merchant).filter(Q(spu=spu) | Q(category=spu.category))
        row = (
            learned.filter(refusal="", p50__gt=0, p95__gt=F("p50"))
            .order_by("-learning", F("spu").asc(nulls_last=True))
            .first()
        )
        if row is not None and row.p50 and row.p95:
            return Cycle(row.p50, row.p95), CycleBasis.LEARNED
    return Cycle.of_length(known.days), known.basis


def _hash(found: Gathered, cycle: Cycle, test: Experiment | None) -> str:
    series = found.series
    parts = [
        RULE,
        str(series.start),
        str(found.handed_in),
        found.exposure,
        repr(cycle),
        repr(series.festival),
    ]
    parts.append(f"{test.pk} {test.result}" if test else "")
    digest = hashlib.sha256("\n".join(parts).encode())
    for values in (series.outcome, series.exposure, series.promo, series.price):
        digest.update(b"-" if values is None else values.tobytes())
    return digest.hexdigest()


# -- what a finished lift test says


def _finished_test(merchant: Merchant, subject: Subject) -> Experiment | None:
    """The latest ended experiment on this product that was read out with an interval."""
    if not subject.spu_id or subject.platform or subject.outcome not in daily.OF_ORDERS:
        return None
    rows = Experiment.objects.for_merchant(merchant).filter(spu_id=subject.spu_id, state="ended")
    for row in rows.order_by("-ends_on", "-id"):
        counted = row.design.get("outcome") or subject.outcome  # places and pauses tell a share of sales
        if row.result.get("ci") and row.result.get("relative") is not None and counted == subject.outcome:
            found: Experiment = row
            return found
    return None


def _calibrated(row: ResponseEstimate, test: Experiment) -> dict[str, Any]:
    """What the test made of the estimate, over the same days; empty where it says nothing of them."""
    from measurement.response.calibration import Told, calibrate, of_test

    if row.effect is None or row.deviation is None:
        return {}
    relative, increment = float(test.result["relative"]), float(test.result["incremental_response"])
    low, high = (float(end) for end in test.result["ci"])
    without = increment / relative if relative else 0.0
    if without <= 0:
        return {}
    told = of_test(
        relative,
        low / without,
        high / without,
        row.daily["outcome"],
        row.daily["course"],
        _tested_days(row, test),
    )
    if told is None or told.deviation <= 0 or row.deviation <= 0:
        return {}
    found = calibrate(Told(row.effect, row.deviation), told)
    ends, test_ends = found.result.interval, told.interval
    return {
        "effect": found.result.effect,
        "low": ends[0],
        "high": ends[1],
        "test_effect": told.effect,
        "test_low": test_ends[0],
        "test_high": test_ends[1],
        "contradicts": found.contradicts,
        "name": test.name,
    }


def _tested_days(row: ResponseEstimate, test: Experiment) -> slice:
    """The days whose seeding the test measured: its own, or, for a pause, as many days before it."""
    first, last = (test.starts_on - row.first_day).days, (test.ends_on - row.first_day).days
    if test.kind == "pause":
        first, last = first - (last - first + 1), first - 1
    return slice(max(first, 0), max(last + 1, 0))
