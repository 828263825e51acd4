"""Letters: reports and the digest, put together for e-mail in the language of the reader."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils import translation

from measurement.letters import digest, report
from measurement.letters.letter import Letter
from measurement.models import Mailing, Schedule
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
    """Hands a letter to the mail server, one copy for each reader. Raises ``OSError`` or what the server's
    client raises. The message id is that of the row, so that a repeat is known as one."""
    for number, address in enumerate(to):
        mail = EmailMultiAlternatives(
            letter.subject,
            letter.text,
            to=[address],
            headers={"Message-ID": f"<mailing-{mailing.pk}-{number}@{settings.MAIL_DOMAIN}>"},
        )
        mail.attach_alternative(letter.html, "text/html")
        for attached in letter.attached:
            mail.attach(attached.name, attached.content, attached.kind)
        mail.send()
