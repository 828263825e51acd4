"""What stands between a merchant and a category, and what late parcels, refunds and slow replies cost it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.utils import timezone

from merchants.models import Launch, LaunchGate, Merchant, ReadinessAnswer
from merchants.onboarding import requirements as sets
from merchants.onboarding.requirements import Applicant, Brand, Form, Kind, Requirement, Stage, Words
from merchants.onboarding.standing import Answer, Standing, State
from merchants.periods import Period, day_of, last_days
from merchants.queries import onboarding, requirement_sets
from merchants.readiness import figures
from merchants.readiness.figures import Effect, Figure
from merchants.readiness.launching import Gate, hindrances, launchable

DAYS = 90  # full days that figures are counted over


@dataclass(frozen=True, slots=True)
class Readiness:
    """One category of a merchant. ``papers`` are keys of requirements that the application answers; empty
    where the merchant came in without one, so that nothing is known of its papers (``has_case`` False).
    ``applied``: the category is one of those it applied for, so that its papers can be handed in; ``may_apply``: it
    can be applied for beside them."""

    trade: str
    requirements: list[Requirement]
    papers: frozenset[str]
    has_case: bool
    applied: bool
    may_apply: bool
    answers: Mapping[str, Answer]
    figures: Mapping[str, Figure]
    gate: Gate
    standing: Standing
    sets: list[str]
    launch: Launch | None

    @property
    def open(self) -> tuple[str, ...]:
        return hindrances(self.standing)


def trades(merchant: Merchant, today: date) -> dict[str, Words]:
    """The categories that there are requirements for, those of the merchant's application first."""
    every = sets.trades(requirement_sets.in_force(today))
    asked = {code for one in requirement_sets.in_force(today, Stage.LAUNCH) for code in one.categories}
    case = onboarding.application_of(merchant)
    own = set(case.trades) if case else set()
    return {code: every[code] for code in sorted(every, key=lambda code: code not in own) if code in asked}


def period_of(merchant: Merchant) -> Period:
    return last_days(DAYS, day_of(timezone.now(), ZoneInfo(merchant.time_zone)))


def readiness_of(merchant: Merchant, trade: str, today: date) -> Readiness:
    """The judgement on one category. Papers are those that the category asks of this merchant; what they are worth
    is read from its application."""
    case = onboarding.application_of(merchant)
    who = Applicant("CN", Form.COMPANY, frozenset({trade}), Brand.NONE)
    papers: list[Requirement] = []
    if case is not None:
        who = Applicant(case.country, Form(case.form), frozenset({trade}), Brand(case.brand))
        papers = sets.asked(requirement_sets.in_force(today), who)
    launching = [one for one in requirement_sets.in_force(today, Stage.LAUNCH) if one.applies(who)]
    asked = [*papers, *sets.asked(launching, who)]
    answers = {**_said(merchant, trade, asked, today), **onboarding.answers_of(merchant)}
    period, counted = period_of(merchant), figures.counted()
    told = {
        one.rule: counted[one.rule](merchant, period)
        for one in asked
        if one.kind == Kind.COMPUTED and one.rule in counted
    }
    row: LaunchGate | None = LaunchGate.objects.filter(trade=trade).first()
    gate = row.read() if row else Gate()
    return Readiness(
        trade=trade,
        requirements=asked,
        papers=frozenset(one.key for one in papers),
        has_case=case is not None,
        applied=case is not None and trade in {*case.trades, *case.further},
        may_apply=case is not None
        and onboarding.was_approved(case)
        and trade in onboarding.further_trades(case, today),
        answers=answers,
        figures=told,
        gate=gate,
        standing=launchable(asked, answers, told, gate, today),
        sets=[f"{one.code} {one.version}" for one in launching],
        launch=Launch.objects.for_merchant(merchant).filter(trade=trade).first(),
    )


def _said(merchant: Merchant, trade: str, asked: list[Requirement], today: date) -> dict[str, Answer]:
    """What was attested; a faulty answer counts as none, and keeps its values to be corrected."""
    by_key = {one.key: one for one in asked}
    rows = ReadinessAnswer.objects.for_merchant(merchant).filter(trade=trade, key__in=by_key)
    return {
        row.key: Answer(
            State.MISSING if by_key[row.key].faults(row.values, today) else State.ACCEPTED, row.values
        )
        for row in rows
    }


def effects_of(merchant: Merchant) -> list[Effect]:
    """What is known of how rows that went well and rows that did not ended, in the same days as the figures."""
    period = period_of(merchant)
    return [shows(merchant, period) for shows in figures.shown().values()]
