"""What the desk's letters say, put together when they go out, in the language of who reads them."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from leads.models import Agent, Alarm
from leads.models import Letter as Row
from leads.operations import letters
from leads.queries import shift
from leads.queries.shift import Morning, ShiftDay
from merchants import tenancy
from merchants.letters import Letter, hand_over, link
from merchants.models import Membership, Merchant
from merchants.roles import OWNER


def post_one(merchant: Merchant, *, now: datetime | None = None) -> bool:
    """Sends the oldest letter that is due; False when there is none. One whose reader has left meanwhile ends
    unsent."""
    moment = now or datetime.now(UTC)
    row = letters.claim(merchant, now=moment)
    if row is None:
        return False
    if row.state == Row.State.FAILED:
        return True
    with tenancy.acting_for(merchant), translation.override(row.person.language or settings.LANGUAGE_CODE):
        letter = compose(merchant, row, now=moment)
    if letter is None or not row.person.email:
        letters.not_sent(merchant, row, error="nobody to read it", again=False, now=moment)
        return True
    try:
        hand_over(letter, to=[row.person.email], number=f"desk-{row.pk}")
    except (OSError, smtplib.SMTPException) as refused:
        letters.not_sent(merchant, row, error=type(refused).__name__, again=True, now=moment)
        return True
    letters.sent(merchant, row, now=datetime.now(UTC))
    return True


def compose(merchant: Merchant, row: Row, *, now: datetime) -> Letter | None:
    """The letter as things are now; None when its reader may not read it any more. Inside the merchant's
    transaction."""
    return _COMPOSED[Row.Kind(row.kind)](merchant, row, now)


def _alarm(merchant: Merchant, row: Row, _now: datetime) -> Letter | None:
    alarm = Alarm.objects.for_merchant(merchant).select_related("person").filter(pk=row.about).first()
    owns = Membership.objects.filter(merchant=merchant, user=row.person, role=OWNER.code).exists()
    if alarm is None or not owns:
        return None
    context = {"merchant": merchant, "alarm": alarm, "url": link(merchant, "leads:alarms")}
    told = {"who": alarm.person, "merchant": merchant.name}
    return Letter(
        subject=_("Alarm: many contacts seen by %(who)s · %(merchant)s") % told,
        text=render_to_string("leads/letters/alarm.txt", context),
        html=render_to_string("leads/letters/alarm.html", context),
    )


def _shift(merchant: Merchant, row: Row, _now: datetime) -> Letter | None:
    leading = Agent.objects.for_merchant(merchant).filter(user=row.person, leads_shift=True, left_at=None)
    agent = leading.first()
    if agent is None or not _is_member(merchant, row):
        return None
    found = shift.day(merchant, date.fromisoformat(row.about), stores=agent.stores)
    context = {
        "merchant": merchant,
        "found": found,
        "said": _said(merchant, found),
        "url": link(merchant, "leads:inbox"),
    }
    return Letter(
        subject=_("The desk of %(merchant)s on %(day)s") % {"merchant": merchant.name, "day": found.day},
        text=render_to_string("leads/letters/shift.txt", context),
        html=render_to_string("leads/letters/shift.html", context),
    )


def _morning(merchant: Merchant, row: Row, now: datetime) -> Letter | None:
    """What waits as the letter goes out; one that waited longer than its day says nothing that holds."""
    agents = Agent.objects.for_merchant(merchant).filter(user=row.person, morning_letter=True, left_at=None)
    agent = agents.first()
    if agent is None or not _is_member(merchant, row):
        return None
    found = shift.morning(merchant, agent, now=now)
    if found.is_empty or found.day.isoformat() != row.about:
        return None
    context = {
        "merchant": merchant,
        "found": found,
        "said": _waits(merchant, found),
        "url": link(merchant, "leads:inbox"),
    }
    return Letter(
        subject=_("What waits for you at %(merchant)s") % {"merchant": merchant.name},
        text=render_to_string("leads/letters/morning.txt", context),
        html=render_to_string("leads/letters/morning.html", context),
    )


def _is_member(merchant: Merchant, row: Row) -> bool:
    return bool(Membership.objects.filter(merchant=merchant, user=row.person).exists())


def _waits(merchant: Merchant, found: Morning) -> list[str]:
    """A line each, only of what there is; names and words of customers are in none."""
    counted = (
        (
            found.waiting.count,
            ngettext(
                "%(count)d consultation waits for your first reply, since %(since)s.",
                "%(count)d consultations wait for your first reply, the longest since %(since)s.",
                found.waiting.count,
            ),
            found.waiting.since,
        ),
        (
            found.appointments.count,
            ngettext(
                "%(count)d appointment today, at %(since)s.",
                "%(count)d appointments today, the first at %(since)s.",
                found.appointments.count,
            ),
            found.appointments.since,
        ),
        (
            found.reminders,
            ngettext(
                "%(count)d person to remind of an appointment.",
                "%(count)d people to remind of an appointment.",
                found.reminders,
            ),
            None,
        ),
        (
            found.unsaid,
            ngettext(
                "%(count)d past appointment of which nobody has said whether the person came.",
                "%(count)d past appointments of which nobody has said whether the person came.",
                found.unsaid,
            ),
            None,
        ),
        (
            found.still.count,
            ngettext(
                "%(count)d lead of yours has stood still for a week, since %(since)s.",
                "%(count)d leads of yours have stood still for a week, the longest since %(since)s.",
                found.still.count,
            ),
            found.still.since,
        ),
    )
    return _lines(merchant, counted)


def _said(merchant: Merchant, found: ShiftDay) -> list[str]:
    """What still needs somebody, and who did not come; a line each, only of what there is."""
    counted = (
        (
            found.waiting.count,
            ngettext(
                "%(count)d consultation waits for its first reply, since %(since)s.",
                "%(count)d consultations wait for a first reply, the longest since %(since)s.",
                found.waiting.count,
            ),
            found.waiting.since,
        ),
        (
            found.unclaimed.count,
            ngettext(
                "%(count)d lead belongs to nobody, since %(since)s.",
                "%(count)d leads belong to nobody, the oldest since %(since)s.",
                found.unclaimed.count,
            ),
            found.unclaimed.since,
        ),
        (
            found.no_shows,
            ngettext(
                "%(count)d appointment that nobody came to.",
                "%(count)d appointments that nobody came to.",
                found.no_shows,
            ),
            None,
        ),
        (
            found.unsaid,
            ngettext(
                "%(count)d appointment of which nobody has said whether the person came.",
                "%(count)d appointments of which nobody has said whether the person came.",
                found.unsaid,
            ),
            None,
        ),
    )
    return _lines(merchant, counted) or [
        _("Nothing waits, no lead is without an agent, and nobody stayed away.")
    ]


def _lines(merchant: Merchant, counted: Iterable[tuple[int, str, datetime | None]]) -> list[str]:
    zone = ZoneInfo(merchant.time_zone)
    return [
        text % {"count": count, "since": f"{since.astimezone(zone):%Y-%m-%d %H:%M}" if since else ""}
        for count, text, since in counted
        if count
    ]


_COMPOSED: Mapping[Row.Kind, Callable[[Merchant, Row, datetime], Letter | None]] = {
    Row.Kind.ALARM: _alarm,
    Row.Kind.SHIFT: _shift,
    Row.Kind.AGENT: _morning,
}
