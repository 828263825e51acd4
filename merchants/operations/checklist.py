"""What stands between a case and its submission, and which accepted papers may be renewed."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.utils import timezone

from merchants.models import ApplicationItem
from merchants.onboarding.cases import spoken
from merchants.onboarding.requirements import Kind, Requirement
from merchants.onboarding.standing import Answer, State, last_day
from merchants.queries.onboarding import Asked


def hindrances(asked: Asked, items: Mapping[str, ApplicationItem], *, live: bool) -> list[str]:
    """Keys that hinder a submission, in the order of the checklist. Of a merchant that is live: what is faulty, and
    what the trades it applies for lack; what else it has not answered yet has a deadline of its own."""
    if not live:
        return blockers(asked.requirements, items)
    new = blockers([one for one in asked.requirements if one.key in asked.further], items)
    wrong = faulty(asked.requirements, items)
    return [one.key for one in asked.requirements if one.key in {*new, *wrong}]


def blockers(asked: Collection[Requirement], items: Mapping[str, ApplicationItem]) -> list[str]:
    """Requirements that hinder a submission: of each group of alternatives none is ready, or one is faulty."""
    groups: dict[str, list[Requirement]] = {}
    for one in asked:
        if one.kind != Kind.COMPUTED:
            groups.setdefault(one.any_of or one.key, []).append(one)
    return [
        one.key
        for group in groups.values()
        if not any(_ready(one, items.get(one.key)) for one in group)
        for one in group
    ]


def faulty(asked: Collection[Requirement], items: Mapping[str, ApplicationItem]) -> list[str]:
    """What a merchant that is live hands over must be right."""
    return [
        one.key
        for one in asked
        if (item := items.get(one.key)) and item.state == State.UPLOADED and not _ready(one, item)
    ]


def answered(asked: Collection[Requirement], items: Mapping[str, ApplicationItem]) -> list[State]:
    """The state of each group of alternatives of which there is an answer."""
    groups: dict[str, list[State]] = {}
    for one in asked:
        if item := items.get(one.key):
            groups.setdefault(one.any_of or one.key, []).append(State(item.state))
    return [spoken(states) for states in groups.values()]


def is_renewable(one: Requirement, item: ApplicationItem) -> bool:
    """Whether another paper may take the place of the accepted one: it has a last day."""
    answer = Answer(State(item.state), item.values)
    return item.state == State.ACCEPTED and last_day(one, answer) is not None


def _ready(one: Requirement, item: ApplicationItem | None) -> bool:
    """Whether it may go to a reviewer, or was accepted and still holds."""
    today = timezone.localdate()
    if item is None or item.state in (State.MISSING, State.CHANGES_NEEDED):
        return False
    if item.state == State.ACCEPTED:
        last = last_day(one, Answer(State.ACCEPTED, item.values))
        return last is None or today <= last
    if item.state == State.WAIVED:
        return item.waived_until is None or today <= item.waived_until
    return item.state != State.UPLOADED or not one.faults(item.values, today)
