"""A case as its reviewer sees it: what was answered, what can be told of it, what was refused before, who looked."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from merchants.models import Application, ApplicationItem, DocumentVersion, Membership, Merchant, ReviewEvent
from merchants.onboarding.cases import Hold, Look, Refused, may_decide
from merchants.onboarding.findings import Difference, Finding, differences, findings
from merchants.onboarding.requirements import Kind, Requirement
from merchants.onboarding.standing import State
from merchants.queries import onboarding


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement of a case. ``item`` None: not answered; ``papers`` from the first version on; ``refusal`` the
    last time it was refused, with the ``changes`` since then and whether the ``same_paper`` was handed in again.
    ``barrier``: why this reviewer may not decide about it, a code of ``may_decide``, empty if they may."""

    one: Requirement
    item: ApplicationItem | None
    state: State
    papers: list[DocumentVersion]
    findings: list[Finding]
    refusal: ReviewEvent | None
    changes: list[Difference]
    same_paper: bool
    barrier: str

    @property
    def waits(self) -> bool:
        return self.state == State.IN_REVIEW

    @property
    def second(self) -> bool:
        """Whether it waits for a second person."""
        return self.waits and self.item is not None and self.item.first_reviewer_id is not None


@dataclass(frozen=True, slots=True)
class Desk:
    """The case on a reviewer's desk; ``rows`` in the order of the checklist, ``events`` newest first."""

    case: Application
    rows: list[Row]
    events: list[ReviewEvent]
    sets: list[str]

    def row(self, key: str) -> Row | None:
        """The named one; else the first that this reviewer may decide, that waits for another, that was answered."""
        named = [row for row in self.rows if row.one.key == key]
        waiting = [row for row in self.rows if row.waits]
        free = [row for row in waiting if not row.barrier]
        answered = [row for row in self.rows if row.item]
        return next(iter([*named, *free, *waiting, *answered, *self.rows]), None)

    @property
    def waiting(self) -> int:
        return sum(row.waits for row in self.rows)


def insiders(merchant: Merchant) -> frozenset[int]:
    """People of the merchant, who never decide about it."""
    return frozenset(Membership.objects.filter(merchant=merchant).values_list("user_id", flat=True))


def hold_of(case: Application) -> Hold:
    return Hold(case.holder_id, case.held_until)


def refusers(case: Application) -> frozenset[int]:
    """Who refused the case before it was appealed against; nobody where it was not."""
    if case.appealed_at is None:
        return frozenset()
    events = ReviewEvent.objects.for_merchant(case.merchant_id).filter(
        application=case, act__in=("propose", "refuse_case"), at__lt=case.appealed_at
    )
    return frozenset(int(actor.partition(":")[2]) for actor in events.values_list("actor", flat=True))


def may_look(case: Application, reviewer: int, inside: frozenset[int]) -> None:
    """Raises :class:`Refused` for who may decide nothing of a case: ``own``, or ``appeal``."""
    if reviewer in inside:
        raise Refused("own")
    if reviewer in refusers(case):
        raise Refused("appeal")


def may_be_refused(merchant: Merchant, case: Application) -> bool:
    """Whether somebody applies: to be let in, or for a further trade."""
    return merchant.status == Merchant.Status.APPLYING or bool(case.further)


def look_of(case: Application, item: ApplicationItem, inside: frozenset[int], before: frozenset[int]) -> Look:
    """``before``: those of :func:`refusers`."""
    one = {item.refused_by_id} if item.refused_by_id else set()
    return Look(
        submitter=item.submitter_id or 0,
        first=item.first_reviewer_id,
        second=item.second_reviewer_id,
        refused_by=before | one,
        appealed=case.appealed_at is not None,
        insiders=inside,
    )


def papers_of(item: ApplicationItem) -> list[DocumentVersion]:
    return list(DocumentVersion.objects.for_merchant(item.merchant_id).filter(item=item).order_by("number"))


def left_for(merchant: Merchant, case: Application, reviewer: int) -> bool:
    """Whether an answer waits that this reviewer may decide."""
    inside, before = insiders(merchant), refusers(case)
    waiting = ApplicationItem.objects.for_merchant(merchant).filter(state=State.IN_REVIEW)
    return any(not _barrier(look_of(case, item, inside, before), reviewer) for item in waiting)


def desk(merchant: Merchant, reviewer: int, today: date) -> Desk:
    """The whole case. Inside the merchant's transaction."""
    case: Application = Application.objects.for_merchant(merchant).select_related("holder").get()
    asked = onboarding.asked_of(case, today)
    items, inside, barred = onboarding.items_of(merchant), insiders(merchant), refusers(case)
    events = list(ReviewEvent.objects.for_merchant(merchant).select_related("item").order_by("-at", "-pk"))
    refusals: dict[int | None, ReviewEvent] = {}
    for event in events:
        if event.act == "refuse":
            refusals.setdefault(event.item_id, event)
    papers: dict[int, list[DocumentVersion]] = defaultdict(list)
    for paper in DocumentVersion.objects.for_merchant(merchant).order_by("number"):
        papers[paper.item_id].append(paper)
    rows = []
    for one in asked.requirements:
        item = items.get(one.key)
        if one.kind != Kind.COMPUTED:
            before = refusals.get(item.pk) if item else None
            mine = papers[item.pk] if item else []
            barrier = _barrier(look_of(case, item, inside, barred), reviewer) if item else ""
            rows.append(_row(case, one, item, mine, before, barrier, today))
    return Desk(case, rows, events, asked.sets)


def _row(
    case: Application,
    one: Requirement,
    item: ApplicationItem | None,
    papers: list[DocumentVersion],
    refusal: ReviewEvent | None,
    barrier: str,
    today: date,
) -> Row:
    values = item.values if item else {}
    return Row(
        one=one,
        item=item,
        state=State(item.state) if item else State.MISSING,
        papers=papers,
        findings=findings(one, values, case.name, today) if item else [],
        refusal=refusal,
        changes=differences(one, refusal.values, values) if refusal else [],
        same_paper=bool(refusal and refusal.digest and papers and papers[-1].digest == refusal.digest),
        barrier=barrier,
    )


def _barrier(look: Look, reviewer: int) -> str:
    try:
        may_decide(look, reviewer)
    except Refused as why:
        return why.code
    return ""
