"""Names of what experiments are, and their read-outs in plain words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from measurement.lift.geo import Method
from measurement.lift.plan import ExperimentKind, ExperimentState, Outcome

KINDS: dict[str, Any] = {
    ExperimentKind.HOLDOUT: _("People held back"),
    ExperimentKind.GEO: _("Places"),
    ExperimentKind.PAUSE: _("A pause"),
}
KINDS_TOLD: dict[str, Any] = {
    ExperimentKind.HOLDOUT: _(
        "Half of the people are shown nothing, by a coin. The sharpest test, if you decide who is shown what."
    ),
    ExperimentKind.GEO: _(
        "Half of the places get no seeding. For content that people cannot be held back from."
    ),
    ExperimentKind.PAUSE: _(
        "One product is not seeded for some weeks, the others go on. The simplest, and the weakest."
    ),
}
STATES: dict[str, Any] = {
    ExperimentState.DRAFT: pgettext_lazy("experiment", "Draft"),
    ExperimentState.REGISTERED: pgettext_lazy("experiment", "Registered, not begun"),
    ExperimentState.RUNNING: pgettext_lazy("experiment", "Running"),
    ExperimentState.ENDED: pgettext_lazy("experiment", "Ended"),
    ExperimentState.STOPPED: pgettext_lazy("experiment", "Stopped early"),
}
TONES = {
    ExperimentState.DRAFT: "muted",
    ExperimentState.REGISTERED: "muted",
    ExperimentState.RUNNING: "accent",
    ExperimentState.ENDED: "accent",
    ExperimentState.STOPPED: "warning",
}
OUTCOMES: dict[str, Any] = {
    Outcome.REVENUE: _("Revenue less refunds of a person"),
    Outcome.ORDERS: _("Orders of a person"),
    Outcome.BUYERS: _("Share of people who buy"),
}
POPULATIONS: dict[str, Any] = {
    "touched": _("Everybody whom the product reached in the 90 days before"),
    "listed": _("A list of people that you hand in"),
}
METHODS: dict[str, Any] = {
    "plain": _("Difference of the means (Welch)"),
    "cuped": _("Difference with the past taken out (CUPED)"),
    Method.TBR: _("Time-based regression"),
    Method.SC: _("Demeaned synthetic control"),
}
FAILURES: dict[str, Any] = {
    "few_people": _("Fewer than 100 people would take part. Choose a product that reached more, or hand in a list."),
    "no_variance": _("None of these people bought anything in as many days that have passed: nothing to compare."),
    "one_arm": _("One arm has fewer than two people."),
    "no_panel": _("No place has been handed in yet. Hand in what each place sold on each day of the past months."),
    "one_place": _("There is one place only; a comparison needs two at least, better twenty."),
    "one_product": _("No other product sold in these days, so nothing tells what would have happened anyway."),
    "no_orders": _("No order of this product is known yet."),
    "short_history": _("The days before are too few: three times the length of the test is needed."),
    "holes": _("A place lacks a day. Every place needs every day; write 0 where nothing was sold."),
    "panel_too_short": _("The places have not been handed in up to the last day of the test yet."),
    "few_days": _("There are too few days before the start."),
    "no_test_day": _("There is no day of the test yet."),
    "flat_arm": _("An arm sold the same on every day before the start, so nothing can be compared."),
}  # fmt: skip
REFUSALS: dict[str, Any] = {
    "reversed": _("The last day lies before the first."),
    "too_long": _("An experiment lasts half a year at most."),
    "no_lift": _("Hope for something between 0.1 % and 1,000 %."),
    "pause_needs_product": _("A pause needs the product that pauses."),
    "population": _("Choose who takes part."),
    "fixed": _("This experiment is registered: it cannot be changed any more. Plan another one."),
    "begun": _("Its first day has passed. Move the days, then register before it starts."),
    "not_computed": _("How likely it is to see the lift is still being computed; try again in a moment."),
    "cannot_start": _("It cannot start: see what is missing above."),
    "needs_reason": _("Write a reason of ten characters at least; it stays with the experiment."),
    "not_open": _("Only an experiment that is registered or running can be stopped."),
    "strangers": _(
        "Whom content reached is not your own list: an operator hands the arms over, for a purpose and until a day."
    ),
    "no_list": _("This experiment takes no list of people."),
}


def takeaway(kind: str, result: dict[str, Any]) -> str:
    """The read-out in a sentence, in the words of what would have happened anyway."""
    ci, relative = result.get("ci"), result.get("relative")
    if ci is None:
        return gettext("The days are too few to tell what would have happened anyway.")
    share = "–" if relative is None else f"{relative:+.1%}"
    if ci[0] > 0:
        said = gettext(
            "Seeding brought sales that would not have happened anyway: %(share)s, the interval lies above zero."
        )
    elif ci[1] < 0:
        said = gettext(
            "With seeding less was sold than would have been anyway: %(share)s, the interval lies below zero."
        )
    else:
        said = gettext(
            "Cannot be told from zero: it may all have happened anyway (%(share)s, the interval spans zero)."
        )
    return said % {"share": share}
