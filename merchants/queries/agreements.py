"""Agreements as both sides see them, and what one covers on a day.

A partner sees another merchant's figures through :func:`covered` only: it names the merchant, the bloggers and
the days, and is empty from the moment that an agreement ends (ADR 0039)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from merchants import tenancy
from merchants.models import Agreement, BloggerProfile, Merchant
from merchants.models.agreement import Right
from merchants.periods import Period
from merchants.queries import claims


@dataclass(frozen=True, slots=True)
class Covered:
    """A blogger by the id on the platform, and the days of which notes and figures may be shown."""

    blogger: str
    name: str
    period: Period


def of_merchant(merchant: Merchant) -> Any:
    """Every agreement that a merchant gives or takes; its own row policy shows no others."""
    rows = Agreement.objects.filter(Q(merchant=merchant) | Q(partner=merchant))
    return rows.select_related("merchant", "partner", "offered_by").order_by("-offered_at", "-pk")


def in_force(rows: Iterable[Agreement], today: date) -> list[Agreement]:
    """Those that are accepted, not revoked, and whose days today is one of; none while a side is suspended or gone."""
    return [
        row
        for row in rows
        if row.state == Agreement.State.ACCEPTED
        and {row.merchant.status, row.partner.status} == {Merchant.Status.ACTIVE}
        and row.starts_on <= today
        and (row.until is None or today < row.until)
    ]


def bindings_of(agency: Merchant, today: date) -> list[Agreement]:
    """The bloggers an agency represents in notes today, by name."""
    with tenancy.acting_for(agency):
        rows = Agreement.objects.filter(partner=agency, right=Right.NOTES)
        rows = rows.select_related("merchant", "partner")
        return sorted(in_force(rows, today), key=lambda row: (row.blogger_name, row.pk))


def covered(cooperation: Agreement, today: date) -> list[Covered]:
    """What a cooperation lets its partner see today: of a blogger the days of the cooperation, of an agency
    those on which it represented the blogger as well; whole days only, so nothing on the first. A blogger whose
    id is disputed is covered by nothing (ADR 0040)."""
    if not in_force([cooperation], today):
        return []
    if cooperation.blogger:
        return _days(cooperation.blogger, cooperation.blogger_name, [cooperation], today)
    return [
        one
        for binding in bindings_of(cooperation.partner, today)
        for one in _days(binding.blogger, binding.blogger_name, [cooperation, binding], today)
    ]


def _days(blogger: str, name: str, rows: list[Agreement], today: date) -> list[Covered]:
    account = rows[-1].merchant if rows[-1].right != Right.FIGURES else rows[-1].partner
    if not claims.stands(account, blogger):
        return []
    start = max(row.starts_on for row in rows)
    end = min([row.until for row in rows if row.until is not None] + [today])
    return [Covered(blogger, name, Period(start, end))] if start < end else []


def profile_of(blogger: Merchant) -> BloggerProfile | None:
    with tenancy.acting_for(blogger):
        found: BloggerProfile | None = BloggerProfile.objects.for_merchant(blogger).first()
    return found
