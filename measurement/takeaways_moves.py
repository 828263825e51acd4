"""Sentences of waste, moves and ripening, written by the server, never more than the figures say."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from measurement.metrics import Verdict
from measurement.queries.waste import Waste
from measurement.waste.moves import Came, Measure
from measurement.words import moves as named
from measurement.words import said


def money(fen: float) -> str:
    """¥ with a thousand, 万 or K; without importing the shell's formats."""
    yuan = abs(fen) / 100
    sign = "−" if fen < 0 else ""
    if (get_language() or "").startswith("zh"):
        return f"{sign}¥{yuan / 10_000:.1f}万" if yuan >= 10_000 else f"{sign}¥{yuan:,.0f}"
    if yuan >= 1_000_000:
        return f"{sign}¥{yuan / 1_000_000:.2f}M"
    return f"{sign}¥{yuan / 1000:.0f}K" if yuan >= 10_000 else f"{sign}¥{yuan:,.0f}"


def percent(share: float) -> str:
    return f"{share * 100:+.0f} %".replace("-", "−")


def of_waste(found: Waste) -> str:
    """How much of what was judged came back, how much did not, and how much cannot be told."""
    if not found.classes:
        return ""
    by_class = {one.verdict: one for one in found.classes}
    lost = by_class.get(Verdict.LOSING)
    open_ones = [by_class[v] for v in (Verdict.UNPROVEN, Verdict.RIPENING) if v in by_class]
    open_cost = money(sum(one.cost for one in open_ones))
    facts = {"cost": money(found.judged_cost), "open": open_cost}
    if lost:
        return ngettext(
            "Of %(cost)s, %(lost)s in %(rows)d row was not recouped by attributed sales; of %(open)s it "
            "cannot be told yet.",
            "Of %(cost)s, %(lost)s in %(rows)d rows was not recouped by attributed sales; of %(open)s it "
            "cannot be told yet.",
            lost.rows,
        ) % {**facts, "lost": money(lost.cost), "rows": lost.rows}
    return _("Of %(cost)s nothing is surely lost; of %(open)s it cannot be told yet.") % facts


def to_know(row: Any) -> str:
    """What it would take to know the class of a row, in words."""
    if row.verdict == Verdict.RIPENING and row.full_on:
        return _("complete on %(day)s") % {"day": row.full_on.isoformat()}
    if row.verdict != Verdict.UNPROVEN:
        return ""
    if row.more_people is None or row.more_weeks is None:
        return _("no realistic amount: return and cost are about equal; an experiment could tell")
    people = ngettext("%(n)d more buyer", "%(n)d more buyers", row.more_people) % {"n": row.more_people}
    weeks = ngettext("%(n)d more week of it", "%(n)d more weeks of it", row.more_weeks) % {
        "n": row.more_weeks
    }
    return pgettext("needed to know", "%(people)s or %(weeks)s") % {"people": people, "weeks": weeks}


def of_flag(flag: Any) -> str:
    """What a flag compared."""
    match flag.kind:
        case "flood":
            return _(
                "%(seen)s impressions on a day with usually %(usual)s; clicks and cost did not follow"
            ) % {
                "seen": f"{flag.value:,.0f}",
                "usual": f"{flag.usual:,.0f}",
            }
        case "dwell":
            return _("%(seen).1f s read on average, below %(usual).0f s") % {
                "seen": flag.value,
                "usual": flag.usual,
            }
    return _("%(seen).1f views of each device, usually below %(usual).1f") % {
        "seen": flag.value,
        "usual": flag.usual,
    }


def expectation(move: Any) -> str:
    """What a move should bring: figure, direction, size, day."""
    return _("%(figure)s %(how)s %(size)s %% by %(day)s") % {
        "figure": said(named.MEASURES, move.measure),
        "how": said(named.DIRECTIONS, move.direction),
        "size": f"{float(move.size) * 100:g}",
        "day": move.due_on.isoformat(),
    }


def outcome(move: Any) -> str:
    """What came, beside what was expected; or when it will be known. Never why."""
    if move.settled_at is None:
        return _("will be known on %(day)s") % {"day": move.matures_on.isoformat()}
    if move.came == Came.NO_BASE or not move.before:
        return _("nothing to compare with before it")
    facts = {
        "before": _figure(move.measure, move.before),
        "after": _figure(move.measure, move.after),
        "change": percent(move.after / move.before - 1),
    }
    if move.low is None or move.high is None:
        return _("%(before)s before, %(after)s after: %(change)s") % facts
    return _("%(before)s before, %(after)s after: %(change)s (95 %%: %(low)s to %(high)s)") % {
        **facts,
        "low": percent(move.low),
        "high": percent(move.high),
    }


def _figure(measure: str, value: float) -> str:
    if measure in {Measure.COST, Measure.CREDITED}:
        return money(value)
    return f"{value:.2f}" if measure == Measure.ROI else f"{value:.0f}"


def of_ripening(rows: Any) -> str:
    """How many still ripen, and which is behind what was to be expected."""
    young = [row for row in rows if row.share_in < 1]
    if not young:
        return _("All campaigns have ripened: what is in is all there will be.") if rows else ""
    behind = [row for row in young if row.low is not None and row.orders < row.low]
    ahead = [row for row in young if row.high is not None and row.orders > row.high]
    first = ngettext("%(n)d campaign still ripens.", "%(n)d campaigns still ripen.", len(young)) % {
        "n": len(young)
    }
    if behind:
        then = _("“%(name)s” is behind what your other campaigns make expect.") % {"name": behind[0].campaign}
    elif ahead:
        then = _("“%(name)s” is ahead of what your other campaigns make expect.") % {
            "name": ahead[0].campaign
        }
    else:
        then = _("None is outside of its band.") if any(row.low is not None for row in young) else ""
    return pgettext("two sentences", "%(first)s %(then)s") % {"first": first, "then": then} if then else first


def of_signal(each: float, usual: float | None) -> str:
    """A signal of the first days against the other campaigns."""
    if usual is None:
        return _("%(each).1f for ¥1,000") % {"each": each}
    return _("%(each).1f for ¥1,000; others %(usual).1f") % {"each": each, "usual": usual}


def of_relation(relation: Any) -> str:
    """What a signal was worth in the past."""
    if relation is None or relation.rho is None:
        n = relation.n if relation is not None else 0
        return ngettext(
            "not enough past: %(n)d cohort with this signal, 10 are needed",
            "not enough past: %(n)d cohorts with this signal, 10 are needed",
            n,
        ) % {"n": n}
    facts = {
        "rho": f"{relation.rho:.2f}",
        "low": f"{relation.low:.2f}",
        "high": f"{relation.high:.2f}",
        "n": relation.n,
    }
    if relation.low > 0:
        return (
            _("went with more orders later: rank correlation %(rho)s (%(low)s to %(high)s), n = %(n)d")
            % facts
        )
    if relation.high < 0:
        return (
            _("went with fewer orders later: rank correlation %(rho)s (%(low)s to %(high)s), n = %(n)d")
            % facts
        )
    return _("told nothing so far: rank correlation %(rho)s (%(low)s to %(high)s), n = %(n)d") % facts


def of_rule(rule: Any) -> str:
    """A rule as a sentence."""
    return _("On day %(day)d: if %(figure)s %(against)s %(threshold)s, then %(action)s") % {
        "day": rule.day,
        "figure": said(named.RULE_METRICS, rule.metric),
        "against": said(named.AGAINST, rule.against),
        "threshold": f"{rule.threshold.normalize():f}",
        "action": said(named.ACTIONS, rule.action),
    }
