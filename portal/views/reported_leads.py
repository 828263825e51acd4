"""The gap report of a source that cannot be pulled: our leads of each day beside the ad system's own count."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from leads.models import Source
from leads.queries import arrival
from measurement.queries import reported_leads
from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.periods import Period, day_of
from merchants.roles import Permission

DAYS = 14
METRICS = {"xiaohongshu_form": "leads", "xiaohongshu_im": "msg_leads_num"}
"""What the report calls the leads of a source."""


@merchant_required(Permission.RUN_DESK)
def reported(request: MerchantRequest, source_id: int) -> HttpResponse:
    """Its table, to be put into the source's page."""
    source = get_for_merchant_or_404(Source, request.merchant, pk=source_id)
    if source.channel not in METRICS:
        raise Http404
    zone = ZoneInfo(request.merchant.time_zone)
    today = day_of(timezone.now())
    period = Period(today - timedelta(days=DAYS), today)
    ours = arrival.left_by_day(request.merchant, source, *period.instants(zone), zone=zone)
    theirs = reported_leads.by_day(request.merchant, period, METRICS[source.channel])
    rows: list[dict[str, Any]] = [
        {
            "day": day,
            "ours": ours.get(day, 0),
            "theirs": theirs.get(day),
            "lacks": theirs[day] - ours.get(day, 0) if day in theirs else None,
        }
        for day in reversed(list(period))
    ]
    told = [row for row in rows if row["theirs"] is not None]
    context = {
        "rows": rows,
        "metric": METRICS[source.channel],
        "days": DAYS,
        "told": len(told),
        "ours": sum(row["ours"] for row in told),
        "theirs": sum(row["theirs"] for row in told) if told else None,
    }
    return render(request, "portal/parts/reported_leads.html", context)
