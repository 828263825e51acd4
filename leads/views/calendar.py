"""The calendar of a store: who comes when, what is left, and the acts on an appointment."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads import pictures, pipeline, words
from leads.calendar_forms import RuleForm, SlotForm, TimeForm
from leads.models import Agent, Appointment, AppointmentEvent, Lead, Reminder
from leads.operations import appointments, reminders, sending, setup
from leads.queries import calendar
from merchants.access import MerchantRequest, get_for_merchant_or_404, merchant_required
from merchants.models import Store
from merchants.periods import Period, day_of
from merchants.roles import Permission

State = Appointment.State
VIEWS = (("week", gettext_lazy("Week")), ("day", gettext_lazy("Day")))
TONES = {
    "booked": "neutral",
    "arrived": "accent",
    "no_show": "danger",
    "cancelled": "muted",
    "moved": "muted",
}


@merchant_required(Permission.SEE_DESK)
def page(request: MerchantRequest) -> HttpResponse:
    """A week (from its Monday) or a day of a store; ``open`` names the appointment whose acts stand beside it,
    ``at`` a free time that is to be given away, ``lead`` whom to."""
    setup.ensure(request.merchant)
    return _page(request)


@merchant_required(Permission.ANSWER, methods=("POST",))
def book(request: MerchantRequest) -> HttpResponse:
    store = get_for_merchant_or_404(Store, request.merchant, pk=_number(request.POST.get("store")))
    form = SlotForm(request.POST, merchant=request.merchant)
    if form.is_valid():
        row = _try(
            request,
            lambda: appointments.book(request.merchant, store=store, by=_by(request), **form.cleaned_data),
        )
        if row is not None:
            return _back(request, row)
    else:
        messages.warning(request, _("Choose a lead and a time."))
    return _back_to(request, store, request.POST.get("at", ""))


@merchant_required(Permission.ANSWER, methods=("POST",))
def move(request: MerchantRequest, appointment_id: int) -> HttpResponse:
    """Another time instead."""
    row, form = _appointment(request, appointment_id), TimeForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Which time?"))
        return _back(request, row)
    told = _try(
        request,
        lambda: appointments.rebook(
            request.merchant, row, starts_at=form.cleaned_data["starts_at"], by=_by(request)
        ),
    )
    return _back(request, told or row)


@merchant_required(Permission.ANSWER, methods=("POST",))
def cancel(request: MerchantRequest, appointment_id: int) -> HttpResponse:
    row, reason = _appointment(request, appointment_id), request.POST.get("reason", "")
    _try(request, lambda: appointments.cancel(request.merchant, row, reason=reason, by=_by(request)))
    return _back(request, row)


@merchant_required(Permission.ANSWER, methods=("POST",))
def missed(request: MerchantRequest, appointment_id: int) -> HttpResponse:
    row = _appointment(request, appointment_id)
    _try(request, lambda: appointments.missed(request.merchant, row, by=_by(request)))
    return _back(request, row)


@merchant_required(Permission.ANSWER, methods=("POST",))
def came(request: MerchantRequest, appointment_id: int) -> HttpResponse:
    """A visit without its code, with what shows it."""
    row, told = _appointment(request, appointment_id), request.POST
    try:
        nonce = uuid.UUID(told.get("nonce", ""))
    except ValueError:
        nonce = uuid.uuid4()
    _try(
        request,
        lambda: appointments.visit_by_hand(
            request.merchant,
            row.lead,
            appointment=row,
            evidence=told.get("evidence", ""),
            nonce=nonce,
            by=_by(request),
        ),
    )
    return _back(request, row)


@merchant_required(Permission.ANSWER, methods=("POST",))
def undo(request: MerchantRequest, appointment_id: int) -> HttpResponse:
    """Takes back the end of an appointment that the page showed."""
    row = _appointment(request, appointment_id)
    rows = AppointmentEvent.objects.filter(appointment=row).select_related("appointment")
    event = get_for_merchant_or_404(rows, request.merchant, pk=_number(request.POST.get("event")))
    if _try(request, lambda: appointments.undo(request.merchant, event, by=_by(request))):
        messages.success(request, _("The appointment stands again."))
    return _back(request, row)


@merchant_required(Permission.ANSWER, methods=("POST",))
def reminded(request: MerchantRequest, reminder_id: int) -> HttpResponse:
    rows = Reminder.objects.select_related("appointment")
    row = get_for_merchant_or_404(rows, request.merchant, pk=reminder_id)
    reminders.done(request.merchant, row, by=_by(request))
    return _back(request, row.appointment)


@merchant_required(Permission.RUN_DESK, methods=("POST",))
def set_rule(request: MerchantRequest) -> HttpResponse:
    store = get_for_merchant_or_404(Store, request.merchant, pk=_number(request.POST.get("store")))
    service = request.POST.get("service", "")
    form = RuleForm(request.POST, rule=calendar.rule_of(request.merchant, store, service))
    if not form.is_valid():
        return _page(request, rule_form=form, status=422)
    reminders.set_rule(request.merchant, store, service=service[:60], by=_by(request), **form.cleaned_data)
    messages.success(request, _("It holds for what is booked from now on."))
    return _back_to(request, store, "")


def _try(request: MerchantRequest, act: Callable[[], Any]) -> Any:
    """What an act gives; None, and a word why, when it is refused."""
    try:
        return act()
    except appointments.Refused as refused:
        messages.warning(request, str(words.REFUSED[str(refused)]))
        return None


def _page(request: MerchantRequest, *, status: int = 200, **given: Any) -> HttpResponse:
    merchant, now = request.merchant, timezone.now()
    stores = list(Store.objects.for_merchant(merchant).order_by("name"))
    told = request.GET if request.method == "GET" else request.POST
    store = next((one for one in stores if str(one.pk) == told.get("store")), stores[0] if stores else None)
    if store is None:
        return render(request, "leads/calendar.html", {"store": None})
    services = calendar.services_of(merchant, store)
    service = told.get("service", "") if told.get("service") in services else ""
    view = "day" if told.get("view") == "day" else "week"
    day = _day(told.get("day", ""), now)
    period = _period(day, view)
    here = {"store": store.pk, "view": view, **({"service": service} if service else {})}
    if _number(told.get("lead")):
        here["lead"] = _number(told.get("lead"))
    rule = calendar.rule_of(merchant, store, service)
    context = {
        "store": store,
        "stores": [(one.pk, one.name) for one in stores],
        "services": [(one, one or _("All")) for one in services] if len(services) > 1 else [],
        "service": service,
        "view": view,
        "views": VIEWS,
        "day": day,
        "period": period,
        "here": urlencode(here),
        "ways": _ways(here, day, period, now),
        "days": [
            _of_day(one, here, now, rule.capacity)
            for one in calendar.days(merchant, store, period, service=service)
        ],
        "record": calendar.record(merchant, store, now=now),
        "looked_back": calendar.LOOKED_BACK,
        "reminders": calendar.reminders(merchant, now=now),
        "may_answer": Permission.ANSWER in request.permissions,
        "may_rule": Permission.RUN_DESK in request.permissions,
        "rule": rule,
        "rule_form": RuleForm(rule=rule),
        **_panel(request, store, now),
        **given,
    }
    return render(request, "leads/calendar.html", context, status=status)


def _panel(request: MerchantRequest, store: Store, now: datetime) -> dict[str, Any]:
    """The appointment that is open, or the free time that is to be given away."""
    asked = _number(request.GET.get("open"))
    if asked:
        return _opened(request, _appointment(request, asked), now)
    try:
        at = timezone.make_aware(datetime.fromisoformat(request.GET.get("at", "")))
    except ValueError:
        return {}
    leads = Lead.objects.for_merchant(request.merchant).select_related("contact")
    lead = leads.filter(pk=_number(request.GET.get("lead"))).first()
    form = SlotForm(merchant=request.merchant, lead=lead, initial={"starts_at": at, "lead": lead})
    return {"at": at, "slot_form": form}


def _opened(request: MerchantRequest, row: Appointment, now: datetime) -> dict[str, Any]:
    events = list(row.events.order_by("pk"))
    names = {
        f"user:{user}": name
        for user, name in Agent.objects.for_merchant(request.merchant).values_list("user_id", "name")
    }
    latest = events[-1] if events else None
    ended = latest is not None and latest.kind in {"cancelled", "no_show"}
    return {
        "opened": row,
        "qr": pictures.code_of_visit(request.merchant, row) if row.state == Appointment.State.BOOKED else "",
        "stage": words.stage(row.lead.stage.code, row.lead.stage.label),
        "tone": TONES[row.state],
        "events": [{"row": one, "by": names.get(one.recorded_by, "")} for one in events],
        "undoable": latest if latest and ended and pipeline.may_undo(latest.happened_at, now) else None,
        "has_begun": row.starts_at <= now,
        "may_come": row.state in {State.BOOKED, State.NO_SHOW} and now >= row.starts_at - appointments.EARLY,
        "time_form": TimeForm(initial={"starts_at": row.starts_at}),
        "text": words.reminder(row, calendar.reminder_text(request.merchant)),
        "sends": row.lead.conversation is not None
        and sending.source_of(request.merchant, row.lead.conversation) is not None,
        "nonce": uuid.uuid4(),
    }


def _of_day(one: calendar.Day, here: dict[str, Any], now: datetime, capacity: int) -> dict[str, Any]:
    """A day with its times; those of the past cannot be booked."""
    times = [
        {
            "time": time,
            "capacity": capacity,
            "free": time.slot is not None and time.slot.left > 0 and time.starts_at > now,
            "at": f"{timezone.localtime(time.starts_at):%Y-%m-%dT%H:%M}",
            "rows": [
                {
                    "row": row,
                    "stage": words.stage(row.lead.stage.code, row.lead.stage.label),
                    "tone": TONES[row.state],
                }
                for row in time.rows
            ],
        }
        for time in one.times
    ]
    return {
        "day": one.day,
        "times": times,
        "is_today": one.day == day_of(now),
        "here": urlencode(here | {"day": one.day}),
        "alone": urlencode(here | {"day": one.day, "view": "day"}),
        "left": sum(time["time"].slot.left for time in times if time["free"]),
    }


def _ways(here: dict[str, Any], day: date, period: Period, now: datetime) -> dict[str, str]:
    step = timedelta(days=period.days)
    return {
        "before": urlencode(here | {"day": day - step}),
        "today": urlencode(here | {"day": day_of(now)}),
        "after": urlencode(here | {"day": day + step}),
    }


def _period(day: date, view: str) -> Period:
    first = day if view == "day" else day - timedelta(days=day.weekday())
    return Period(first, first + timedelta(days=1 if view == "day" else 7))


def _day(text: str, now: datetime) -> date:
    """A day within ten years of ours; today where it is none."""
    today = day_of(now)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if abs((day - today).days) < 3650 else today


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0


def _by(request: MerchantRequest) -> str:
    return f"user:{request.user.pk}"


def _back(request: MerchantRequest, row: Appointment) -> HttpResponse:
    """To the day of an appointment, with it open."""
    told = {"store": row.store_id, "service": row.service, "open": row.pk, "view": request.POST.get("view")}
    return _to(request, told | {"day": day_of(row.starts_at)})


def _back_to(request: MerchantRequest, store: Store, at: str) -> HttpResponse:
    told = {"store": store.pk, "service": request.POST.get("service"), "view": request.POST.get("view")}
    return _to(request, told | {"day": request.POST.get("day"), "at": at, "lead": request.POST.get("lead")})


def _to(request: MerchantRequest, told: dict[str, Any]) -> HttpResponse:
    query = urlencode({name: value for name, value in told.items() if value})
    return HttpResponseRedirect(f"{reverse('leads:calendar', args=[request.merchant.code])}?{query}")


def _appointment(request: MerchantRequest, appointment_id: int) -> Appointment:
    rows = Appointment.objects.select_related(
        "store", "lead__contact", "lead__stage", "lead__agent", "lead__conversation", "moved_to"
    )
    return get_for_merchant_or_404(rows, request.merchant, pk=appointment_id)
