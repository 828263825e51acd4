"""Profiles of crowds as platforms report them: published counts only, beside our figures and in none of them.

A profile divides people by one dimension (:class:`~measurement.choices.ProfileDimension`). Where its source
tells people, every cell goes through :func:`measurement.privacy.publish` and shares are of what is published,
where all of it is; the source's own share of a hidden bucket would give its count away. Where it tells shares
only, they stand as they were reported: of how many people is not told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import F, Max, Q, Value, Window
from django.db.models.functions import Coalesce, NullIf, Rank

from measurement import privacy
from measurement.choices import Layer, ProfileDimension, ProfileScope
from measurement.computed import computes
from measurement.crowds.asked import CrowdQuestion
from measurement.models import ProfileRow
from measurement.queries.crowds import k
from measurement.queries.reported import standing
from measurement.reported.buckets import order
from merchants.models import Merchant

CONTENT = {
    ProfileScope.NOTE: "note",
    ProfileScope.CAMPAIGN: "campaign",
    ProfileScope.LIVE: "live_stream",
}
OFFERED = 60
"""Contents whose profile may be chosen, those told last."""
TOGETHER = timedelta(days=1)
"""Within how long the buckets of one distribution are told, in one file or several."""
ROUNDING = Decimal("0.005")
"""Shares that miss a whole by less were rounded; what misses more was not told."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """``people`` None: hidden, or not told; ``share`` from 0 to 1; ``tgi`` as reported."""

    name: str
    people: int | None
    share: Decimal | None
    tgi: Decimal | None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """One crowd by one dimension, on the days of its latest statement. ``layer`` empty: all whom the source
    tells of. ``counted``: it tells people, ``people`` are those published (None: hidden) and ``rest`` those of
    the hidden buckets together; else shares only. ``untold`` is the share of people in no bucket."""

    dimension: ProfileDimension
    layer: str
    source: str
    first: date
    last: date
    buckets: tuple[Bucket, ...]
    counted: bool
    people: int | None = None
    rest: int | None = None
    untold: Decimal | None = None

    def get(self, name: str) -> Bucket | None:
        return next((one for one in self.buckets if one.name == name), None)


def cuts(merchant: Merchant, question: CrowdQuestion) -> list[Cut]:
    """The latest profiles up to the last day of the question, by dimension and from the outer layer in."""
    return latest(merchant, _whose(question), question.last)


def of_account(merchant: Merchant, until: date) -> list[Cut]:
    """The latest profiles of the whole account up to a day."""
    return latest(merchant, Q(scope=ProfileScope.ACCOUNT), until)


@computes("platform_profile", "tgi")
def latest(merchant: Merchant, whose: Q, until: date) -> list[Cut]:
    """Of each crowd, dimension and source the statement of the latest days. A distribution is told whole:
    buckets of those days that were not told again with the last ones (:data:`TOGETHER`) are left out, so that
    two ways to divide people are never mixed."""
    told = standing(ProfileRow, merchant).filter(whose, last_day__lte=until)
    crowd = [F("dimension"), F("layer"), F("source")]
    days = [F("last_day"), F("first_day")]
    newest = told.annotate(
        place=Window(Rank(), partition_by=crowd, order_by=[day.desc() for day in days]),
        told_last=Window(Max("told_at"), partition_by=[*crowd, *days]),
    )
    rows = sorted(newest.filter(place=1, told_at__gte=F("told_last") - TOGETHER), key=_place)
    return [
        _cut(ProfileDimension(dimension), layer, source, list(group))
        for (dimension, layer, source), group in groupby(
            rows, key=lambda row: (row.dimension, row.layer, row.source)
        )
    ]


def _place(row: Any) -> tuple[Any, ...]:
    layers = ["", *(str(layer) for layer in Layer)]
    dimension = ProfileDimension(row.dimension)
    return (
        list(ProfileDimension).index(dimension),
        layers.index(row.layer),
        row.source,
        order(dimension, row.bucket),
    )


def _cut(dimension: ProfileDimension, layer: str, source: str, rows: list[Any]) -> Cut:
    counts = {row.bucket: row.people for row in rows if row.people is not None}
    days = (rows[0].first_day, rows[0].last_day)
    if not counts:
        buckets = tuple(Bucket(row.bucket, None, row.share, row.tgi) for row in rows)
        untold = 1 - sum(row.share for row in rows)
        return Cut(
            dimension,
            layer,
            source,
            *days,
            buckets,
            counted=False,
            untold=untold if untold > ROUNDING else None,
        )
    table = privacy.publish(counts, k())
    whole = table.total if table.rest is not None or not table.hidden else None
    buckets = tuple(
        Bucket(
            row.bucket,
            people := table.get(row.bucket),
            Decimal(people) / whole if people is not None and whole else None,
            row.tgi if people is not None else None,
            hidden=row.bucket in table.hidden,
        )
        for row in rows
    )
    return Cut(
        dimension, layer, source, *days, buckets, counted=True, people=table.total or None, rest=table.rest
    )


def _whose(question: CrowdQuestion) -> Q:
    if question.of:
        scope, number = question.of.split(":")
        field = CONTENT[ProfileScope(scope)]
        return Q(scope=scope, **{f"{field}_id": int(number)})
    if question.spu:
        return Q(scope=ProfileScope.SPU, spu_id=question.spu)
    return Q(scope=ProfileScope.ACCOUNT)


def contents(merchant: Merchant) -> list[tuple[str, ProfileScope, str]]:
    """(``note:12``, its kind, its name) of every content with a profile, those of the latest days first."""
    told = standing(ProfileRow, merchant).annotate(
        content=Coalesce(*(f"{field}_id" for field in CONTENT.values())),
        name=Coalesce(
            *(NullIf(title, Value("")) for title in ("note__title", "campaign__name", "live_stream__title")),
            *(f"{field}__external_id" for field in CONTENT.values()),
        ),
    )
    named = told.filter(scope__in=list(CONTENT), content__isnull=False).values_list(
        "scope", "content", "name"
    )
    newest = named.annotate(last=Max("last_day")).order_by("-last", "scope", "content")[:OFFERED]
    return [(f"{scope}:{content}", ProfileScope(scope), name) for scope, content, name, _ in newest]


def by_dimension(found: Iterable[Cut]) -> list[tuple[ProfileDimension, list[Cut], list[str]]]:
    """Each dimension with its cuts and the names of all their buckets, in order."""
    told = []
    for dimension, group in groupby(found, key=lambda cut: cut.dimension):
        own = list(group)
        names = {bucket.name for cut in own for bucket in cut.buckets}
        told.append((dimension, own, sorted(names, key=lambda name: order(dimension, name))))
    return told
