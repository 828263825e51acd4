"""The estimated whole: what sums alone tell of seeding when nothing joins."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from measurement import words
from measurement.choices import WholeOutcome
from measurement.dictionary import definitions
from measurement.models import ResponseEstimate
from measurement.operations import response
from measurement.printed.whole import chosen_whole, ends_of, whole_asked, whole_chart
from measurement.queries import whole
from measurement.response.verdicts import Reason, Verdict
from measurement.words import response as told
from merchants.access import MerchantRequest, merchant_required
from merchants.models import Job
from merchants.periods import day_of
from merchants.roles import Permission

LEAD_DAYS = 7  # before a proposed experiment begins
WEEK = 7
STATES: dict[str, str] = {
    Job.State.QUEUED: "waiting",
    Job.State.RUNNING: "running",
    Job.State.FAILED: "failed",
}


@merchant_required(Permission.SEE_RESULTS)
def page(request: MerchantRequest) -> HttpResponse:
    """All products, and one of them opened: ``outcome``, ``platform``, ``spu`` and ``as_of`` in the address."""
    as_of = _as_of(request)
    tried = whole.series_of(request.merchant, as_of=as_of)
    outcome, platform = whole_asked(request.GET.dict(), tried)
    rows = whole.latest(request.merchant, outcome, platform, as_of=as_of)
    chosen = chosen_whole(rows, request.GET.get("spu", ""))
    job = whole.job_of(request.merchant)
    here = {"outcome": outcome, "platform": platform, "as_of": as_of.isoformat() if as_of else ""}
    money = outcome == WholeOutcome.REVENUE
    context = {
        "rows": [_listed(row, here, chosen) for row in rows],
        "scale": _scale(rows),
        "money": money,
        "form": "fen" if money else "count",
        "outcome": outcome,
        "came": told.what_came(outcome),
        "outcome_name": words.said(told.OUTCOMES, outcome),
        "platform": platform,
        "as_of": as_of,
        "outcomes": [(one, told.OUTCOMES[one]) for one in WholeOutcome if one in {o for o, _p in tried}],
        "platforms": _platforms(tried, outcome),
        "definitions": definitions(get_language() or "en"),
        "takeaway": told.takeaway(rows) if rows else "",
        "job": job if job and job.state != Job.State.DONE else None,
        "job_state": STATES.get(job.state, "done") if job else "",
        "may_ask": Permission.PLAN in request.permissions,
        "data_through": max((row.last_day for row in rows), default=None),
        "computed_at": max((row.confirmed_at or row.computed_at for row in rows), default=None),
    }
    if chosen is not None:
        context |= _opened(request, chosen, context["form"])
    if not rows:
        context["sold"], context["shown"] = whole.has_what_it_needs(request.merchant)
    return render(request, "measurement/whole.html", context)


@merchant_required(Permission.PLAN, methods=("POST",))
def estimate(request: MerchantRequest) -> HttpResponse:
    """Asks for every estimate anew; what is shown stays until the new one stands."""
    response.ask(request.merchant, by=f"user:{request.user.pk}")
    messages.success(request, _("The estimates are being computed anew; these stay until then."))
    return redirect("measurement:whole", request.merchant.code)


def _as_of(request: MerchantRequest) -> date | None:
    text = request.GET.get("as_of", "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        messages.warning(
            request, _("“%(value)s” is not a day; the latest is shown instead.") % {"value": text}
        )
        return None


def _platforms(tried: Sequence[tuple[str, str]], outcome: str) -> list[tuple[str, Any]]:
    there = [platform for one, platform in tried if one == outcome]
    return [(one, words.platform(one) if one else _("All platforms")) for one in there]


def _listed(row: ResponseEstimate, here: dict[str, str], chosen: ResponseEstimate | None) -> dict[str, Any]:
    query = {name: value for name, value in {**here, "spu": str(row.spu_id or 0)}.items() if value}
    effect, low, high = ends_of(row)
    return {
        "row": row,
        "name": row.spu.name if row.spu else _("The whole brand"),
        "url": f"?{urlencode(query)}",
        "open": row is chosen,
        "effect": _whole(effect),
        "low": _whole(low),
        "high": _whole(high),
        "share": effect / row.total if effect is not None and row.total else None,
        "verdict": words.said(told.VERDICTS, row.verdict),
        "tone": "accent" if row.verdict == Verdict.EFFECT else "muted",
        "exposure": words.said(told.EXPOSURES, row.exposure),
        "source": told.source_of(row),
    }


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _scale(rows: Sequence[ResponseEstimate]) -> dict[str, int]:
    """The common axis of the whiskers."""
    ends = [end for row in rows for end in ends_of(row)[1:] if end is not None]
    return {"low": round(min([*ends, 0.0])), "high": round(max([*ends, 1.0]))}


def _opened(request: MerchantRequest, row: ResponseEstimate, form: str) -> dict[str, Any]:
    """Everything about one product."""
    item = _listed(row, {}, row)
    effect, low, high = ends_of(row)
    course, chart, _notes = whole_chart(request.merchant, row)
    return {
        "item": item,
        "weeks": [{name: _whole(getattr(week, name)) for name in ("sold", "without", "low", "high")}
                  | {"first": week.first} for week in course],
        "chart": chart,
        "plain": told.in_plain_words(row, item["name"], effect, low, high),
        "why": [told.WHY[Reason(reason)] for reason in row.reasons],
        "remedies": _remedies(request, row),
        "baseline": told.in_the_baseline(row),
        "basis": words.said(words.CYCLE_BASES, row.cycle_basis),
        "calibration": _calibration(row),
    }  # fmt: skip


def _calibration(row: ResponseEstimate) -> dict[str, Any] | None:
    """Before, the test, after."""
    if not row.calibration:
        return None
    one = row.calibration
    return {
        "before": [_whole(row.effect), _whole(row.low), _whole(row.high)],
        "test": [_whole(one["test_effect"]), _whole(one["test_low"]), _whole(one["test_high"])],
        "after": [_whole(one["effect"]), _whole(one["low"]), _whole(one["high"])],
        "name": one["name"],
        "contradicts": one["contradicts"],
    }


def _remedies(request: MerchantRequest, row: ResponseEstimate) -> list[dict[str, Any]]:
    """Experiments that would tell, each opening the planner with its fields filled in. A pause is of a
    product; what a whole brand does is told by regions or people."""
    today = day_of(timezone.now())
    planner = reverse("measurement:new_experiment", args=[request.merchant.code])
    return [
        {"title": title, "text": text, "url": f"{planner}?{urlencode(proposal(row, kind, today))}"}
        for kind, (title, text) in told.REMEDIES.items()
        if kind != "pause" or row.spu_id
    ]


def proposal(row: ResponseEstimate, kind: str, today: date) -> dict[str, Any]:
    """The fields of an experiment of this kind: it begins in a week and lasts two, a pause or a region as
    many whole weeks as half of the orders need if that is longer."""
    lasts = 2 if kind == "holdout" else max(2, -(-round(row.cycle_p50) // WEEK))
    starts = today + timedelta(days=LEAD_DAYS)
    ends = starts + timedelta(days=lasts * WEEK - 1)
    of = {"spu": row.spu_id} if row.spu_id else {}
    return {"kind": kind, **of, "starts": starts.isoformat(), "ends": ends.isoformat()}
