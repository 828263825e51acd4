"""What a letter about a paper running out says, in the language of who reads it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from merchants.letters import Letter, hand_over, link
from merchants.models import ExpiryLetter, Membership, Merchant
from merchants.models.onboarding import CAPABILITIES
from merchants.onboarding_forms import said
from merchants.operations import expiry as rows
from merchants.periods import day_of
from merchants.queries import expiry
from merchants.roles import OWNER


def post_one(merchant: Merchant, *, now: datetime | None = None) -> bool:
    """Sends the oldest letter that is due; False when there is none. One whose paper was renewed, or whose reader
    owns the merchant no more, ends unsent."""
    moment = now or datetime.now(UTC)

    def send(row: ExpiryLetter) -> bool:
        with translation.override(row.person.language or settings.LANGUAGE_CODE):
            letter = compose(merchant, row, now=moment)
        if letter is None or not row.person.email:
            return False
        hand_over(letter, to=[row.person.email], number=f"expiry-{row.pk}")
        return True

    return rows.post_one(merchant, send, now=moment)


def compose(merchant: Merchant, row: ExpiryLetter, *, now: datetime) -> Letter | None:
    """The letter as things are now; None when it is not true any more or its reader may not read it."""
    today = day_of(now, ZoneInfo(merchant.time_zone))
    running = [
        one
        for one in expiry.running_out(merchant, today)
        if (one.one.key, one.last_day, one.remind) == (row.key, row.last_day, row.days)
    ]
    owns = Membership.objects.filter(merchant=merchant, user=row.person, role=OWNER.code).exists()
    if not running or not owns:
        return None
    [one] = running
    label = said(one.one.label)
    context = {
        "merchant": merchant,
        "label": label,
        "running": one,
        "backs": [CAPABILITIES[capability] for capability in one.one.blocks],
        "grace": one.one.expiry.grace_days if one.one.expiry else 0,
        "url": link(merchant, "merchants:onboarding"),
    }
    return Letter(
        subject=_("%(label)s runs out on %(day)s · %(merchant)s")
        % {"label": label, "day": one.last_day, "merchant": merchant.name},
        text=render_to_string("merchants/letters/expiry.txt", context),
        html=render_to_string("merchants/letters/expiry.html", context),
    )
