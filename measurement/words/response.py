"""What people read of the estimated whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from measurement.choices import ExposureKind, WholeOutcome
from measurement.response.verdicts import Reason, Verdict
from measurement.words import listed

if TYPE_CHECKING:
    from measurement.models import ResponseEstimate

OUTCOMES: dict[str, Any] = {
    WholeOutcome.REVENUE: _("Revenue"),
    WholeOutcome.ORDERS: _("Orders"),
    WholeOutcome.SEARCH: _("Marketplace searches"),
    WholeOutcome.BRAND_SEARCH: _("Searches for the brand"),
    WholeOutcome.SHOP_VISITORS: _("Shop visitors"),
}
EXPOSURES: dict[str, Any] = {
    ExposureKind.READS: _("reads from ads"),
    ExposureKind.IMPRESSIONS: _("impressions from ads"),
    ExposureKind.TRUE_INTEREST: _("deeply interested people (TI)"),
    ExposureKind.COST: _("ad cost"),
    ExposureKind.NOTES: _("notes published"),
}
VERDICTS: dict[str, Any] = {
    Verdict.EFFECT: _("effect seen"),
    Verdict.CANNOT_TELL: _("cannot tell yet"),
}
FESTIVALS: dict[str, Any] = {
    "stated": _("festivals as you stated them"),
    "public": _("festivals of the public calendar, because you have stated none"),
    "none": _("no festivals"),
}
WHY: dict[str, Any] = {
    Reason.TOO_SHORT: _(
        "There are too few days: at least eight weeks are needed, and more for a slow decision."
    ),
    Reason.NO_OUTCOME: _("The figures are the same on every day, so there is nothing to explain."),
    Reason.NO_EXPOSURE: _("No seeding of this product is known on any of these days."),
    Reason.CONSTANT_EXPOSURE: _("Seeding was the same on every day, so no day shows what happens without."),
    Reason.CYCLE_TOO_LONG: _(
        "People decide more slowly than the series is long: most of the effect is still to come."
    ),
    Reason.LIKE_THE_BASELINE: _(
        "Seeding rose and fell with the trend, the weekdays or your promotions; what moves together cannot be "
        "told apart."
    ),
    Reason.SPANS_ZERO: _("The interval contains zero: the days alone do not tell the effect from chance."),
    Reason.NEGATIVE: _(
        "Sales fall where seeding ripens. Rather than that seeding harms, you probably seed more when sales "
        "are weak."
    ),
    Reason.PLACEBO: _(
        "Invented seeding, moved along the days, looks too often as if it had worked. Something else moves "
        "these days; state your promotions and festivals, or run a lift test."
    ),
}
REMEDIES: dict[str, Any] = {
    "pause": (
        _("Pause the seeding of this product"),
        _("Days without seeding show what sells anyway. The longer decisions take, the longer the pause."),
    ),
    "geo": (
        _("Leave out some regions"),
        _("Regions without are compared with like ones; promotions hit both and fall out."),
    ),
    "holdout": (
        _("Hold some people back for two weeks"),
        _("A coin decides who is shown the ads; the difference is the effect."),
    ),
}


def source_of(row: ResponseEstimate) -> str:
    """Where what was sold is known from."""
    return gettext("sums as handed in") if row.handed_in else gettext("order lines")


def what_came(outcome: str) -> str:
    """The name of what is counted, on the chart."""
    if outcome == WholeOutcome.REVENUE:
        return gettext("Sold, ¥")
    return str(OUTCOMES.get(outcome, outcome))


def takeaway(rows: Sequence[ResponseEstimate]) -> str:
    """How many products show an effect, and how sure the others are; the whole brand is none of them."""
    rows = [row for row in rows if row.spu_id is not None] or rows
    seen = [row for row in rows if row.verdict == Verdict.EFFECT]
    open_ones = len(rows) - len(seen)
    if not seen:
        return ngettext(
            "From sums alone it cannot be told yet whether seeding moves the product; below stands what would "
            "make it tell.",
            "From sums alone it cannot be told yet of any of the %(count)d products whether seeding moves them; "
            "below stands what would make it tell.",
            len(rows),
        ) % {"count": len(rows)}
    first = ngettext(
        "The days of %(count)d product go along with its seeding; an association until a lift test says more.",
        "The days of %(count)d products go along with their seeding; an association until a lift test says "
        "more.",
        len(seen),
    ) % {"count": len(seen)}
    if not open_ones:
        return first
    then = ngettext(
        "Of %(count)d more it cannot be told yet.", "Of %(count)d more it cannot be told yet.", open_ones
    ) % {"count": open_ones}
    return pgettext("two sentences", "%(first)s %(then)s") % {"first": first, "then": then}


def in_plain_words(
    row: ResponseEstimate, name: str, effect: float | None, low: float | None, high: float | None
) -> str:
    """The verdict as a sentence; shares of everything sold."""
    if effect is None or low is None or high is None or not row.total:
        return gettext("“%(name)s”: nothing can be estimated from these days.") % {"name": name}
    shares = {
        "name": name,
        "outcome": str(OUTCOMES.get(row.outcome, row.outcome)),
        "share": f"{effect / row.total * 100:.0f}",
        "low": f"{low / row.total * 100:.0f}",
        "high": f"{high / row.total * 100:.0f}",
    }
    if row.outcome not in {WholeOutcome.REVENUE, WholeOutcome.ORDERS}:
        return _of_a_market(row, shares)
    if row.verdict == Verdict.EFFECT:
        return (
            gettext(
                "About %(share)s %% of what “%(name)s” sold goes along with its seeding; between %(low)s %% and "
                "%(high)s %% is plausible."
            )
            % shares
        )
    return (
        gettext(
            "“%(name)s”: cannot tell yet. Anything between %(low)s %% and %(high)s %% of what was sold would fit "
            "these days."
        )
        % shares
    )


def _of_a_market(row: ResponseEstimate, shares: dict[str, str]) -> str:
    if row.verdict == Verdict.EFFECT:
        told = gettext(
            "%(outcome)s of “%(name)s”: about %(share)s %% go along with its seeding; between %(low)s %% and "
            "%(high)s %% is plausible."
        )
    else:
        told = gettext(
            "%(outcome)s of “%(name)s”: cannot tell yet. Anything between %(low)s %% and %(high)s %% of them "
            "would fit these days."
        )
    return told % shares


def in_the_baseline(row: ResponseEstimate) -> str:
    """What the estimate took out before it looked for seeding."""
    held = row.baseline
    parts = [gettext("level, trend, weekdays")]
    count = held.get("promotions", 0)
    stated = ngettext(
        "%(count)d promotion or festival of yours", "%(count)d promotions and festivals of yours", count
    )
    parts.append(stated % {"count": count} if count else gettext("no promotions: none were stated"))
    parts.append(str(FESTIVALS.get(held.get("festivals", "none"), "")))
    if held.get("price"):
        parts.append(gettext("price"))
    return listed(part for part in parts if part)
