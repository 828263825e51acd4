"""The estimated whole as a file: every product, then the weeks of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from measurement import charts as common
from measurement import words
from measurement.charts.whole import Week, weeks, with_and_without
from measurement.choices import WholeOutcome
from measurement.dictionary import BY_CODE
from measurement.exports import Head, Sheet, Table, Told
from measurement.models import ResponseEstimate
from measurement.printed.printed import Asking, Printed, around, defined, told
from measurement.queries import saved, whole
from measurement.words import response as told_of
from merchants.models import Merchant
from merchants.periods import Period


def whole_asked(given: Mapping[str, str], tried: list[tuple[str, str]]) -> tuple[str, str]:
    """The outcome and platform of the address where they have been estimated, else revenue of all."""
    outcome = given.get("outcome", WholeOutcome.REVENUE.value)
    if outcome not in {one for one, _platform in tried}:
        outcome = WholeOutcome.REVENUE.value
    there = [platform for one, platform in tried if one == outcome]
    platform = given.get("platform", "")
    return outcome, platform if platform in there else min(there, default="")


def chosen_whole(rows: list[ResponseEstimate], spu: str) -> ResponseEstimate | None:
    """The product of the address, else the first."""
    named = [row for row in rows if spu and str(row.spu_id or 0) == spu]
    return next(iter(named or rows), None)


def ends_of(row: ResponseEstimate) -> tuple[float | None, float | None, float | None]:
    """Effect, low and high: calibrated where a lift test was finished."""
    if row.calibration:
        return row.calibration["effect"], row.calibration["low"], row.calibration["high"]
    return row.effect, row.low, row.high


def whole_chart(merchant: Merchant, row: ResponseEstimate) -> tuple[list[Week], dict[str, Any] | None, Told]:
    """Weeks with and without seeding, their chart with what people wrote on days, and those notes."""
    effect, low, high = ends_of(row)
    if effect is None or low is None or high is None:
        return [], None, ()
    daily = whole.days_of(merchant, row)
    course = weeks(row.first_day, daily["outcome"], daily["course"], (effect, low, high))
    period = Period(row.first_day, date.fromordinal(row.last_day.toordinal() + 1))
    notes = saved.told(merchant, period)
    if not course:
        return [], None, notes
    scale = 100 if row.outcome == WholeOutcome.REVENUE else 1
    option = with_and_without(course, scale, told_of.what_came(row.outcome))
    return course, common.annotated(option, notes, [week.first for week in course]), notes


def print_whole(asking: Asking) -> Printed:
    """Every product; the picture is that of the product in the address, else of the first."""
    try:
        as_of = date.fromisoformat(asking.given["as_of"]) if asking.given.get("as_of") else None
    except ValueError:
        as_of = None
    tried = whole.series_of(asking.merchant, as_of=as_of)
    outcome, platform = whole_asked(asking.given, tried)
    rows = whole.latest(asking.merchant, outcome, platform, as_of=as_of)
    chosen = chosen_whole(rows, asking.given.get("spu", ""))
    course, chart, notes = whole_chart(asking.merchant, chosen) if chosen else ([], None, ())
    asked = {
        "outcome": outcome,
        "platform": platform,
        "as_of": str(as_of or ""),
        "spu": str(chosen.spu_id or 0) if chosen else "",
    }
    return Printed(
        stem=f"whole-{outcome}",
        sheet=Sheet(
            Table(_("Estimated whole"), _heads(outcome), tuple(_line(row) for row in rows)),
            said=(
                (_("Grade"), _("C: estimated from sums; never added to A and B")),
                (_("As of"), str(as_of or "–")),
                (_("Product of the weeks"), _name(chosen) if chosen else "–"),
                *around(asking.merchant, None),
            ),
            definitions=defined(code for code in BY_CODE if code.startswith("whole")),
            further=(_weeks(course, outcome),) if course else (),
        ),
        query={name: value for name, value in asked.items() if value},
        takeaway=told_of.takeaway(rows) if rows else "",
        chart=chart,
        chart_title=_("With and without seeding"),
        notes=notes,
        listed=("name", "effect", "low", "high"),
    )


def _unit(outcome: str) -> str:
    return "fen" if outcome == WholeOutcome.REVENUE else "count"


def _heads(outcome: str) -> tuple[Head, ...]:
    known, unit = told(), _unit(outcome)
    return (
        Head("name", _("Product")),
        Head("source", _("Sales known from")),
        Head("exposure", _("Seeding stands for")),
        Head("effect", known["whole"].name, unit),
        Head("low", _("95 %: from"), unit),
        Head("high", _("95 %: to"), unit),
        Head("total", words.said(told_of.OUTCOMES, outcome), unit),
        Head("share", known["whole_share"].name, "share"),
        Head("verdict", known["whole_verdict"].name),
        Head("floor", known["whole_floor"].name, "fen"),
        Head("placebo", known["whole_placebo"].name, "share"),
        Head("backtest", known["whole_backtest"].name, "share"),
    )


def _name(row: ResponseEstimate) -> str:
    return row.spu.name if row.spu else _("The whole brand")


def _line(row: ResponseEstimate) -> dict[str, Any]:
    effect, low, high = (_rounded(value) for value in ends_of(row))
    return {
        "name": _name(row),
        "source": told_of.source_of(row),
        "exposure": words.said(told_of.EXPOSURES, row.exposure),
        "effect": effect,
        "low": low,
        "high": high,
        "total": _rounded(row.total),
        "share": effect / row.total if effect is not None and row.total else None,
        "verdict": words.said(told_of.VERDICTS, row.verdict),
        "floor": row.floor_fen,
        "placebo": row.placebo_rate,
        "backtest": row.backtest_mape,
    }


def _weeks(course: list[Week], outcome: str) -> Table:
    unit = _unit(outcome)
    return Table(
        _("Weeks"),
        (
            Head("first", _("First day")),
            Head("sold", told_of.what_came(outcome), unit),
            Head("without", _("Without seeding, estimated"), unit),
            Head("low", _("95 %: from"), unit),
            Head("high", _("95 %: to"), unit),
        ),
        tuple(
            {"first": str(week.first)}
            | {name: _rounded(getattr(week, name)) for name in ("sold", "without", "low", "high")}
            for week in course
        ),
    )


def _rounded(value: float | None) -> int | None:
    return None if value is None else round(value)
