"""Where a merchant stands on its way in: what is asked, what was answered, and how long it waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max, Min, Q

from merchants.models import Application, ApplicationItem, Merchant, ReviewEvent
from merchants.models.merchant import SELLERS
from merchants.onboarding import cases, standing
from merchants.onboarding import requirements as sets
from merchants.onboarding.cases import Case
from merchants.onboarding.waiting import usual
from merchants.periods import SHANGHAI, day_of
from merchants.queries import requirement_sets

WAITING = (Case.SUBMITTED, Case.IN_REVIEW)
PAST_CASES = 40  # the newest of them tell how long a review usually takes


@dataclass(frozen=True, slots=True)
class Asked:
    """What a merchant is asked on a day: ``requirements`` now, ``coming`` from later versions that ask for something
    more or other, ``sets`` as code and version; ``further``: keys of those asked for the trades that a merchant
    which was let in applies for."""

    requirements: list[sets.Requirement]
    coming: list[sets.Requirement]
    sets: list[str]
    further: frozenset[str]


@dataclass(frozen=True, slots=True)
class Turn:
    """``place`` in the queue of all merchants, from 1; ``hours`` that a review usually takes, None where no case
    was decided yet; ``cases`` that this was measured on."""

    place: int
    hours: float | None
    cases: int


def application_of(merchant: Merchant) -> Application | None:
    found: Application | None = Application.objects.for_merchant(merchant).first()
    return found


def items_of(merchant: Merchant) -> dict[str, ApplicationItem]:
    return {item.key: item for item in ApplicationItem.objects.for_merchant(merchant)}


def about(case: Application, trades: Iterable[str]) -> sets.Applicant:
    """The business as far as these trades of it go."""
    return sets.Applicant(case.country, sets.Form(case.form), frozenset(trades), sets.Brand(case.brand))


def asked_of(case: Application, today: date, *, further: bool = True) -> Asked:
    """A case that waits is judged by the rules of the day on which it was submitted; any other by today's. Not
    ``further``: what is asked for the trades that the merchant was let in with."""
    day = day_of(case.submitted_at) if case.submitted_at and case.state in WAITING else today
    wanted = case.further if further else []
    every = requirement_sets.published()
    now, who = sets.in_force(every, day), about(case, [*case.trades, *wanted])
    found = sets.asked(now, who)
    new = sets.asked(now, about(case, wanted)) if wanted else []
    known = {one.key: one for one in found}
    later = sets.asked(sets.to_come(every, day), who)
    coming = [one for one in later if one.key not in known or sets.differ(one, known[one.key])]
    named = [f"{one.code} {one.version}" for one in sets.applying(now, who)]
    return Asked(found, coming, named, frozenset(one.key for one in new))


def answers_of(merchant: Merchant) -> dict[str, standing.Answer]:
    """What was answered, as the judgement takes it."""
    return {
        key: standing.Answer(
            standing.State(item.state), item.values, item.reason, item.waived_until, item.backed_until
        )
        for key, item in items_of(merchant).items()
    }


def standing_of(merchant: Merchant, asked: Asked, today: date) -> standing.Standing:
    """The one judgement that the merchant, the reviewer and the gates see."""
    live = merchant.status == Merchant.Status.ACTIVE
    since = let_in_on(merchant) if live else None
    return standing.judged(asked.requirements, answers_of(merchant), {}, today, live=live, since=since)


def restricted(merchant: Merchant, today: date) -> Mapping[sets.Capability, tuple[str, ...]]:
    """Capabilities that wait, with the requirements they wait for. Of a merchant that was never let in by an
    application nothing is known, and nothing waits; trades that it applies for beside its own hold nothing up."""
    case = application_of(merchant)
    if case is None or not was_approved(case):
        return {}
    return standing_of(merchant, asked_of(case, today, further=False), today).restricted


def let_in_on(merchant: Merchant) -> date | None:
    """The day of the first approval; None where no event tells of one."""
    events = ReviewEvent.objects.for_merchant(merchant).filter(after=Case.APPROVED)
    first = events.aggregate(at=Min("at"))["at"]
    return day_of(first) if first else None


def was_approved(case: Application) -> bool:
    """Now, or before a renewal or another trade opened the case again."""
    if case.state == Case.APPROVED:
        return True
    events = ReviewEvent.objects.for_merchant(case.merchant_id).filter(application=case)
    return bool(events.filter(Q(after=Case.APPROVED) | Q(before=Case.APPROVED)).exists())


def is_over(merchant: Merchant, now: datetime) -> bool:
    """Whether the application of a merchant that was not let in has ended, or was never begun for as long."""
    case = application_of(merchant)
    if case is None:
        return cases.is_over(Case.DRAFT, appealed=False, quiet=now - merchant.created_at)
    touched = ApplicationItem.objects.for_merchant(merchant).aggregate(at=Max("touched_at"))["at"]
    events = ReviewEvent.objects.for_merchant(merchant).filter(application=case).aggregate(at=Max("at"))["at"]
    last = max(at for at in (case.created_at, touched, events) if at)
    return cases.is_over(Case(case.state), appealed=case.appealed_at is not None, quiet=now - last)


def further_trades(case: Application, today: date) -> dict[str, sets.Words]:
    """Trades that a merchant which was let in may apply for beside its own; none for who sells nothing."""
    now = requirement_sets.in_force(today)
    if case.merchant.kind not in SELLERS:
        return {}
    sold = {code for code, portal in sets.portals(now).items() if portal not in sets.SELLS_NOTHING}
    known = {*case.trades, *case.further}
    found = {code: words for code, words in sets.trades(now).items() if code in sold - known}
    shut = sets.closed_trades(now, about(case, found))
    return {code: words for code, words in found.items() if code not in shut}


def turn_of(case: Application) -> Turn | None:
    """The place of a waiting case; None for one that does not wait. Read as the dispatcher, who sees of all
    merchants that there are cases and when they came, and nothing else of them."""
    if case.state not in WAITING or case.submitted_at is None:
        return None
    with transaction.atomic(using="dispatch"):
        rows = Application.objects.using("dispatch")
        before = (
            rows.filter(state__in=WAITING, submitted_at__lt=case.submitted_at).exclude(pk=case.pk).count()
        )
        newest = rows.exclude(decided_at=None).exclude(state__in=WAITING).order_by("-decided_at")[:PAST_CASES]
        past = [
            (begin, end) for begin, end in newest.values_list("submitted_at", "decided_at") if begin and end
        ]
    return Turn(before + 1, usual(past, SHANGHAI), len(past))
