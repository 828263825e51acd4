"""Names of the process for people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from measurement.process.engagement import Definition, Part
from measurement.process.placement import Carrier
from measurement.process.questions import Group, Row, State

ROWS: dict[str, Any] = {
    Row.NOTE: pgettext_lazy("dimension", "Note"),
    Row.BLOGGER: pgettext_lazy("dimension", "Blogger"),
    Row.CAMPAIGN: pgettext_lazy("dimension", "Campaign"),
    Row.UNIT: pgettext_lazy("dimension", "Ad unit"),
    Row.CREATIVE: pgettext_lazy("dimension", "Creative"),
    Row.KEYWORD: pgettext_lazy("dimension", "Search word"),
    Row.SPU: pgettext_lazy("dimension", "SPU"),
    Row.DAY: pgettext_lazy("dimension", "Day"),
}
UNASSIGNED: dict[str, Any] = {
    Row.NOTE: _("Not tied to a note"),
    Row.BLOGGER: _("Not tied to a blogger"),
    Row.CAMPAIGN: _("Not tied to a campaign"),
    Row.UNIT: _("Not tied to an ad unit"),
    Row.CREATIVE: _("Not tied to a creative"),
    Row.KEYWORD: _("Not tied to a search word"),
    Row.SPU: _("Not tied to an SPU"),
    Row.DAY: _("Not tied to a day"),
}
GROUPS: dict[str, Any] = {
    Group.DELIVERY: pgettext_lazy("columns", "Delivery"),
    Group.ENGAGEMENT: pgettext_lazy("columns", "Engagement"),
    Group.SEEDING: pgettext_lazy("columns", "Seeding"),
    Group.TOUCHES: pgettext_lazy("columns", "Touchpoints"),
    Group.NOTES: pgettext_lazy("columns", "Notes to date"),
    Group.ALL: pgettext_lazy("columns", "All"),
}
SOURCES: dict[str, Any] = {
    Group.DELIVERY: _("platform-reported: Juguang"),
    Group.ENGAGEMENT: _("platform-reported: Juguang"),
    Group.SEEDING: _("platform-reported: Juguang"),
    Group.TOUCHES: _("ours: counted from the touchpoints you hold"),
    Group.NOTES: _("platform-reported: Pugongying, running totals"),
    Group.ALL: _("platform-reported and ours side by side, never added"),
}
UNNAMED: dict[str, Any] = {
    Row.NOTE: _("no touchpoint of this period names a note; whom notes brought is unknown"),
    Row.BLOGGER: _("no touchpoint of this period names a blogger; whom bloggers brought is unknown"),
    Row.CAMPAIGN: _("no touchpoint of this period names a campaign; whom campaigns brought is unknown"),
    Row.UNIT: _("no touchpoint of this period names an ad unit; whom ad units brought is unknown"),
    Row.CREATIVE: _("no touchpoint of this period names a creative; whom creatives brought is unknown"),
    Row.KEYWORD: _("no touchpoint of this period names a search word; whom search words brought is unknown"),
    Row.SPU: _("no touchpoint of this period names an SPU; who is new to SPUs is unknown"),
    Row.DAY: _("this period has no touchpoint; who came is unknown"),
}
NOBODY: dict[str, Any] = {
    State.PAST: _("people of our own layers are counted for today only; of a past day unknown"),
    State.NO_RULE: _("people are not in their layers yet; unknown until they are"),
    State.BUDGET_SPENT: _("enough different questions about people for today; unknown until tomorrow"),
}
PARTS: dict[str, Any] = {
    Part.LIKE: pgettext_lazy("part of engagement", "likes"),
    Part.SAVE: pgettext_lazy("part of engagement", "saves"),
    Part.COMMENT: pgettext_lazy("part of engagement", "comments"),
    Part.SHARE: pgettext_lazy("part of engagement", "shares"),
    Part.FOLLOW: pgettext_lazy("part of engagement", "follows"),
    Part.SCREENSHOT: pgettext_lazy("part of engagement", "screenshots"),
}
CARRIERS: dict[str, Any] = {
    Carrier.KOL: _("K · KOL content"),
    Carrier.FEED: _("F · feed ads"),
    Carrier.SEARCH: _("S · search ads"),
    Carrier.OTHER: _("none of the three"),
}
LIVE_ROWS: dict[str, Any] = {
    "stream": _("Live stream"),
    "host": pgettext_lazy("of a live stream", "Host"),
    "curator": _("Buyer-curator"),
}


def engagement(definition: Definition) -> str:
    """What counts as engagement, in a line."""
    plus = pgettext("between the parts of a sum", " + ")
    return plus.join(str(PARTS[part]) for part in definition.parts)


def hit(definition: Definition) -> str:
    return gettext("likes ≥ %(likes)d or engagement ≥ %(total)d") % {
        "likes": definition.hit_likes,
        "total": definition.hit_total,
    }


def layers(by: Row, state: State, version: int, named: bool) -> str:
    """Whose layers the new people of rows ``by`` are counted in, or why nobody is counted. ``named``: whether a
    touchpoint names any row."""
    if state != State.COUNTED:
        return str(NOBODY[state])
    told = gettext("layers under rule v%(version)d, set by you; not the platform's") % {"version": version}
    return told if named else f"{told} · {UNNAMED[by]}"


def whose(definition: Definition) -> str:
    """Which version of the definition, and whose it is."""
    if definition.version:
        return gettext("definition v%(version)d, set by you") % {"version": definition.version}
    return gettext("default definition; change it to yours")
