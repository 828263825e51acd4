"""Letters: reports and the digest, put together for e-mail in the language of the reader."""

from __future__ import annotations

from datetime import datetime

from django.utils import translation

from measurement.letters import digest, report
from measurement.models import Mailing, Schedule
from merchants.letters import Letter, hand_over
from merchants.models import Merchant

COMPOSED = report.PAGES
"""Names of the pages that can go out as a file; every other saved view is a link."""


def compose(merchant: Merchant, schedule: Schedule, *, now: datetime) -> Letter:
    """The letter of a schedule as the figures are now. Runs inside the merchant's transaction."""
    with translation.override(schedule.language):
        if schedule.view is None:
            return digest.compose(merchant, now=now)
        return report.compose(merchant, schedule.view, form=schedule.form, now=now)


def send(letter: Letter, *, mailing: Mailing, to: list[str]) -> None:
    """Hands a letter to the mail server. Raises ``OSError`` or what the server's client raises."""
    hand_over(letter, to=to, number=f"mailing-{mailing.pk}")
