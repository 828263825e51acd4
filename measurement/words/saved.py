"""Names around saved reports."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from measurement.choices import Rhythm
from measurement.models import Mailing, Schedule

RHYTHMS: dict[str, Any] = {
    Rhythm.DAILY: pgettext_lazy("rhythm", "Every day"),
    Rhythm.WEEKLY: pgettext_lazy("rhythm", "Every week"),
    Rhythm.MONTHLY: pgettext_lazy("rhythm", "Every month"),
}
WEEKDAYS = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)


def when(schedule: Schedule) -> str:
    """The rhythm of a schedule in words."""
    told = {"hour": f"{schedule.hour:02d}:00", "day": str(schedule.day)}
    match schedule.rhythm:
        case Rhythm.WEEKLY:
            return _("%(day)s, %(hour)s") % {**told, "day": WEEKDAYS[schedule.day - 1]}
        case Rhythm.MONTHLY:
            return _("day %(day)s of the month, %(hour)s") % told
    return _("every day, %(hour)s") % told


def outcome(mailing: Mailing | None) -> str:
    """What became of the latest letter."""
    if mailing is None:
        return _("none yet")
    match mailing.state:
        case Mailing.State.SENT:
            return _("sent to %(count)d") % {"count": mailing.sent_to}
        case Mailing.State.FAILED:
            return _("not sent: %(error)s") % {"error": mailing.error}
    return _("waiting")
