"""The trail searched: by who, what, on what and when; and the looks in it that are unusual."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import ExtractHour, TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from merchants.models import AuditEvent, Merchant
from merchants.periods import start_of
from merchants.queries import trail
from merchants.unusual import NIGHT_ENDS, Looks, Why

LOOKED_BACK = timedelta(days=30)
REASONS = {
    Why.MANY: gettext_lazy("many in a day"),
    Why.NIGHT: gettext_lazy("at night"),
    Why.MERCHANTS: gettext_lazy("at many merchants"),
}


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; what is empty does not matter. Days are those of the merchant's clock, both included."""

    who: str = ""
    act: str = ""
    kind: str = ""
    number: str = ""
    first: date | None = None
    last: date | None = None

    @classmethod
    def of(cls, asked: Any) -> Search:
        """From the parameters of an address; a day that is none does not matter."""
        words = {
            name: asked.get(name, "")[:80].replace("\0", "") for name in ("who", "act", "kind", "number")
        }
        return cls(**words, first=_day(asked.get("from", "")), last=_day(asked.get("to", "")))


def found(merchant: Merchant, search: Search) -> QuerySet[AuditEvent]:
    """The acts that fit, newest first."""
    zone = ZoneInfo(merchant.time_zone)
    wanted = {
        "actor": search.who,
        "act": search.act,
        "object_kind": search.kind,
        "object_id": search.number,
        "at__gte": search.first and start_of(search.first, zone),
        "at__lt": search.last and start_of(search.last + timedelta(days=1), zone),
    }
    rows: QuerySet[AuditEvent] = trail.events(merchant)
    return rows.filter(**{name: value for name, value in wanted.items() if value})


def offered(merchant: Merchant, sentence_of: Callable[[str], str]) -> dict[str, list[tuple[str, str]]]:
    """What there is to choose from in this trail: people and programs, acts, kinds of objects, each with its name
    and everything first."""
    rows = AuditEvent.objects.for_merchant(merchant).order_by()
    actors = set(rows.values_list("actor", flat=True).distinct())
    names = trail.names_of(actors)
    acts = rows.values_list("act", flat=True).distinct()
    kinds = rows.exclude(object_kind="").values_list("object_kind", flat=True).distinct()
    return {
        "who": _choices(_("Anybody"), ((actor, trail.called(actor, names)) for actor in actors)),
        "act": _choices(_("Everything"), ((act, sentence_of(act)) for act in acts)),
        "kind": _choices(_("Anything"), ((kind, trail.kind_of(kind)) for kind in kinds)),
    }


def unusual(rows: QuerySet[AuditEvent], acts: Sequence[str], *, zone: ZoneInfo, now: datetime) -> list[Looks]:
    """The looks (those ``acts``) of people in the last 30 days that are worth a question, the latest day first;
    ``rows`` says whose trails are read."""
    counted = (
        rows.filter(act__in=acts, actor__startswith="user:", at__gte=now - LOOKED_BACK)
        .order_by()
        .annotate(day=TruncDate("at", tzinfo=zone), hour=ExtractHour("at", tzinfo=zone))
        .values("actor", "day")
        .annotate(
            count=Count("pk"),
            at_night=Count("pk", filter=Q(hour__lt=NIGHT_ENDS)),
            merchants=Count("merchant_id", distinct=True),
        )
        .order_by("-day", "-count", "actor")
    )
    return [looks for row in counted if (looks := Looks(**row)).why]


def told(found: list[Looks]) -> list[dict[str, Any]]:
    """Unusual looks with the name of who looked, why they are unusual, and the address of that day's acts."""
    names = trail.names_of({looks.actor for looks in found})
    return [
        {
            "looks": looks,
            "who": trail.called(looks.actor, names),
            "why": [REASONS[why] for why in looks.why],
            "query": urlencode({"who": looks.actor, "from": looks.day, "to": looks.day}),
        }
        for looks in found
    ]


def _choices(first: str, pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [("", first), *sorted(pairs, key=lambda pair: pair[1])]


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None  # at the ends of the calendar there is no day after
