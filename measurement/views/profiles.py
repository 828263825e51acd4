"""The platform-reported profile of a crowd page: its own part, beside our figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from measurement.choices import ProfileDimension, ProfileScope
from measurement.crowds.asked import CrowdQuestion
from measurement.queries.profiles import Bucket, Cut, by_dimension
from measurement.words import profiles as words
from measurement.words import said, source


def parts(cuts: Iterable[Cut]) -> list[dict[str, Any]]:
    """A table for each dimension: a column for each crowd that is told of, a row for each bucket."""
    return [_part(*told) for told in by_dimension(cuts)]


def chosen(contents: Sequence[tuple[str, ProfileScope, str]], question: CrowdQuestion) -> dict[str, Any]:
    """Whose profile it is, and whose others may be chosen."""
    names = {
        key: _("%(kind)s: %(name)s") % {"kind": said(words.SCOPES, scope), "name": name}
        for key, scope, name in contents
    }
    return {
        "profiled": names.get(question.of, ""),
        "profiled_choices": [("", _("the product above")), *names.items()] if names or question.of else [],
    }


def _part(dimension: ProfileDimension, cuts: list[Cut], names: list[str]) -> dict[str, Any]:
    shares = [bucket.share for cut in cuts for bucket in cut.buckets if bucket.share is not None]
    return {
        "code": dimension,
        "name": said(words.DIMENSIONS, dimension),
        "most": max(shares, default=None),
        "columns": [
            {"name": words.crowd(cut.layer), "source": source(cut.source), "cut": cut} for cut in cuts
        ],
        "rows": [
            {"name": words.bucket(dimension, name), "cells": [_cell(cut.get(name)) for cut in cuts]}
            for name in names
        ],
        "has_rest": any(cut.rest is not None for cut in cuts),
        "has_untold": any(cut.untold is not None for cut in cuts),
    }


def _cell(bucket: Bucket | None) -> dict[str, Any]:
    """``told`` False: the source says nothing of this bucket, or nothing that may stand beside counts."""
    if bucket is None:
        return {"told": False, "hidden": False}
    return {
        "told": bucket.share is not None or bucket.people is not None,
        "hidden": bucket.hidden,
        "people": bucket.people,
        "share": bucket.share,
        "tgi": bucket.tgi,
    }
