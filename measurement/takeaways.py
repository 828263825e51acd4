"""The sentence on top of a page: what the figures say, written by the server, never more than they say."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from measurement.choices import Model
from measurement.metrics import Verdict, change
from measurement.queries.curve import Curve
from measurement.reports import Axis, Dimension, Report, Row

CLOSE = Decimal("0.1")  # models this near to each other tell the same story


def of_results(report: Report) -> str:
    """What the report says first: what returns most per yuan, else what carries most; then the doubt."""
    parts = [_over_time(report) if report.query.by == Dimension.DAY else _first(report), _doubt(report)]
    if not all(parts):
        return "".join(parts)
    return pgettext("two sentences", "%(first)s %(then)s") % {"first": parts[0], "then": parts[1]}


def of_curve(found: Curve) -> str:
    """Where the period stands and where it is expected to end; on order days, how old the touches were."""
    total = found.total
    if found.query.axis == Axis.ORDER or not total.credited:
        return ""
    if total.final is None:
        return _("Where these touches will end cannot be told yet: too little has come in to learn from.")
    if total.final.share >= 1:
        return _("Everything these touches will bring within the decision cycle has come in.")
    said = {"share": f"{total.final.share * 100:.0f}"}
    ends = total.final_roi
    if ends is None:
        return _("About %(share)s %% of what these touches will bring has come in.") % said
    low, high = (f"{end:.2f}" for end in ends[1:])
    return _("About %(share)s %% has come in; ROI is expected to end between %(low)s and %(high)s.") % {
        **said,
        "low": low,
        "high": high,
    }


def _over_time(report: Report) -> str:
    """How the period stands against the one before, at the same age."""
    before = report.before
    moved = change(report.total.credited, before.credited, before.orders) if before else None
    if moved is None:
        return ""
    percent = f"{abs(moved) * 100:.0f}"
    if moved >= 0:
        return _("%(percent)s %% more attributed return than the period before at the same age.") % {
            "percent": percent
        }
    return _("%(percent)s %% less attributed return than the period before at the same age.") % {
        "percent": percent
    }


def _first(report: Report) -> str:
    if not report.joinable:
        return _("No order can be tied to content yet, so the return of what was spent is unknown.")
    rows = [row for row in report.rows if row.credited]
    paid = [row for row in rows if row.roi is not None and (row.cost or 0) > 0]
    if paid:
        best = max(paid, key=_surely_returned)
        return _("“%(name)s” has the highest attributed return per yuan: %(roi)s.") % {
            "name": best.name,
            "roi": f"{best.roi:.2f}",
        }
    if rows and report.total.credited:
        largest = max(rows, key=lambda row: row.credited or 0)
        share = Decimal(largest.credited or 0) / report.total.credited
        return _("“%(name)s” carries %(share)s %% of the attributed return; no cost is known here.") % {
            "name": largest.name,
            "share": f"{share * 100:.0f}",
        }
    return ""


def _surely_returned(row: Row) -> Decimal:
    """The lower end of the interval for each yuan: a large return of few orders does not come first."""
    least = row.low if row.low is not None else row.credited
    return Decimal(least or 0) / (row.cost or 1)


def _doubt(report: Report) -> str:
    if report.query.by == Dimension.DAY:
        return ""
    judged = [row for row in report.rows if row.verdict]
    if not judged:
        return ""
    unproven = sum(row.verdict == Verdict.UNPROVEN for row in judged)
    ripening = sum(row.verdict == Verdict.RIPENING for row in judged)
    losing = sum(row.verdict == Verdict.LOSING for row in judged)
    facts = {"of": len(judged), "unproven": unproven, "ripening": ripening, "losing": losing}
    if losing:
        return (
            ngettext(
                "%(losing)d of %(of)d with a cost was not recouped by attributed sales.",
                "%(losing)d of %(of)d with a cost were not recouped by attributed sales.",
                losing,
            )
            % facts
        )
    if unproven:
        return (
            ngettext(
                "%(unproven)d of %(of)d with a cost cannot be told from zero yet.",
                "%(unproven)d of %(of)d with a cost cannot be told from zero yet.",
                unproven,
            )
            % facts
        )
    if ripening:
        return (
            ngettext(
                "%(ripening)d of %(of)d with a cost is still ripening.",
                "%(ripening)d of %(of)d with a cost are still ripening.",
                ripening,
            )
            % facts
        )
    return _("All with a cost are above it, the whole interval.")


def of_models(report: Report) -> str:
    """How far the choice of the model matters on this page."""
    rows = [row for row in report.rows if any(row.shares.values())]
    if not rows:
        return ""
    apart = sum(not close(row) for row in rows)
    if not apart:
        return _("The models agree on every row within 10 %; the choice hardly matters here.")
    return ngettext(
        "The models disagree on %(apart)d of %(all)d rows; the largest disagreement stands first.",
        "The models disagree on %(apart)d of %(all)d rows; the largest disagreements stand first.",
        apart,
    ) % {"apart": apart, "all": len(rows)}


def close(row: Row) -> bool:
    """Whether all models give this row about the same."""
    most = max(row.shares.values(), default=0)
    return most <= 0 or Decimal(row.spread) / most <= CLOSE


def why_models_differ(row: Row) -> str:
    """A plain sentence: where in the journeys the row stands."""
    if not any(row.shares.values()):
        return ""
    if close(row):
        return _("All models agree within 10 %.")
    most = max(row.shares, key=lambda model: row.shares[model])
    least = min(row.shares, key=lambda model: row.shares[model])
    return _of_all_journeys(most, least) or _of_ends(row, most)


def _of_all_journeys(most: str, least: str) -> str:
    """Why a model that knows all journeys stands out; empty where none does."""
    if most == "markov":
        return _("Hard to replace: journeys that come here often end with an order, others get there less.")
    if most == "leave_one_out":
        return _("Takes part in many orders, seldom alone: counted by presence it gets most.")
    if most == "shapley":
        return _(
            "Met once in a journey where others are met again and again: shared by channel it gets more."
        )
    if least == "markov":
        return _("Many meet it and do not order: the chain, which knows those journeys too, gives it least.")
    return ""


def _of_ends(row: Row, most: str) -> str:
    first, last = row.shares.get(Model.FIRST, 0), row.shares.get(Model.LAST, 0)
    if most == Model.FIRST or (first > last and most == Model.POSITION):
        return _("Opens journeys: buyers often met the product here first.")
    if most == Model.LAST or (last > first and most in {Model.POSITION, Model.DECAY}):
        return _("Closes journeys: it is often the last thing seen before the order.")
    return _("Stands in the middle: seldom the first or the last touch before an order.")
