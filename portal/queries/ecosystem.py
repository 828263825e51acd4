"""The facts of the operator's ecosystem page, put together from the apps that own them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language

from leads.queries import ecosystem as desks
from measurement.models import Category
from measurement.queries import ecosystem as shops
from merchants.onboarding import requirements
from merchants.onboarding_forms import said
from merchants.periods import SHANGHAI, day_of, start_of
from merchants.queries import ecosystem as entrances
from merchants.queries import requirement_sets
from portal.ecosystem import (
    LATELY,
    Cell,
    Lives,
    Member,
    Month,
    Notes,
    Thresholds,
    Whole,
    before,
    cell,
    month_of,
    trades_of,
    whole,
)

MONTHS = (3, 6, 12)
YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Ecosystem:
    """``rows``: month, trade (None: all, "": not stated) and its figures, the newest month first; the month that
    is ``running`` has not ended. Days are Shanghai's; sales are counted through ``through``."""

    whole: Whole
    at: Thresholds
    rows: tuple[tuple[Month, str | None, Cell], ...]
    running: Month
    through: date


def thresholds() -> Thresholds:
    return Thresholds(
        settings.SMALL_MERCHANT_YUAN * 100,
        settings.LARGE_MERCHANT_YUAN * 100,
        settings.LIVE_SESSION_YUAN * 100,
    )


def ecosystem(months: int, *, now: datetime) -> Ecosystem:
    """The last ``months`` months and the one that runs, in a constant number of queries."""
    today, at = day_of(now), thresholds()
    shown = [month_of(today)]
    while len(shown) <= months:
        shown.append(before(shown[-1]))
    with transaction.atomic(using="operator"):
        members = _members(since=before(shown[-1]), today=today, at=at)
    rows = [
        (month, trade, cell(members, month, trade))
        for month in shown
        for trade in (None, *trades_of(members))
    ]
    return Ecosystem(whole(members, at), at, tuple(rows), shown[0], today - timedelta(days=1))


def names_of(trades: Sequence[str]) -> dict[str, str]:
    """What people call the trades: those one applies for, and the roots of the tree of categories."""
    zh = (get_language() or "").startswith("zh")
    names = {row.code: row.name_zh if zh else row.name_en for row in Category.objects.filter(parent=None)}
    every = requirements.trades(requirement_sets.published())
    return {code: names.get(code) or said(every.get(code, {})) or code for code in trades}


def _members(*, since: Month, today: date, at: Thresholds) -> list[Member]:
    lately = today - timedelta(days=LATELY)
    moment = start_of(lately)
    sold, recent = shops.sold_by_month(since), shops.sold_between(lately, today)
    year, first_sales = shops.sold_between(today - YEAR, today), shops.first_sales()
    lives, notes, trades = shops.lives_by_month(since, at.live), shops.notes_by_month(since), shops.trades()
    leads, first_leads = desks.leads_by_month(start_of(since)), desks.first_leads()
    leading, consulted = desks.with_leads(moment), desks.consulted(moment)
    found = []
    for one in entrances.entrants():
        pk, lead = one.merchant_id, first_leads.get(one.merchant_id)
        found.append(
            Member(
                trades=one.trades or frozenset(trades.get(pk, ())),
                created=day_of(one.created_at),
                described=_day(one.described_at),
                applied=_day(one.applied_at),
                approved=_day(one.approved_at),
                applied_for=_days(one.entry.applied),
                approved_for=_days(one.entry.approved),
                first_order=first_sales.get(pk),
                first_lead=_day(lead),
                sold=sold.get(pk, {}),
                leads=leads.get(pk, {}),
                notes={month: Notes(*counts) for month, counts in notes.get(pk, {}).items()},
                lives={month: Lives(*counts) for month, counts in lives.get(pk, {}).items()},
                year=year.get(pk),
                active_lately=pk in recent or pk in leading or pk in consulted,
                consulted_lately=pk in consulted,
            )
        )
    return found


def _days(moments: Mapping[str, datetime]) -> dict[str, date]:
    return {trade: day_of(moment, SHANGHAI) for trade, moment in moments.items()}


def _day(moment: datetime | None) -> date | None:
    return day_of(moment, SHANGHAI) if moment else None
