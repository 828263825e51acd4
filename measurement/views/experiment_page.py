"""What the page of one experiment shows, from its row alone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from measurement import privacy, words
from measurement.charts import experiments as charts
from measurement.lift.holdout import SAMPLE_RATIO_ALARM
from measurement.lift.plan import LEAST_POWER, ExperimentKind, ExperimentState
from measurement.models import Experiment
from measurement.operations.assignments import is_of_strangers
from measurement.operations.experiments import is_weak
from measurement.queries import crowds
from measurement.words import experiments as told
from merchants import audit
from merchants.models import AuditEvent, Merchant
from merchants.queries import trail as telling

State = ExperimentState


def in_short(row: Experiment, today: date) -> dict[str, Any]:
    """A line of the list."""
    return {
        "row": row,
        "kind": words.said(told.KINDS, row.kind),
        "state": words.said(told.STATES, row.state),
        "tone": told.TONES[State(row.state)],
        "when": when(row, today),
        "power": row.plan.get("power"),
        "weak": row.state == State.DRAFT and bool(row.plan) and is_weak(row),
        "said": told.takeaway(row.kind, row.result)
        if row.state == State.ENDED and "ci" in row.result
        else "",
        "relative": row.result.get("relative") if row.state == State.ENDED else None,
        **_scaled(row.result if row.state == State.ENDED else {}),
    }


def _scaled(result: dict[str, Any]) -> dict[str, Any]:
    """The interval as shares of what would have been sold anyway."""
    relative, ci, increment = result.get("relative"), result.get("ci"), result.get("incremental_response")
    if relative is None or not ci or not increment:
        return {"low": None, "high": None}
    part = relative / increment
    return {"low": ci[0] * part, "high": ci[1] * part}


def when(row: Experiment, today: date) -> str:
    """Where it stands in time, in words."""
    if row.state == State.RUNNING:
        left = (row.ends_on - today).days + 1
        return ngettext("%(days)d day left", "%(days)d days left", left) % {"days": left}
    if row.state == State.REGISTERED:
        left = (row.starts_on - today).days
        return ngettext("starts in %(days)d day", "starts in %(days)d days", left) % {"days": left}
    if row.state == State.DRAFT and row.starts_on < today:
        return str(_("its first day has passed"))
    return ""


def context(row: Experiment, today: date) -> dict[str, Any]:
    state, plan, result = State(row.state), row.plan, row.result
    lift = float(row.design.get("hoped_lift", 0))
    readable = "incremental_response" in result and (
        state == State.ENDED or (state == State.RUNNING and bool(row.design.get("sequential")))
    )
    return {
        **in_short(row, today),
        **_scaled(result if readable else {}),
        "pending": row.asked_at is not None,
        "plan": plan,
        "hoped": lift,
        "least_power": LEAST_POWER,
        "weak": is_weak(row),
        "failure": words.said(told.FAILURES, row.failure) if row.failure else "",
        "power_chart": charts.of_power(plan.get("curve", []), lift),
        "early": told.takeaway(row.kind, result) if readable else "",
        "is_draft": state == State.DRAFT,
        "is_open": state in {State.REGISTERED, State.RUNNING},
        "ended": state == State.ENDED,
        "facts": facts(row),
        "result": result if readable else {},
        "readout": readout(row) if readable else {},
        "days_chart": charts.of_days(
            result.get("series", []), row.starts_on.isoformat(), unit=result.get("unit", "")
        )
        if readable
        else None,
        "health": health(row),
        "people": people(row),
        "k": crowds.k(),
        "is_of_strangers": is_of_strangers(row),
        "day_count": (row.ends_on - row.starts_on).days + 1,
    }


def facts(row: Experiment) -> list[tuple[str, Any]]:
    """The design, in words."""
    design = row.design
    shown: list[tuple[str, Any]] = [
        (_("Number"), row.pk),
        (_("Product"), row.spu.name if row.spu else _("All products")),
        (_("Hoped-for lift"), f"{design.get('hoped_lift', 0):.1%}"),
    ]
    if row.kind == ExperimentKind.HOLDOUT:
        shown += [
            (_("What is counted"), words.said(told.OUTCOMES, design.get("outcome", ""))),
            (_("Who takes part"), words.said(told.POPULATIONS, design.get("population", ""))),
            (
                _("Looks before the end"),
                _("yes, with a wider interval") if design.get("sequential") else _("no"),
            ),
        ]
    else:
        shown.append((_("How it is read out"), words.said(told.METHODS, design.get("method", ""))))
    return shown


def health(row: Experiment) -> dict[str, Any]:
    """What may be seen before the end, with what is wrong with it."""
    told_of: dict[str, Any] = dict(row.result.get("health", {}))
    ratio = told_of.get("sample_ratio_p")
    told_of["broken"] = ratio is not None and ratio < SAMPLE_RATIO_ALARM
    last = told_of.get("last_exposure")
    told_of["last_exposure"] = datetime.fromisoformat(last) if last else None
    through = told_of.get("through")
    told_of["through"] = date.fromisoformat(through) if through else None
    return told_of


_COUNTS = ("control", "treatment", "merged", "exposed_control", "exposed_treatment")


def people(row: Experiment) -> dict[str, int | str | None]:
    """Numbers of people by name: of the merchant's own list as they are; of people whom content reached in steps
    of k, "hidden" below it. None: not known."""
    known: dict[str, int | None] = {
        **{name: row.result.get("health", {}).get(name) for name in _COUNTS},
        **{name: row.result.get(name) for name in ("n_treatment", "n_control")},
        "per_arm": row.plan.get("per_arm"),
    }
    if not is_of_strangers(row):
        return dict(known)
    return {
        name: None if count is None else privacy.published(count, crowds.k()) or "hidden"
        for name, count in known.items()
    }


def readout(row: Experiment) -> dict[str, Any]:
    """The figures of a result in the form of their unit."""
    result = row.result
    is_money = result["unit"] == "fen"
    ci = result.get("ci")
    ends = [*(ci or []), result["incremental_response"], 0.0]
    return {
        "form": "fen" if is_money else "count",
        "increment": round(result["incremental_response"]),
        "low": round(ci[0]) if ci else None,
        "high": round(ci[1]) if ci else None,
        "minimum": min(ends),
        "maximum": max(ends),
        "method": words.said(told.METHODS, result["method"]),
        "each": [
            {
                "name": words.said(told.METHODS, name),
                "leads": name == result["method"],
                **{key: _in_unit(value, is_money) for key, value in one.items() if key in _MEANS},
                "low": _in_unit(one["ci"][0], is_money),
                "high": _in_unit(one["ci"][1], is_money),
                "relative": one["relative"],
                "p": one["p"],
            }
            for name, one in result.get("each", {}).items()
        ],
        "history": result.get("history", []),
    }


_MEANS = ("control", "treatment", "effect")


def _in_unit(value: float, is_money: bool) -> str:
    """Of a single person: yuan with two decimals, else four."""
    return (f"{value / 100:,.2f}" if is_money else f"{value:,.4f}").replace("-", "−")


def trail(merchant: Merchant, row: Experiment) -> list[tuple[Any, str]]:
    """Every act on it, the latest first."""
    events = AuditEvent.objects.for_merchant(merchant).filter(object_kind="experiment", object_id=str(row.pk))
    return [
        (one, audit.sentence_of(one.act)) for one in telling.told(list(events.order_by("-at", "-id")[:50]))
    ]
