"""Experiments from files: what ``manage.py lift`` reads and prints (pure; numbers in full precision).

Each function returns the JSON that the command prints and the warnings that go beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from measurement.lift import geo, holdout, placebo, tables
from measurement.lift.geo import Method
from measurement.lift.moments import of_values
from measurement.lift.panel import Panel
from measurement.lift.tables import Refused, Table

COVARIATE = "_covariate"
GROUPS = {"control": False, "treatment": True}
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """What a command prints, and what it says beside it."""

    json: Json
    warnings: tuple[str, ...]


# -- people


def holdout_file(path: Path) -> Said:
    """Reads out ``user,variant`` with 0 control and 1 treatment and every numeric metric beside them.
    Raises :class:`Refused`."""
    table = tables.read(path)
    table.require("user", "variant")
    arms = _arms(table)
    metrics, ignored = _metrics(table)
    if not metrics:
        raise Refused(f"{path}: there is no numeric column beside user and variant. Add what was measured.")
    controls, treated = arms.count(0), arms.count(1)
    ratio = holdout.sample_ratio_p(controls, treated)
    warnings = [f"column {name} is ignored: it is not a column of numbers." for name in ignored]
    if ratio < holdout.SAMPLE_RATIO_ALARM:
        warnings.append(
            f"sample ratio: {controls} in control and {treated} in treatment is no even split"
            f" (p = {ratio:.2g}). Find out why before believing any figure."
        )
    told: Json = {}
    for name in metrics:
        told[name], more = _metric(table, arms, name)
        warnings += more
    return Said({"sample_ratio_p": ratio, "metrics": told}, tuple(warnings))


def _arms(table: Table) -> list[int]:
    """The arm of each row; every user once, both arms with two users at least."""
    arms, seen = [], set()
    for row, (user, text) in enumerate(zip(table.columns["user"], table.columns["variant"], strict=True)):
        if not user:
            raise table.refused(row, "user", "empty. Every row needs its user.")
        if user in seen:
            raise table.refused(row, "user", f"'{user}' stands above already. Write one row for each user.")
        seen.add(user)
        value = tables.number(text)
        if value not in (0.0, 1.0):
            raise table.refused(row, "variant", f"'{text}' is unknown. 0 is control, 1 is treatment.")
        arms.append(int(value))
    for arm, name in ((0, "control"), (1, "treatment")):
        if arms.count(arm) < 2:
            raise Refused(
                f"{table.path}, column variant: {arms.count(arm)} users in {name} ({arm});"
                " a comparison needs both arms, with two users at least in each."
            )
    return arms


def _metrics(table: Table) -> tuple[list[str], list[str]]:
    """(metrics, columns that are ignored). A metric is every column of numbers that is neither user, variant
    nor the covariate of another metric; a stray text in it is a mistake, not a reason to pass it over."""
    others = [name for name in table.columns if name not in ("user", "variant")]
    numeric = [name for name in others if table.is_numeric(name)]
    metrics = [
        name for name in numeric if not (name.endswith(COVARIATE) and name.removesuffix(COVARIATE) in numeric)
    ]
    known = {*metrics, *(f"{name}{COVARIATE}" for name in metrics)}
    return metrics, [name for name in others if name not in known]


def _metric(table: Table, arms: list[int], name: str) -> tuple[Json, list[str]]:
    values = table.numbers(name)
    covariate = f"{name}{COVARIATE}"
    past = table.numbers(covariate) if covariate in table.columns else None
    control, treatment = (
        of_values(
            [value for value, of in zip(values, arms, strict=True) if of == arm],
            None if past is None else [value for value, of in zip(past, arms, strict=True) if of == arm],
        )
        for arm in (0, 1)
    )
    try:
        found = {"plain": holdout.plain(control, treatment)}
    except holdout.NoVariance:
        raise Refused(
            f"{table.path}, column {name}: no variance, every user of an arm has the same value."
            " Leave the column out, or measure something that differs."
        ) from None
    if past is not None:
        try:
            found["cuped"] = holdout.cuped(control, treatment)
        except holdout.NoVariance:
            raise Refused(
                f"{table.path}, column {covariate}: no variance, it explains nothing. Leave the column out."
            ) from None
    warnings = [
        f"{name}: the mean of control is not above zero, so no relative effect is told ({way})."
        for way, one in found.items()
        if one.relative is None
    ]
    return {way: _readout(one) for way, one in found.items()}, warnings


def _readout(one: holdout.Readout) -> Json:
    return {
        "control": one.control,
        "treatment": one.treatment,
        "effect": one.effect,
        "relative": one.relative,
        "ci": list(one.ci),
        "p": one.p,
    }


# -- places


def geo_file(path: Path, assignment: Path, start: date, end: date | None, method: Method) -> Said:
    """Reads out ``date,geo,<metric>[,cost]`` with ``geo,group``. Raises :class:`Refused`."""
    if end is not None and end < start:
        raise Refused(f"--end {end} lies before --start {start}. Exchange them.")
    table = tables.read(path)
    table.require("date", "geo")
    metric, warnings = _geo_metric(table)
    groups = _groups(assignment)
    panel, more = _panel(table, metric, groups, assignment, start, end)
    warnings += more
    try:
        found = geo.read_out(panel, method)
    except geo.CannotRead as reason:
        raise Refused(f"{path}: {reason}.") from None
    alarms = placebo.false_alarm_rate(panel, method)
    warnings += _doubts(panel, found, alarms)
    told: Json = {
        "incremental_response": found.incremental_response,
        "relative": found.relative,
        "ci": None if found.ci is None else list(found.ci),
        "p": found.p,
    }
    if panel.cost is not None:
        told["iroas"] = found.iroas
    told |= {"placebo_false_alarm_rate": alarms, "method": str(method)}
    return Said(told, tuple(warnings))


def _geo_metric(table: Table) -> tuple[str, list[str]]:
    """The first column of numbers that is neither date, geo nor cost, and what is said of the others."""
    others = [name for name in table.columns if name not in ("date", "geo", "cost")]
    numeric = [name for name in others if table.is_numeric(name)]
    if not numeric:
        raise Refused(
            f"{table.path}: there is no numeric column beside date, geo and cost. Add what was sold."
        )
    chosen = numeric[0]
    return chosen, [f"column {name} is ignored; {chosen} is read." for name in others if name != chosen]


def _groups(path: Path) -> dict[str, bool]:
    """Whether each place is treated."""
    table = tables.read(path)
    table.require("geo", "group")
    groups: dict[str, bool] = {}
    for row, (place, group) in enumerate(zip(table.columns["geo"], table.columns["group"], strict=True)):
        if group not in GROUPS:
            raise table.refused(row, "group", f"'{group}' is unknown. Write control or treatment.")
        if place in groups:
            raise table.refused(row, "geo", f"'{place}' stands above already. Each place has one group.")
        groups[place] = GROUPS[group]
    return groups


def _panel(
    table: Table, metric: str, groups: dict[str, bool], assignment: Path, start: date, end: date | None
) -> tuple[Panel, list[str]]:
    days, places = table.days("date"), table.columns["geo"]
    order = {day: row for row, day in enumerate(sorted(set(days)))}
    geos = {name: row for row, name in enumerate(sorted(set(places)))}
    _check_places(table, geos, groups, assignment)
    if start not in order or (end is not None and end not in order):
        missing = start if start not in order else end
        raise Refused(
            f"{table.path}: there is no day {missing} in it; it runs from {min(order)} to {max(order)}."
        )
    names = [metric, *(["cost"] if "cost" in table.columns else [])]
    sheets = {name: np.full((len(order), len(geos)), np.nan) for name in names}
    for name in names:
        for row, value in enumerate(table.numbers(name)):
            cell = (order[days[row]], geos[places[row]])
            if not np.isnan(sheets[name][cell]):
                raise table.refused(
                    row, "geo", f"'{places[row]}' on {days[row]} stands above already. Add the two up."
                )
            sheets[name][cell] = value
    empty = np.argwhere(np.isnan(sheets[metric]))
    if len(empty):
        day, place = list(order)[empty[0][0]], list(geos)[empty[0][1]]
        raise Refused(
            f"{table.path}: {place} has no row on {day}. Every place needs every day; write 0 if it sold nothing."
        )
    known = [day for day in order if end is None or day <= end]
    last = len(known)
    panel = Panel(
        days=tuple(known),
        geos=tuple(geos),
        values=sheets[metric][:last],
        treated=np.array([groups[name] for name in geos]),
        start=order[start],
        cost=sheets["cost"][:last] if "cost" in sheets else None,
    )
    gap = (known[-1] - known[0]).days + 1 - len(known)
    return panel, [
        f"{gap} days are missing between the first and the last; blocks run over the gap."
    ] if gap else []


def _check_places(table: Table, geos: dict[str, int], groups: dict[str, bool], assignment: Path) -> None:
    if len(geos) < 2:
        raise Refused(
            f"{table.path}: there is one place only ({next(iter(geos))}). A comparison needs two at least."
        )
    lacking = [name for name in geos if name not in groups]
    if lacking:
        raise Refused(
            f"{assignment}: {lacking[0]} of {table.path} has no group. Give it one, or take out its rows."
        )
    unknown = [name for name in groups if name not in geos]
    if unknown:
        raise Refused(
            f"{assignment}: {unknown[0]} has no row in {table.path}. Correct its name, or take it out."
        )
    for wanted, name in ((False, "control"), (True, "treatment")):
        if wanted not in groups.values():
            raise Refused(f"{assignment}: no place is in {name}. A comparison needs both groups.")


def _doubts(panel: Panel, found: geo.GeoReadout, alarms: float | None) -> list[str]:
    said = []
    if found.ci is None:
        said.append(
            f"{len(panel.days)} days in all are too few for a 95 % interval; it needs {geo.TELLING_DAYS},"
            " and days before the start that the test can be told from."
        )
    if alarms is None:
        said.append(
            f"{panel.start} days before the start hold no placebo test;"
            f" {placebo.shortest(panel.test_days)} are needed to know how often this panel cries wolf."
        )
    elif alarms > 2 * geo.ALPHA:
        said.append(
            f"on this panel the test cries wolf in {alarms:.0%} of placebos, not in 5 %: believe p less."
        )
    if found.relative is None:
        said.append("nothing was expected without the treatment, so no relative effect is told.")
    if panel.cost is not None and found.iroas is None:
        said.append("the treated places cost nothing beyond what was expected, so no return on it is told.")
    return said
