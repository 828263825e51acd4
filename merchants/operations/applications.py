"""A merchant's way in, as far as the merchant walks it: describe the business, answer, submit, withdraw, appeal."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from merchants import audit, tenancy
from merchants.models import Application, ApplicationItem, Membership, Merchant, User
from merchants.onboarding.cases import Act, Case, Refused, moved
from merchants.onboarding.checks import plain
from merchants.onboarding.requirements import (
    SELLS_NOTHING,
    Kind,
    Portal,
    Requirement,
    closed_trades,
    portals,
    trades,
)
from merchants.onboarding.standing import Answer, State, last_day
from merchants.operations.casebook import REFUSAL, changed, forget_refusal, locked, note
from merchants.operations.checklist import faulty, hindrances, is_renewable
from merchants.queries import onboarding, requirement_sets
from merchants.roles import OWNER

__all__ = [
    "Blocked",
    "Business",
    "Faulty",
    "Refused",
    "answer",
    "appeal",
    "describe",
    "start",
    "submit",
    "withdraw",
]
OPEN = (Case.DRAFT, Case.CHANGES_NEEDED, Case.WITHDRAWN)  # cases that the merchant may work on
ALONG = (*onboarding.WAITING, Case.APPROVED)  # cases that a renewed paper may join
UNANSWERED = (State.MISSING, State.UPLOADED, State.CHANGES_NEEDED)  # items that it may
CASES_OF_ONE_PERSON = 3  # on their way in at the same time


class Faulty(ValueError):
    """A description that cannot be taken: ``field`` and the ``code`` of what is wrong, with ``more`` to say of it."""

    def __init__(self, field: str, code: str, more: str = "") -> None:
        super().__init__(f"{field}: {code}")
        self.field, self.code, self.more = field, code, more


class Blocked(ValueError):
    """What stands between a case and its submission: keys of requirements, in the order of the checklist."""

    def __init__(self, keys: list[str]) -> None:
        super().__init__(", ".join(keys))
        self.keys = keys


@dataclass(frozen=True, slots=True)
class Business:
    """What decides about the checklist. ``stores`` are names or addresses."""

    name: str
    form: str
    brand: str
    trades: Collection[str]
    stores: Collection[str] = ()
    country: str = "CN"


def start(user: User, business: Business, *, by: str) -> Application:
    """Makes the merchant as one that applies, its owner, and the case. Raises :class:`Faulty`."""
    business = _plain(business)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)  # one after another, so that the limit holds
        if _under_way(user) >= CASES_OF_ONE_PERSON:
            raise Faulty("name", "too_many")
        merchant = Merchant.objects.create(
            code=f"m-{secrets.token_hex(5)}",
            name=business.name,
            kind=kind_of(business.trades),
            status=Merchant.Status.APPLYING,
        )
        Membership.objects.create(user=user, merchant=merchant, role=OWNER.code)
        return describe(merchant, business, by=by)


def describe(merchant: Merchant, business: Business, *, by: str) -> Application:
    """States what the business is; answers that are still asked for stay. Raises :class:`Faulty`, and
    :class:`Refused` while the case is being reviewed and, with ``let_in``, of a merchant that was let in as it is
    described: it applies for further trades, with their papers."""
    business = _plain(business)
    told: dict[str, Any] = {
        "name": business.name,
        "form": business.form,
        "brand": business.brand,
        "country": business.country,
        "trades": sorted(business.trades),
        "stores": list(business.stores),
    }
    who = onboarding.about(Application(**told), business.trades)
    now = requirement_sets.in_force(timezone.localdate())
    if not who.categories or who.categories - set(trades(now)):
        raise Faulty("trades", "missing")
    if len(who.categories) > 1 and any(portals(now)[trade] in SELLS_NOTHING for trade in who.categories):
        raise Faulty("trades", "mixed")
    if shut := closed_trades(now, who):
        raise Faulty("trades", "closed", ",".join(shut))
    with tenancy.acting_for(merchant):
        case: Application | None = Application.objects.for_merchant(merchant).select_for_update().first()
        if case is None:
            case = Application.objects.create(merchant=merchant, **told)
            note(case, "start", by=by)
        else:
            _open(case)
            if onboarding.was_approved(case):
                raise Refused("let_in")
            for name, value in told.items():
                setattr(case, name, value)
            changed(case, *told)
            note(case, "describe", by=by)
        if merchant.status == Merchant.Status.APPLYING:
            Merchant.objects.filter(pk=merchant.pk).update(name=case.name, kind=kind_of(business.trades))
        audit.record(merchant, "merchants.application.described", by=by, on=case, trades=case.trades)
    return case


def answer(
    merchant: Merchant, key: str, values: Mapping[str, str], *, by: str, paper: bool = False
) -> ApplicationItem:
    """Keeps what was filled in, right or wrong: one may go on later, and the checklist says what is wrong.
    ``paper``: one has just been handed in; it renews an accepted one that has an end. Raises ``KeyError`` for a
    requirement that is not asked, and :class:`Refused` for an answer that is being reviewed or was accepted."""
    with tenancy.acting_for(merchant):
        case = locked(merchant)
        asked = onboarding.asked_of(case, timezone.localdate())
        one = {one.key: one for one in asked.requirements}[key]
        item: ApplicationItem
        item, _ = ApplicationItem.objects.for_merchant(merchant).get_or_create(
            merchant=merchant, application=case, key=key
        )
        if paper and is_renewable(one, item):
            _renew(case, item, one, by=by)
        if not goes_along(case, item):
            _open(case)
        if item.state not in UNANSWERED:
            raise Refused("not_now")
        item.values = {
            field.key: plain(values.get(field.key, item.values.get(field.key, "")))[:200]
            for field in one.fields
        }
        if one.kind == Kind.ATTESTED or paper:
            item.state = State.UPLOADED
        item.save()
        changed(case)
        audit.record(merchant, "merchants.application.answered", by=by, on=item, key=key)
    return item


def goes_along(case: Application, item: ApplicationItem) -> bool:
    """Whether it may be worked on although the case is closed to the merchant: a renewal that has begun and, of a
    merchant that was let in, what a newer rule asks."""
    begun = case.state == Case.APPROVED or (case.state in ALONG and item.backed_until is not None)
    return begun and item.state in UNANSWERED


def submit(merchant: Merchant, *, user: User, by: str) -> Application:
    """Hands the case over to the reviewers. What a merchant attests is accepted with that, what is verified goes
    to review. Raises :class:`Blocked` with what is missing or faulty, :class:`Refused` when it is not the time."""
    with tenancy.acting_for(merchant):
        case = _locked_inside(merchant)
        if case.state in ALONG and merchant.status != Merchant.Status.APPLYING:
            return _send_along(merchant, case, user, by=by)
        after = moved(Case(case.state), Act.SUBMIT)
        asked = onboarding.asked_of(case, timezone.localdate())
        items = onboarding.items_of(merchant)
        live = merchant.status != Merchant.Status.APPLYING
        if keys := hindrances(asked, items, live=live):
            raise Blocked(keys)
        if live and not case.further and not any(item.state == State.UPLOADED for item in items.values()):
            raise Refused("nothing_new")
        for one in asked.requirements:
            item = items.get(one.key)
            if item is not None and item.state == State.UPLOADED:
                _hand_over(item, user, State.ACCEPTED if one.kind == Kind.ATTESTED else State.IN_REVIEW)
        before, case.state = case.state, after
        case.round += 1
        case.submitted_at, case.decided_at = datetime.now(UTC), None
        changed(case, "state", "round", "submitted_at", "decided_at")
        note(case, "submit", by=by, before=before, sets=asked.sets, values=_trades(case))
        audit.record(merchant, "merchants.application.submitted", by=by, on=case, round=case.round)
    return case


def _send_along(merchant: Merchant, case: Application, user: User, *, by: str) -> Application:
    """Hands renewed papers, and answers to newer rules, over into the review that runs; where none does, the case
    opens for them, unless all is attested and so accepted at once. Raises :class:`Blocked` and
    :class:`Refused` (``nothing_new``)."""
    asked = onboarding.asked_of(case, timezone.localdate())
    items = onboarding.items_of(merchant)
    keys = {one.key for one in asked.requirements}
    ready = [
        item
        for key, item in items.items()
        if key in keys and item.state == State.UPLOADED and goes_along(case, item)
    ]
    if not ready:
        raise Refused("nothing_new")
    if wrong := faulty(asked.requirements, {item.key: item for item in ready}):
        raise Blocked(wrong)
    attested = {one.key for one in asked.requirements if one.kind == Kind.ATTESTED}
    for item in ready:
        _hand_over(item, user, State.ACCEPTED if item.key in attested else State.IN_REVIEW)
    before = Case(case.state)
    if before == Case.APPROVED and any(item.key not in attested for item in ready):
        case.state = moved(moved(before, Act.RENEW), Act.SUBMIT)
        case.round += 1
        case.submitted_at, case.decided_at = datetime.now(UTC), None
    changed(case, "state", "round", "submitted_at", "decided_at")
    note(case, "submit", by=by, before=before, sets=asked.sets, values=_trades(case))
    audit.record(merchant, "merchants.application.submitted", by=by, on=case, round=case.round)
    return case


def _trades(case: Application) -> dict[str, list[str]]:
    """The trades that a submission is for, told with it: the case may be described anew later."""
    return {"trades": sorted({*case.trades, *case.further})}


def _hand_over(item: ApplicationItem, user: User, state: State) -> None:
    item.state = state
    item.submitter, item.first_reviewer, item.second_reviewer = user, None, None
    item.reason = item.note = ""
    item.save()


def _renew(case: Application, item: ApplicationItem, one: Requirement, *, by: str) -> None:
    """Opens an accepted answer; what it proves holds on until its last day and its days of grace. A review that runs
    goes on: the paper joins it."""
    before = Case(case.state)
    if before not in OPEN and before not in onboarding.WAITING:
        case.state = moved(before, Act.RENEW)
    last = last_day(one, Answer(State(item.state), item.values))
    assert last is not None
    assert one.expiry is not None
    item.backed_until = last + timedelta(days=one.expiry.grace_days)
    item.state = State.MISSING
    changed(case, "state")
    note(case, "renew", by=by, before=before)


def withdraw(merchant: Merchant, *, by: str) -> Application:
    """Takes a case back; what was in review can be changed again. Raises :class:`Refused`."""
    with tenancy.acting_for(merchant):
        case = locked(merchant)
        after = moved(Case(case.state), Act.WITHDRAW)
        waiting = ApplicationItem.objects.for_merchant(merchant).filter(state=State.IN_REVIEW)
        waiting.update(state=State.UPLOADED, first_reviewer=None, second_reviewer=None)
        before, case.state = case.state, after
        forget_refusal(case)
        changed(case, "state", *REFUSAL)
        note(case, "withdraw", by=by, before=before)
        audit.record(merchant, "merchants.application.withdrawn", by=by, on=case)
    return case


def appeal(merchant: Merchant, words: str, *, by: str) -> Application:
    """Has what was refused, single answers or the whole, looked at by somebody else, once. Raises :class:`Refused`:
    ``not_now``, ``once``, or ``empty`` for an appeal that says nothing."""
    with tenancy.acting_for(merchant):
        case = _locked_inside(merchant)
        after = moved(Case(case.state), Act.APPEAL)
        if case.appealed_at is not None:
            raise Refused("once")
        if not plain(words):
            raise Refused("empty")
        asked = onboarding.asked_of(case, timezone.localdate())
        refused = ApplicationItem.objects.for_merchant(merchant).filter(
            state=State.CHANGES_NEEDED, key__in=[one.key for one in asked.requirements]
        )
        refused.update(state=State.IN_REVIEW, first_reviewer=None, second_reviewer=None)
        before, case.state = case.state, after
        case.appealed_at = case.submitted_at = datetime.now(UTC)
        case.appeal, case.decided_at = words.strip()[:1000], None
        forget_refusal(case)
        changed(case, "state", "appealed_at", "appeal", "submitted_at", "decided_at", *REFUSAL)
        note(case, "appeal", by=by, before=before)
        audit.record(merchant, "merchants.application.appealed", by=by, on=case)
    return case


def _locked_inside(merchant: Merchant) -> Application:
    """The case, locked, of a merchant that was not closed a moment ago: a reviewer gets no case of one that left."""
    case = locked(merchant)
    if Merchant.objects.filter(pk=merchant.pk, status__in=Merchant.CLOSED).exists():
        raise Refused("not_now")
    return case


def _under_way(user: User) -> int:
    """Cases of a person that are on their way in; one that was refused is not."""
    count = 0
    for merchant in Merchant.objects.filter(memberships__user=user, status=Merchant.Status.APPLYING):
        with tenancy.acting_for(merchant):
            count += not Application.objects.for_merchant(merchant).filter(state=Case.REFUSED).exists()
    return count


def _plain(business: Business) -> Business:
    name = plain(business.name)
    if not name:
        raise Faulty("name", "missing")
    return Business(
        name[:120],
        business.form,
        business.brand,
        frozenset(business.trades),
        [plain(store)[:120] for store in business.stores if plain(store)][:50],
        business.country,
    )


def kind_of(trades_: Collection[str]) -> str:
    """Which portal a merchant gets by the sets of its trades: that of an agency, a blogger, a service, or a brand."""
    said = portals(requirement_sets.in_force(timezone.localdate()))
    found = {said.get(trade, Portal.BRAND) for trade in trades_}
    first = next((one for one in (*SELLS_NOTHING, Portal.SERVICE) if one in found), Portal.BRAND)
    return Merchant.Kind(first.value)


def _open(case: Application) -> None:
    if case.state not in OPEN:
        raise Refused("not_now")
