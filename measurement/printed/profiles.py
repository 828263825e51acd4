"""Platform-reported profiles as a table of a file: the published cells of the page."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from measurement.exports import Head, Table
from measurement.queries.profiles import Cut
from measurement.words import profiles as words
from measurement.words import said, source


def table(cuts: Iterable[Cut]) -> Table:
    rows = [
        {
            "dimension": said(words.DIMENSIONS, cut.dimension),
            "crowd": words.crowd(cut.layer),
            "bucket": words.bucket(cut.dimension, bucket.name),
            "people": bucket.people,
            "share": bucket.share,
            "of": _("of the people published") if cut.counted else _("as reported; of how many is not told"),
            "tgi": bucket.tgi,
            "from": cut.first,
            "to": cut.last,
            "source": source(cut.source),
        }
        for cut in cuts
        for bucket in cut.buckets
    ]
    return Table(
        _("Profile, platform-reported"),
        (
            Head("dimension", _("Dimension")),
            Head("crowd", _("Crowd")),
            Head("bucket", _("Bucket")),
            Head("people", _("People"), "count"),
            Head("share", _("Share"), "share"),
            Head("of", pgettext("profile", "Share of")),
            Head("tgi", _("TGI"), "ratio"),
            Head("from", _("First day")),
            Head("to", _("Last day")),
            Head("source", _("Source")),
        ),
        tuple(rows),
    )
