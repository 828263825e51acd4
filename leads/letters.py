"""What the desk's letters say, put together when they go out, in the language of who reads them."""

from __future__ import annotations

import smtplib
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
from leads.queries.shift import ShiftDay
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
        letter = compose(merchant, row)
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


def compose(merchant: Merchant, row: Row) -> Letter | None:
    """The letter as things are now; None when its reader may not read it any more. Inside the merchant's
    transaction."""
    return _alarm(merchant, row) if row.kind == Row.Kind.ALARM else _shift(merchant, row)


def _alarm(merchant: Merchant, row: Row) -> Letter | None:
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


def _shift(merchant: Merchant, row: Row) -> Letter | None:
    leading = Agent.objects.for_merchant(merchant).filter(user=row.person, leads_shift=True, left_at=None)
    agent = leading.first()
    if agent is None or not Membership.objects.filter(merchant=merchant, user=row.person).exists():
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
    zone = ZoneInfo(merchant.time_zone)
    return [
        text % {"count": count, "since": f"{since.astimezone(zone):%Y-%m-%d %H:%M}" if since else ""}
        for count, text, since in counted
        if count
    ] or [_("Nothing waits, no lead is without an agent, and nobody stayed away.")]
