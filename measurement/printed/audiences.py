"""Audiences as a file: sizes as published, definitions in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from measurement import privacy
from measurement.crowds.audiences import Definition as AudienceDefinition
from measurement.crowds.audiences import read as read_audience
from measurement.exports import Head, Sheet, Table
from measurement.models import Audience, Blogger
from measurement.printed.printed import (
    Asking,
    Printed,
    around,
    defined,
    stamped,
)
from measurement.queries import crowds
from measurement.words import crowds as words
from merchants.background import wake
from merchants.models import Merchant


def audiences_of(merchant: Merchant) -> list[dict[str, Any]]:
    """Saved audiences with their published size and their definition in words, the largest first."""
    rows = list(
        Audience.objects.for_merchant(merchant).filter(archived_at=None).prefetch_related("handovers")
    )
    if any(row.counted_at is None for row in rows):
        wake("measurement.crowds", merchant_id=merchant.pk)
    spus, named, k = crowds.spus_of(merchant), dict(bloggers_of(merchant)), crowds.k()
    return [
        {
            "row": row,
            "people": privacy.published(row.people or 0, k),
            "words": _words(read_audience(row.definition), spus, named),
            "handovers": list(row.handovers.all()),
        }
        for row in sorted(rows, key=lambda row: (-(privacy.published(row.people or 0, k) or 0), row.name))
    ]


def bloggers_of(merchant: Merchant) -> list[tuple[int, str]]:
    rows: Any = Blogger.objects.for_merchant(merchant).order_by("name")
    return list(rows.values_list("id", "name")[:500])


def _words(told_of: AudienceDefinition, spus: dict[int, str], bloggers: dict[int, str]) -> list[str]:
    """The definition in words, part by part."""
    parts = [" / ".join(words.layer(layer) for layer in told_of.layers)]
    parts.append(spus.get(told_of.spu, f"#{told_of.spu}") if told_of.spu else _("the whole brand"))
    if told_of.least_days:
        parts.append(
            ngettext("for at least %(days)d day", "for at least %(days)d days", told_of.least_days)
            % {"days": told_of.least_days}
        )
    if told_of.most_days is not None:
        parts.append(
            ngettext("for at most %(days)d day", "for at most %(days)d days", told_of.most_days)
            % {"days": told_of.most_days}
        )
    if told_of.blogger:
        parts.append(
            _("carried in by %(name)s") % {"name": bloggers.get(told_of.blogger, f"#{told_of.blogger}")}
        )
    if told_of.without:
        parts.append(_("without %(layers)s") % {"layers": " / ".join(told_of.without)})
    return parts


def print_audiences(asking: Asking) -> Printed:
    """Sizes as published; never a list of people, and no picture: the page has no chart."""
    rows = audiences_of(asking.merchant)
    return Printed(
        stem="audiences",
        sheet=Sheet(
            Table(
                _("Audiences"),
                (
                    Head("name", _("Name")),
                    Head("people", _("People"), "count"),
                    Head("who", _("Definition")),
                    Head("counted", _("Counted")),
                ),
                tuple(
                    {
                        "name": one["row"].name,
                        "people": one["people"],
                        "who": " · ".join(one["words"]),
                        "counted": stamped(one["row"].counted_at),
                    }
                    for one in rows
                ),
            ),
            said=(
                (
                    _("Counted"),
                    _("in steps of %(k)d; fewer are hidden and an empty cell") % {"k": crowds.k()},
                ),
                *around(asking.merchant, None),
            ),
            definitions=defined(("layer_people", "privacy_steps")),
        ),
        query={},
        listed=("name", "people"),
    )
