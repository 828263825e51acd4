"""Words of platform-reported profiles."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from measurement.choices import ProfileDimension, ProfileScope
from measurement.reported.buckets import UNKNOWN
from measurement.words import said
from measurement.words.crowds import layer

DIMENSIONS: dict[str, Any] = {
    ProfileDimension.GENDER: pgettext_lazy("profile", "Gender"),
    ProfileDimension.AGE: pgettext_lazy("profile", "Age"),
    ProfileDimension.CITY_TIER: pgettext_lazy("profile", "City tier"),
}
SCOPES: dict[str, Any] = {
    ProfileScope.ACCOUNT: pgettext_lazy("profile", "The whole account"),
    ProfileScope.SPU: pgettext_lazy("profile", "Product"),
    ProfileScope.NOTE: pgettext_lazy("profile", "Note"),
    ProfileScope.CAMPAIGN: pgettext_lazy("profile", "Campaign"),
    ProfileScope.LIVE: pgettext_lazy("profile", "Live stream"),
}
_GENDERS: dict[str, Any] = {
    "female": pgettext_lazy("profile", "women"),
    "male": pgettext_lazy("profile", "men"),
}
_AGES = {
    "<": _("under %(years)s"),
    "<=": _("up to %(years)s"),
    ">": _("over %(years)s"),
    "+": _("%(years)s and over"),
}
_TIERS: dict[str, Any] = {
    "1": _("tier 1"),
    "new1": _("new tier 1"),
    "2": _("tier 2"),
    "3": _("tier 3"),
    "4": _("tier 4"),
    "5": _("tier 5"),
    "6": _("tier 6"),
}


def bucket(dimension: str, name: str) -> str:
    """A bucket in words; what only its source knows, as the source wrote it."""
    if name == UNKNOWN:
        return gettext("not known to the platform")
    if dimension == ProfileDimension.GENDER:
        return said(_GENDERS, name)
    if dimension == ProfileDimension.AGE:
        return _age(name)
    tier, lower = name.removesuffix("-"), name.endswith("-")
    if tier not in _TIERS:
        return name
    return gettext("%(tier)s and lower") % {"tier": _TIERS[tier]} if lower else str(_TIERS[tier])


def _age(name: str) -> str:
    if span := re.fullmatch(r"(\d+)-(\d+)", name):
        return f"{span[1]}–{span[2]}"
    found = re.fullmatch(r"(<=|<|>)?(\d+)(\+)?", name)
    sign = (found[1] or found[3] or "") if found else ""
    return str(_AGES[sign]) % {"years": found[2]} if found and sign else name


def crowd(name: str) -> str:
    """The crowd a profile is of: a layer, or all whom its source tells of."""
    return layer(name) if name else gettext("Everybody told of")
