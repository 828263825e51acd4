"""The second thing of a page that lays two side by side: what it asks, what it is called, what is on offer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from measurement import words
from measurement.besides import Kind, days_beside, parted
from measurement.choices import Model
from measurement.models import Campaign, Spend
from measurement.queries.names import name_of_filter
from measurement.reports import CUSTOM, ReportQuery
from merchants.models import Merchant

OFFERED = 20  # campaigns that the filter names


class NothingBeside(Exception):
    """What was asked cannot be laid beside; the message says why to people."""


@dataclass(frozen=True, slots=True)
class Laid:
    """The second question and what people call it."""

    query: ReportQuery
    label: str


def laid(merchant: Merchant, query: ReportQuery, today: date) -> Laid | None:
    """What the question lays beside itself, as of the same day; None when it lays nothing. Raises
    :class:`NothingBeside` when that is the very same thing, or days of which nothing can be known."""
    if not query.beside:
        return None
    kind, which = parted(query.beside)
    alone = query.but(beside="")
    other, label = _other(merchant, alone, kind, which)
    if (other.period, other.model, other.within) == (query.period, query.model, query.within):
        raise NothingBeside(
            _("“%(name)s” is what the page shows already; nothing is beside.") % {"name": label}
        )
    if other.period.start >= (query.as_of or today):
        raise NothingBeside(
            _("The days from %(day)s on are not known yet; nothing is beside.") % {"day": other.period.start}
        )
    return Laid(other, label)


def _other(merchant: Merchant, alone: ReportQuery, kind: Kind, which: str) -> tuple[ReportQuery, str]:
    match kind:
        case Kind.MODEL:
            return alone.but(model=Model(which)), str(words.said(words.MODELS, which))
        case Kind.PLATFORM | Kind.CAMPAIGN:
            name = name_of_filter(merchant, kind, which)
            return alone.within_also(kind, which), f"{words.said(words.FILTERS, kind)}: {name}"
    try:
        days = days_beside(kind, which, alone.period)
    except ValueError:
        raise NothingBeside(_("No calendar holds the days from %(day)s on.") % {"day": which}) from None
    return alone.but(period=days, span=CUSTOM), f"{days.start} – {days.last}"


def offered(merchant: Merchant, query: ReportQuery, platforms: Iterable[str]) -> list[tuple[str, str]]:
    """What the filter offers: other days, the other models, these platforms, campaigns with a cost on these
    days; and what is chosen now."""
    spent = Spend.objects.for_merchant(merchant).filter(
        day__gte=query.period.start, day__lt=query.period.end, campaign__isnull=False
    )
    campaigns = Campaign.objects.for_merchant(merchant).filter(pk__in=spent.values("campaign_id"))
    found = [
        ("", _("Nothing")),
        (str(Kind.PREVIOUS), _("Period before")),
        (str(Kind.YEAR), _("52 weeks earlier")),
        (str(Kind.DAYS), _("Other days, as many")),
        *((f"{Kind.MODEL}:{one}", str(words.MODELS[one])) for one in Model if one != query.model),
        *((f"{Kind.PLATFORM}:{one}", str(words.platform(one))) for one in platforms),
        *((f"{Kind.CAMPAIGN}:{one.pk}", str(one)) for one in campaigns.order_by("name", "pk")[:OFFERED]),
    ]
    if query.beside and chosen(query) not in dict(found):
        kind, which = parted(query.beside)
        label = words.MODELS[Model(which)] if kind == Kind.MODEL else name_of_filter(merchant, kind, which)
        found.append((query.beside, str(label)))
    return found


def chosen(query: ReportQuery) -> str:
    """The option of the filter that is on."""
    return str(Kind.DAYS) if query.beside.startswith(Kind.DAYS) else query.beside
