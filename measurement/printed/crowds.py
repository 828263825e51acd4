"""Crowds as files: layers and flow. Published counts only, as on the screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from measurement.charts import crowds as charts
from measurement.crowds.asked import CrowdQuestion, read
from measurement.crowds.flow import RANKS, Flow
from measurement.exports import Head, Sheet, Table
from measurement.models import CrowdFlow, CrowdRule
from measurement.operations import crowd_flows, privacy_budget
from measurement.printed import profiles as printed_profiles
from measurement.printed.printed import Asking, NotReady, Printed, around, defined, head, money
from measurement.queries import crowds, profiles
from measurement.words import crowds as words
from measurement.words import said
from merchants.background import wake
from merchants.periods import Period

Problems = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Opened:
    """What a crowd page begins with. ``row`` None: the budget of questions is spent."""

    rules: list[CrowdRule]
    rule: CrowdRule
    question: CrowdQuestion
    row: CrowdFlow | None
    moved: crowds.Movement | None
    problems: Problems


def opened(asking: Asking) -> Opened | None:
    """The question of the address and its published matrix; None: nothing has come in, or is being computed
    for the first time."""
    merchant = asking.merchant
    rules = crowds.rules_of(merchant)
    number = asking.given.get("rule", "")
    rule = crowds.rule_in(
        rules, int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 0
    )
    through = crowd_flows.last_day(rule) if rule else None
    if rule is None or through is None or rule.built_at is None:
        wake("measurement.crowds", merchant_id=merchant.pk)
        return None
    question, problems = read(asking.given, through)
    asked = {"crowd": question.parameters(), "first": question.first, "last": question.last, "v": rule.pk}
    if not privacy_budget.may_ask(merchant, user_id=asking.user_id, question=asked):
        return Opened(rules, rule, question, None, None, problems)
    row = crowd_flows.ask(merchant, rule, question.first, question.last)
    return Opened(rules, rule, question, row, crowds.movement(row, question.spu), problems)


def profiles_of_account(asking: Asking) -> list[profiles.Cut]:
    """What the platform says of the whole account, where nothing of our own is known; a question like others."""
    asked = {"profiles": "account", "until": asking.today}
    if not privacy_budget.may_ask(asking.merchant, user_id=asking.user_id, question=asked):
        return []
    return profiles.of_account(asking.merchant, asking.today)


def _ready(asking: Asking) -> tuple[Opened, crowds.Movement]:
    found = opened(asking)
    if found is not None and found.row is None:
        raise NotReady(_("So many questions about people are answered in a day, and today's are asked."))
    if found is None or found.moved is None:
        raise NotReady(_("These layers are being worked out; try again in a minute."))
    return found, found.moved


def _said(asking: Asking, found: Opened) -> tuple[tuple[str, str], ...]:
    question = found.question
    names = crowds.spus_of(asking.merchant)
    return (
        (_("Rule"), _("v%(version)d, set by you; not the platform's") % {"version": found.rule.version}),
        (_("Product"), names.get(question.spu, _("The whole brand"))),
        (_("Between"), f"{question.first} – {question.last}"),
        (_("Counted"), _("in steps of %(k)d; fewer are hidden and an empty cell") % {"k": crowds.k()}),
        *around(asking.merchant, None),
    )


def _period(question: CrowdQuestion) -> Period:
    return Period(question.first, question.last + timedelta(days=1))


def print_crowds(asking: Asking) -> Printed:
    found, moved = _ready(asking)
    question = found.question
    reported = crowds.reported_layers(asking.merchant, question)
    carried = crowds.carried(asking.merchant, found.rule, question)
    told = profiles.cuts(asking.merchant, question)
    currency = asking.merchant.currency
    layers = [
        {
            "layer": words.layer_of_rank(layer),
            "start": moved.start(layer),
            "came": moved.came(layer),
            "left": moved.left(layer),
            "end": moved.end(layer),
            "reported": reported[layer].people if layer in reported else None,
        }
        for layer in RANKS[1:]
    ]
    heads = (
        Head("layer", _("Layer")),
        Head("start", _("At the start"), "count"),
        Head("came", _("Came in"), "count"),
        Head("left", _("Went out"), "count"),
        Head("end", _("At the end"), "count"),
        Head("reported", _("At the end, platform-reported"), "count"),
    )
    return Printed(
        stem=f"layers-{question.first}-{question.last}",
        sheet=Sheet(
            Table(pgettext("tab", "Layers"), heads, tuple(layers)),
            said=_said(asking, found),
            definitions=defined(
                (
                    *("layer_people", "layer_flow", "new_ti", "cpti", "platform_layer", "privacy_steps"),
                    *(("platform_profile", "tgi") if told else ()),
                )
            ),
            further=(
                *((_carriers(carried, question, currency),) if carried.rows else ()),
                *((printed_profiles.table(told),) if told else ()),
            ),
        ),
        query=question.parameters(),
        takeaway=takeaway(moved.flow, carried),
        chart=charts.of_layers(moved.flow),
        chart_title=_("People in each layer"),
        period=_period(question),
        listed=("layer", "start", "end"),
    )


def _carriers(carried: crowds.Carried, question: CrowdQuestion, currency: str) -> Table:
    rows = [
        {
            "name": row.name.name,
            "people": row.people,
            "cost": row.cost,
            "cpti": row.cpti,
            "low": row.low,
            "high": row.high,
            "reported": row.reported,
            "reported_cpti": row.reported_cpti,
        }
        for row in carried.rows
    ]
    return Table(
        _("What carried them"),
        (
            Head("name", said(words.CARRIERS, question.by)),
            head("people", of="new_ti"),
            money("cost", _("Cost"), currency),
            head("cpti", currency),
            money("low", _("95 %: from"), currency),
            money("high", _("95 %: to"), currency),
            Head("reported", _("New TI, platform-reported"), "count"),
            money("reported_cpti", _("Cost of one, platform-reported"), currency),
        ),
        tuple(rows),
    )


def takeaway(flow: Flow, carried: crowds.Carried) -> str:
    people = flow.end(crowds.TI)
    moved = people - flow.start(crowds.TI)
    if not people:
        return ""
    if carried.whole and carried.whole.cpti:
        return _("%(people)d people in TI, %(moved)+d; a new one cost ¥%(cpti).2f.") % {
            "people": people,
            "moved": moved,
            "cpti": carried.whole.cpti / 100,
        }
    return _("%(people)d people in TI, %(moved)+d; what a new one cost is not known.") % {
        "people": people,
        "moved": moved,
    }


def print_flow(asking: Asking) -> Printed:
    """The matrix, then the rates with their intervals. A sankey is no picture of bars and lines, so the letter
    has the file only."""
    found, moved = _ready(asking)
    question = found.question
    codes = {after: words.code_of_rank(after) for after in RANKS}
    rows = [
        {
            "from": words.layer_of_rank(before),
            **{codes[after]: moved.table.get((before, after)) for after in RANKS if before or after},
        }
        for before in RANKS
    ]
    rates = [
        {
            "from": words.layer_of_rank(before),
            "to": words.layer_of_rank(after),
            "people": people,
            "rate": rate.share if rate else None,
            "low": rate.low if rate else None,
            "high": rate.high if rate else None,
        }
        for (before, after), people in sorted(moved.table.shown.items(), key=lambda one: -one[1])
        if before and after != before
        for rate in [moved.rate(before, [after])]
    ]
    return Printed(
        stem=f"flow-{question.first}-{question.last}",
        sheet=Sheet(
            Table(
                pgettext("tab", "Flow"),
                (
                    Head("from", _("From")),
                    *(Head(codes[after], words.layer_of_rank(after), "count") for after in RANKS),
                ),
                tuple(rows),
            ),
            said=_said(asking, found),
            definitions=defined(("layer_people", "layer_flow", "layer_rate", "privacy_steps")),
            further=(
                Table(
                    _("Rates"),
                    (
                        Head("from", _("From")),
                        Head("to", _("To")),
                        Head("people", _("People"), "count"),
                        Head("rate", _("Share"), "share"),
                        Head("low", _("95 %: from"), "share"),
                        Head("high", _("95 %: to"), "share"),
                    ),
                    tuple(rates),
                ),
            ),
        ),
        query=question.parameters(),
        takeaway=flow_takeaway(moved),
        period=_period(question),
        listed=("from", *(codes[after] for after in RANKS[1:])),
    )


def flow_takeaway(moved: crowds.Movement) -> str:
    rose = moved.rate(crowds.TI - 1, RANKS[crowds.TI :])
    if rose is None:
        return ""
    return _(
        "Of those who stood in I, %(share).0f %% stand higher at the end (%(low).0f to %(high).0f %%)."
    ) % {
        "share": rose.share * 100,
        "low": rose.low * 100,
        "high": rose.high * 100,
    }
