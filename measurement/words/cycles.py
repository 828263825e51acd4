"""Words of decision cycles: where they come from, what is missing, how to read them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from measurement import words
from measurement.cycles.learned import LEAST_BUYERS, LEAST_DAYS, LEAST_PEOPLE, Refusal
from measurement.models import CyclePreview, LearnedCycle

_REFUSED: dict[str, Any] = {
    Refusal.TOO_FEW_PEOPLE: gettext_lazy(
        "%(n)d people seeded; at least %(least)d are needed to learn a cycle."
    ),
    Refusal.TOO_FEW_BUYERS: gettext_lazy(
        "%(n)d of the people seeded bought; at least %(least)d are needed to learn a cycle."
    ),
    Refusal.TOO_SHORT: gettext_lazy("People were followed for %(n)d days; at least %(least)d are needed."),
}


def refused(row: LearnedCycle) -> str:
    """Why no cycle is shown, and what would make one; empty when one is."""
    facts = {
        Refusal.TOO_FEW_PEOPLE: (row.n, LEAST_PEOPLE),
        Refusal.TOO_FEW_BUYERS: (row.buyers, LEAST_BUYERS),
        Refusal.TOO_SHORT: (row.follow_up, LEAST_DAYS),
    }
    if not row.refusal:
        return ""
    refusal = Refusal(row.refusal)
    n, least = facts[refusal]
    return str(_REFUSED[refusal] % {"n": n, "least": least})


def unlearned(row: LearnedCycle | None, *, ever: bool) -> str:
    """Why a dash stands instead of a learned cycle; empty when one does. ``ever``: a run of learning is done."""
    if row is not None:
        return refused(row)
    if ever:
        return _("No person whose key is known was seeded with it.")
    return _("Nothing has been learned yet; it begins by itself at night.")


def source_of_learned(row: LearnedCycle, share: str) -> str:
    """Where an adopted cycle comes from, for those who read the report later."""
    return _(
        "%(share)s of %(buyers)d buyers among %(n)d people seeded, followed for %(days)d days, data to %(day)s"
    ) % {
        "share": share,
        "buyers": row.buyers,
        "n": row.n,
        "days": row.follow_up,
        "day": row.learning.data_through.isoformat(),
    }


def takeaway(row: LearnedCycle | None, days: int) -> str:
    """What the learned curve says of the cycle that holds, in a sentence."""
    if row is None:
        return _("Nothing has been learned yet; the cycle that holds is %(days)d days.") % {"days": days}
    if row.refusal:
        return refused(row)
    facts = {"p50": row.p50, "p80": row.p80, "days": days}
    text = _("Of those who buy, half have bought by day %(p50)d and four in five by day %(p80)d; ") % facts
    if row.p80 is not None and days < row.p80:
        return (
            text
            + _("the cycle that holds, %(days)d days, is shorter and leaves late orders without credit.")
            % facts
        )
    if row.p95 is not None and days > row.p95:
        return (
            text + _("the cycle that holds, %(days)d days, is longer than almost all of them need.") % facts
        )
    return text + _("the cycle that holds, %(days)d days, fits.") % facts


def of_preview(row: CyclePreview) -> str:
    """What another cycle would change, in a sentence."""
    if not row.changed_lines:
        return _("Nothing changes: every order line keeps its credit.")
    if row.credited_after >= row.credited_before:
        return _("More orders find their content: the credited revenue rises.")
    return _("Fewer orders find their content: the credited revenue falls.")


def basis(value: str) -> str:
    return words.said(words.CYCLE_BASES, value)
