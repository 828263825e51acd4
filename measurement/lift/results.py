"""Read-outs as they are kept and shown: plain JSON with the increment over all who were treated (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any

from measurement.computed import computes
from measurement.lift import geo, holdout
from measurement.lift.geo import Method
from measurement.lift.moments import Moments, Sums, together
from measurement.lift.panel import Panel, Row, of_rows
from measurement.lift.placebo import false_alarm_rate
from measurement.lift.plan import Outcome
from measurement.lift.sequential import always_valid_p, reach

Json = dict[str, Any]


class Unreadable(ValueError):
    """Something that keeps an experiment from being planned or read; ``code`` says what in a word."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@computes("lift", "lift_relative", "lift_interval")
def of_holdout(sums: Mapping[int, Sums], design: Mapping[str, Any]) -> Json:
    """The difference of a holdout in fen, orders or buyers: of a person (``plain``, ``cuped``) and of all
    treated people together (``incremental_response``, ``ci``). CUPED leads where the past explains anything;
    a registered look before the end takes the always-valid interval. Raises :class:`Unreadable`."""
    if any(arm not in sums or sums[arm].n < 2 for arm in (0, 1)):
        raise Unreadable("one_arm")
    control, treatment = sums[0].moments(), sums[1].moments()
    try:
        found = {"plain": holdout.plain(control, treatment)}
    except holdout.NoVariance:
        raise Unreadable("no_variance") from None
    with suppress(holdout.NoVariance):  # nobody bought before: there is nothing to take out
        found["cuped"] = holdout.cuped(control, treatment)
    method = "cuped" if "cuped" in found else "plain"
    led = found[method]
    ci, p = led.ci, led.p
    if design.get("sequential"):
        scale = float(design["scale"])
        wide = reach(led.error, scale)
        ci, p = (led.effect - wide, led.effect + wide), always_valid_p(led.effect, led.error, scale)
    people = sums[1].n
    return {
        "method": method,
        "unit": "fen" if design["outcome"] == Outcome.REVENUE else "count",
        "incremental_response": led.effect * people,
        "relative": led.relative,
        "ci": [ci[0] * people, ci[1] * people],
        "p": p,
        "each": {name: _each(one) for name, one in found.items()},
        "n_control": sums[0].n,
        "n_treatment": people,
        "explained": _explained(control, treatment),
    }


def _each(one: holdout.Readout) -> Json:
    return {
        "control": one.control,
        "treatment": one.treatment,
        "effect": one.effect,
        "relative": one.relative,
        "ci": list(one.ci),
        "p": one.p,
    }


def _explained(control: Moments, treatment: Moments) -> float | None:
    """Share of the spread that the past explains, over both arms."""
    both = together(control, treatment)
    if not both.x_variance or not both.variance:
        return None
    return float(both.covariance or 0.0) ** 2 / (both.x_variance * both.variance)


@computes("lift", "lift_relative", "lift_interval")
def of_places(rows: Sequence[Row], design: Mapping[str, Any], start: date, end: date) -> Json:
    """A geo experiment by the method it was registered with. Raises ``CannotRead``, ``LookupError``."""
    first = min(row[0] for row in rows)
    panel = of_rows(rows, design["groups"], first, start, end, absent=None)
    return _read(panel, Method(design["method"]), sign=1) | {"unit": "value"}


def of_pause(
    rows: Sequence[Row], spu: str, design: Mapping[str, Any], first: date, start: date, end: date
) -> Json:
    """What seeding had brought: what was expected with it less what was sold without it, in fen. ``relative``
    is that ÷ what was sold without it."""
    groups = {geo: "treatment" if geo == spu else "control" for geo in {row[1] for row in rows} | {spu}}
    if len(groups) < 2:
        raise Unreadable("one_product")
    panel = of_rows(rows, groups, first, start, end, absent=0.0)
    return _read(panel, Method(design["method"]), sign=-1) | {"unit": "fen"}


def _read(panel: Panel, method: Method, *, sign: int) -> Json:
    found = geo.read_out(panel, method)
    increment = sign * found.incremental_response
    without = float((found.expected if sign > 0 else found.observed)[panel.start :].sum())
    ci = None if found.ci is None else sorted(sign * end for end in found.ci)
    told: Json = {
        "method": str(method),
        "incremental_response": increment,
        "relative": increment / without if without > 0 else None,
        "ci": ci,
        "p": found.p,
        "placebo_false_alarm_rate": false_alarm_rate(panel, method),
        "days_before": panel.start,
        "n_control": int((~panel.treated).sum()),
        "n_treatment": int(panel.treated.sum()),
        "series": [
            [day.isoformat(), round(float(seen), 4), round(float(expected), 4)]
            for day, seen, expected in zip(panel.days, found.observed, found.expected, strict=True)
        ],
    }
    if panel.cost is not None:
        told |= {"iroas": found.iroas, "incremental_cost": found.incremental_cost}
    return told
