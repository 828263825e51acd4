"""What people keep of reports."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Prefetch, Q, QuerySet

from measurement.models import Annotation, Mailing, SavedView, Schedule
from merchants.models import Membership, Merchant, User
from merchants.periods import Period
from merchants.roles import Permission


def views_of(merchant: Merchant, user: User) -> QuerySet[SavedView]:
    """A person's own views and those that others share, the own ones first."""
    rows: QuerySet[SavedView] = SavedView.objects.for_merchant(merchant)
    mine = Q(owner=user)
    return rows.filter(mine | Q(shared=True)).select_related("owner").order_by("name", "id")


def schedules_of(merchant: Merchant) -> QuerySet[Schedule]:
    """Every letter that goes out by itself, each with its latest."""
    latest = Mailing.objects.for_merchant(merchant).order_by("schedule_id", "-due_at").distinct("schedule_id")
    rows: QuerySet[Schedule] = Schedule.objects.for_merchant(merchant).select_related("view", "owner")
    return rows.prefetch_related(Prefetch("mailings", queryset=latest, to_attr="latest")).order_by("id")


def standing(merchant: Merchant, period: Period | None = None) -> QuerySet[Annotation]:
    """The notes that stand, latest day first; of a period: those that touch it."""
    rows: QuerySet[Annotation] = Annotation.objects.for_merchant(merchant).filter(removed_at=None)
    if period is not None:
        rows = rows.filter(first_day__lt=period.end, last_day__gte=period.start)
    return rows.select_related("campaign", "spu").order_by("-first_day", "-id")


def told(merchant: Merchant, period: Period) -> list[tuple[date, date, str]]:
    """(from, to, text) of the notes of a period, in the order of days, for charts and files."""
    rows = standing(merchant, period)
    return sorted((row.first_day, row.last_day, row.text) for row in rows)


def readers(merchant: Merchant) -> list[User]:
    """Members who may take a report away and have an address."""
    members = Membership.objects.filter(merchant=merchant).select_related("user").order_by("user__username")
    return [
        one.user
        for one in members
        if one.user.email and one.user.is_active and Permission.EXPORT in one.permissions
    ]


def addresses(merchant: Merchant, schedule: Schedule) -> list[str]:
    """The addresses of those recipients who may still read the report when it goes out."""
    return [str(user.email) for user in readers(merchant) if user.pk in schedule.recipients]


def merchants_with_letters(now: datetime) -> list[int]:
    """Merchants with a schedule that is due or a letter that waits; read as the dispatcher."""
    due = Schedule.objects.using("dispatch").filter(paused=False, next_at__lte=now)
    waiting = Mailing.objects.using("dispatch").filter(state=Mailing.State.WAITING)
    return sorted(
        set(due.values_list("merchant_id", flat=True)) | set(waiting.values_list("merchant_id", flat=True))
    )
