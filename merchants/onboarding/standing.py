"""Where a merchant stands: one evaluator for the applicant's page, the reviewer, the API and the gates.

Five buckets, as payment platforms use them: currently due, eventually due, past due, pending, errors. A figure
that nobody knows yet is ``unknown`` and stops nothing. An expired licence restricts what it backs, after its days
of grace; never the whole account. A figure without a bound is judged by nobody, and so unknown too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from merchants.onboarding.checks import valid_until
from merchants.onboarding.requirements import Capability, Kind, Requirement

GRACE_DAYS = 30
"""For a merchant that was let in, where a new requirement names no time of its own: a paper has to be got from an
office and reviewed, and nobody's sales may stop on the day on which a rule begins."""


class State(StrEnum):
    """Of an item, which is the answer to one requirement."""

    MISSING = "missing"
    UPLOADED = "uploaded"
    CHECKING = "checking"
    IN_REVIEW = "in_review"
    ACCEPTED = "accepted"
    CHANGES_NEEDED = "changes_needed"
    WAIVED = "waived"


_PENDING = frozenset({State.CHECKING, State.IN_REVIEW})


@dataclass(frozen=True, slots=True)
class Answer:
    """``values`` by field; ``reason`` a code why changes are needed; ``waived_until`` the last day of a waiver.
    ``backed_until``: how long an earlier accepted proof holds, its days of grace with it, while a new one is made
    ready and looked at."""

    state: State = State.MISSING
    values: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    waived_until: date | None = None
    backed_until: date | None = None


@dataclass(frozen=True, slots=True)
class Error:
    """``field`` is empty where the whole item is meant; ``code`` is a reason of review or a fault of the field."""

    key: str
    field: str
    code: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Keys of requirements by bucket; of alternatives that nobody gave yet, all. ``deadline``: the first day on
    which something becomes past due. ``restricted``: capabilities that wait, with the keys they wait for. ``dues``: by
    key, the first day on which it is past due, of what has such a day."""

    currently_due: tuple[str, ...] = ()
    eventually_due: tuple[str, ...] = ()
    past_due: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    errors: tuple[Error, ...] = ()
    deadline: date | None = None
    restricted: Mapping[Capability, tuple[str, ...]] = field(default_factory=dict)
    spared: tuple[str, ...] = ()
    dues: Mapping[str, date] = field(default_factory=dict)

    @property
    def steps(self) -> tuple[int, int]:
        """How many of how many are done; a group of alternatives counts once and unknown figures do not."""
        open_groups = len(self._open)
        return len(self.done), len(self.done) + open_groups

    @property
    def _open(self) -> set[str]:
        return {*self.currently_due, *self.eventually_due, *self.past_due, *self.pending} - set(self.spared)

    def may(self, capability: Capability) -> bool:
        return capability not in self.restricted


def judged(
    requirements: Iterable[Requirement],
    answers: Mapping[str, Answer],
    figures: Mapping[str, Decimal | None],
    today: date,
    *,
    live: bool,
    since: date | None = None,
) -> Standing:
    """The standing on a day. ``figures`` by the name of a rule, None where unknown; ``live``: approved before,
    so that new requirements have their time and a review restricts nothing; ``since``: the day it was let in, None
    where that is not known. The time runs from the later of that day and the day the requirement holds from."""
    begins = since or date.min
    groups: dict[str, list[Requirement]] = {}
    for requirement in requirements:
        groups.setdefault(requirement.any_of or requirement.key, []).append(requirement)
    buckets: dict[str, list[str]] = {name: [] for name in (*_ORDER, "spared")}
    errors: list[Error] = []
    restricted: dict[Capability, list[str]] = {}
    dues: dict[str, date] = {}
    deadlines: list[date] = []
    for group in groups.values():
        told = [
            (
                one,
                _bucket(
                    replace(one, holds_from=max(one.holds_from, begins)),
                    answers.get(one.key, Answer()),
                    figures,
                    today,
                    live=live,
                ),
            )
            for one in group
        ]
        best = min(told, key=lambda pair: _ORDER.index(pair[1].name))
        if best[1].name in ("done", "unknown", "pending"):
            buckets[best[1].name].append(best[0].key)
            shown = [best]
        else:
            shown = told
            for n, (one, bucket) in enumerate(told):
                buckets[bucket.name].append(one.key)
                if n:
                    buckets["spared"].append(one.key)
        for one, bucket in shown:
            dues |= {one.key: bucket.due} if bucket.due else {}
            errors += _errors(one, answers.get(one.key, Answer()), today)
        deadlines += [one.due for _, one in shown if one.due and one.name != "past_due"]
        if best[1].restricts:
            for capability in dict.fromkeys(name for one, _ in shown for name in one.blocks):
                restricted.setdefault(capability, []).extend(one.key for one, _ in shown)
    return Standing(
        **{name: tuple(keys) for name, keys in buckets.items()},
        errors=tuple(errors),
        deadline=min(deadlines, default=None),
        dues=dues,
        restricted={capability: tuple(keys) for capability, keys in restricted.items()},
    )


_ORDER = ("done", "unknown", "pending", "eventually_due", "currently_due", "past_due")
"""Of alternatives, the one that is nearest to done speaks for all."""


@dataclass(frozen=True, slots=True)
class _Bucket:
    name: str
    restricts: bool = False
    due: date | None = None


def _bucket(
    one: Requirement, answer: Answer, figures: Mapping[str, Decimal | None], today: date, *, live: bool
) -> _Bucket:
    if one.kind == Kind.COMPUTED:
        value = figures.get(one.rule)
        if value is None or not one.limit:
            return _Bucket("unknown")
        return _Bucket("done") if within(value, one.limit) else _open(one, today, live=live)
    if answer.state == State.WAIVED:
        if answer.waived_until is None or today <= answer.waived_until:
            return _Bucket("done")
        return _open(one, today, live=live)
    if answer.state == State.ACCEPTED:
        return _accepted(one, answer, today, live=live)
    backed = live and answer.backed_until is not None and today <= answer.backed_until
    if answer.state in _PENDING:
        return _Bucket("pending", restricts=not backed and not (live and one.expiry is None))
    if backed:
        return _Bucket("done")
    if live and answer.backed_until is not None:  # it had its days of grace; to begin a renewal gives no more
        return _Bucket("past_due", restricts=True, due=answer.backed_until + timedelta(days=1))
    return _open(one, today, live=live)


def _accepted(one: Requirement, answer: Answer, today: date, *, live: bool) -> _Bucket:
    """Accepted holds until the date it names, and for its days of grace it restricts nothing."""
    if one.expiry is None or not answer.values.get(one.expiry.field):
        return _Bucket("done")
    last = valid_until(answer.values[one.expiry.field])
    if last is None or today <= last:
        return _Bucket("done")
    end = last + timedelta(days=one.expiry.grace_days)
    if live and today <= end:
        return _Bucket("currently_due", due=end + timedelta(days=1))
    return _Bucket("past_due", restricts=True, due=end + timedelta(days=1))


def _open(one: Requirement, today: date, *, live: bool) -> _Bucket:
    if not live:
        return _Bucket("currently_due", restricts=True)
    days = GRACE_DAYS if one.deadline_days is None else one.deadline_days
    due = one.holds_from + timedelta(days=days + 1)
    if today < due:
        return _Bucket("eventually_due", due=due)
    return _Bucket("past_due", restricts=True, due=due)


def _errors(one: Requirement, answer: Answer, today: date) -> list[Error]:
    """Of what was accepted, that it runs out is told by its bucket; of an answer with nothing in it, nothing."""
    if answer.state == State.CHANGES_NEEDED:
        return [Error(one.key, "", answer.reason)]
    if answer.state == State.ACCEPTED:
        return []
    faults = one.faults(answer.values, today)
    return [Error(one.key, name, code) for name, code in faults.items() if answer.values.get(name)]


def within(value: Decimal, limit: str) -> bool:
    """Whether a figure keeps a bound written as ``<= 0.05`` or ``>= 3``. Raises ValueError for another bound."""
    sign, _, bound = limit.partition(" ")
    if sign == "<=":
        return value <= Decimal(bound)
    if sign == ">=":
        return value >= Decimal(bound)
    raise ValueError(f"{limit!r} is no bound; write one as '<= 0.05' or '>= 3'")


def last_day(one: Requirement, answer: Answer) -> date | None:
    """The last day of the proof that holds; None for one without an end, and where none holds. While a renewal is
    prepared the former proof holds."""
    if one.expiry is None:
        return None
    if answer.state == State.ACCEPTED:
        stated = answer.values.get(one.expiry.field)
        return valid_until(stated) if stated else None
    return answer.backed_until - timedelta(days=one.expiry.grace_days) if answer.backed_until else None


def reminder(one: Requirement, answer: Answer, today: date) -> int | None:
    """The reminder that is due: of ``remind_days`` the smallest that the days left have come down to, so that a
    day on which nobody looked is caught up; None before the first, after the last day, and in review."""
    last = last_day(one, answer)
    if one.expiry is None or last is None or answer.state in _PENDING or last < today:
        return None
    return min((days for days in one.expiry.remind_days if (last - today).days <= days), default=None)
