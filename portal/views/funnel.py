"""The funnel: how far enquiries came, where they were lost, how fast they were answered, and the list behind
every one of these numbers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads import arrival_words, words
from leads.funnel import FEWEST, STEPS, Funnel, count
from leads.models import Agent
from leads.operations import setup
from leads.queries import feedback, funnel
from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.periods import Period, day_of, last_days
from merchants.roles import Permission
from portal.queries.cuts import cut

SPANS = {"7": 7, "28": 28, "90": 90}
BY: dict[str, Any] = {
    "store": gettext_lazy("Store"),
    "agent": gettext_lazy("Agent"),
    "note": gettext_lazy("Note"),
    "blogger": gettext_lazy("Blogger"),
    "campaign": gettext_lazy("Campaign"),
    "source": gettext_lazy("Source"),
}
DAYS = (
    gettext_lazy("Mon"), gettext_lazy("Tue"), gettext_lazy("Wed"), gettext_lazy("Thu"), gettext_lazy("Fri"),
    gettext_lazy("Sat"), gettext_lazy("Sun"),
)  # fmt: skip
ROWS = 50
SESSIONS: dict[str, Any] = {
    "sessions": gettext_lazy("Consultations that were opened"),
    "answered": gettext_lazy("Consultations that a human answered"),
    "in_time": gettext_lazy("Consultations answered in time, by your target"),
    "three_minutes": gettext_lazy("Consultations answered within 3 minutes of service"),
    "platform_hours": gettext_lazy("Consultations opened from 09:00 to 23:00"),
    "platform_three_minutes": gettext_lazy("Consultations answered within 3 minutes, 09:00–23:00"),
}


def asked(request: MerchantRequest) -> tuple[str, Period, str]:
    """The span as it stands in the address, its full days, and what the rows are."""
    days = request.GET.get("days", "")
    by = request.GET.get("by", "")
    days = days if days in SPANS else "28"
    return days, last_days(SPANS[days], day_of(timezone.now())), by if by in BY else "store"


def one_agent(request: MerchantRequest) -> Agent | None:
    """The agent whose consultations alone are looked at; None for everybody's, 404 for nobody of this desk."""
    key = request.GET.get("agent", "")
    return get_for_merchant_or_404(Agent.objects.all(), request.merchant, pk=key) if key else None


@merchant_required(Permission.SEE_DESK)
def page(request: MerchantRequest) -> HttpResponse:
    """Enquiries of the last full days; each counts as far as it came by now."""
    setup.ensure(request.merchant)
    days, period, by = asked(request)
    found = funnel.enquiries(request.merchant, period)
    agent = one_agent(request)
    sessions = funnel.sessions(request.merchant, period, _of(agent))
    told = feedback.coverage(request.merchant, *period.instants(ZoneInfo(request.merchant.time_zone)))
    context = {
        "period": period,
        "days": days,
        "by": by,
        "by_name": BY[by],
        "choices": {"days": spans(), "by": list(BY.items()), "agent": _agents(request)},
        "asking": urlencode({"days": days, "by": by}),
        "agent": agent,
        "of_agent": f"&agent={agent.pk}" if agent else "",
        "steps": steps(count(one.way for one in found)),
        "rows": [
            {
                "name": named(row, by),
                "key": urlencode({"row": funnel.text_of(row.key)}),
                "cells": steps(row.funnel),
            }
            for row in funnel.rows(found, cut(request.merchant, found, by))
        ],
        "speed": funnel.speed(sessions),
        "coverage": told,
        "reasons": [{"why": words.not_out(why), "count": count} for why, count in told.reasons],
        "week": [
            {"day": DAYS[day], "number": day, "cells": [_cell(cell) for cell in cells]}
            for day, cells in enumerate(funnel.week(sessions))
        ],
        "hours": range(24),
        "fewest": FEWEST,
    }
    return render(request, "portal/funnel.html", context)


@merchant_required(Permission.SEE_DESK)
def behind(request: MerchantRequest) -> HttpResponse:
    """The enquiries, or the consultations, that one number counts: the same question, asked for its rows."""
    days, period, by = asked(request)
    of = request.GET.get("of", "")
    context = {"period": period, "days": days, "by": by, "of": of}
    if of in STEPS:
        return render(request, "portal/behind.html", {**context, **_enquiries(request, period, by, of)})
    if of in SESSIONS:
        return render(request, "portal/behind.html", {**context, **_sessions(request, period, of)})
    raise Http404


def _enquiries(request: MerchantRequest, period: Period, by: str, step: str) -> dict[str, Any]:
    found = funnel.enquiries(request.merchant, period)
    key_of = cut(request.merchant, found, by)
    row = request.GET.get("row")
    rows = funnel.behind(found, key_of, step=step, row=row)
    shown = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    leads = funnel.leads_of(request.merchant, [one.lead_id for one in shown])
    note_of, campaign_of = (cut(request.merchant, shown, name) for name in ("note", "campaign"))
    name = words.STEPS[STEPS.index(step)]
    if row is not None:
        inside = next((key_of(one) for one in rows), (row or None, row))
        name = _("%(step)s · %(by)s: %(row)s") % {
            "step": name,
            "by": BY[by],
            "row": called(inside[0], inside[1], by),
        }
    return {
        "title": name,
        "count": len(rows),
        "pages": shown,
        "leads": [
            {
                "lead": lead,
                "one": one,
                "stage": words.stage(lead.stage.code, lead.stage.label),
                "source": called(one.source, one.source, "source"),
                "note": note_of(one)[1],
                "campaign": campaign_of(one)[1],
            }
            for one, lead in zip(shown, leads, strict=True)
        ],
    }


def _sessions(request: MerchantRequest, period: Period, pick: str) -> dict[str, Any]:
    at, agent = _hour(request.GET.get("at", "")), one_agent(request)
    rows = funnel.picked(funnel.sessions(request.merchant, period, _of(agent)), pick, at)
    shown = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    talks = funnel.consultations_of(request.merchant, [one.consultation_id for one in shown])
    name = str(SESSIONS[pick])
    if at is not None:
        hour = {"what": name, "day": DAYS[at[0]], "hour": f"{at[1]:02}:00"}
        name = _("%(what)s · %(day)s %(hour)s") % hour
    if agent is not None:
        name = f"{name} · {agent.name}"
    return {
        "title": name,
        "count": len(rows),
        "pages": shown,
        "sessions": [{"talk": talk, "one": one} for one, talk in zip(shown, talks, strict=True)],
    }


def _agents(request: MerchantRequest) -> list[tuple[str, Any]]:
    rows = Agent.objects.for_merchant(request.merchant).order_by("name", "pk")
    return [("", _("Everybody")), *((str(row.pk), row.name) for row in rows)]


def _of(agent: Agent | None) -> Q:
    return Q() if agent is None else Q(agent=agent)


def _hour(text: str) -> tuple[int, int] | None:
    """Weekday and hour as an address has them, "2-14"; None where it names none, 404 where there is no such."""
    if not text:
        return None
    cells = {f"{day}-{hour}": (day, hour) for day in range(7) for hour in range(24)}
    if text not in cells:
        raise Http404
    return cells[text]


def spans() -> list[tuple[str, str]]:
    return [(key, _("%(days)d full days") % {"days": days}) for key, days in SPANS.items()]


def steps(found: Funnel) -> list[dict[str, Any]]:
    """Each step with the rate from the one before it."""
    return [
        {
            "code": STEPS[place],
            "name": name,
            "count": count,
            "rate": None if place == 0 else found.rates[place - 1],
        }
        for place, (name, count) in enumerate(zip(words.STEPS, found.counts, strict=True))
    ]


def named(row: funnel.Row, by: str) -> str:
    return called(row.key, row.name, by)


def called(key: Any, name: str, by: str) -> str:
    """A row's name for people."""
    if by == "source":
        return arrival_words.source(name)
    return name or (_("unknown") if key is None else str(key))


def _cell(cell: funnel.Cell) -> dict[str, Any]:
    """Fewer than a handful say nothing as a share: they stand as a count only."""
    value = cell.share.value if cell.share.size >= FEWEST else None
    level = "none" if not cell.share.size else "few" if value is None else f"level-{min(4, int(value * 5))}"
    return {"hour": cell.hour, "share": cell.share, "value": value, "level": level}
