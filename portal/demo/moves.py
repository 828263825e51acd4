"""Moves that people of the demo made, and rules they wrote down before campaigns started.

Planted truths: the mood film campaign (pull 0.3) and the brand film of baby food (pull 0.05) were bought for
nothing much; Seedbed finds them losing (tests/portal/test_planted_waste.py).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from measurement.models import Campaign, Move, StopRule
from measurement.operations import judgement, moves, stoprules
from measurement.reports import Dimension
from measurement.ripening.stoprules import Action, Against, RuleMetric
from measurement.waste.moves import Direction, Measure, MoveKind
from merchants import tenancy
from merchants.models import Membership, Merchant, User
from portal.demo.content import Content

BY = "system:demo"


def put(merchant: Merchant, content: Content, until: datetime) -> None:
    """Moves and rules of the campaigns there are, then everything that a worker would have made of them."""
    with tenancy.acting_for(merchant):
        owner = _owner(merchant)
        rows = {row.external_id: row for row in Campaign.objects.for_merchant(merchant)}
        campaigns = [rows[one.id] for one in content.campaigns if one.id in rows]
        if campaigns and not Move.objects.for_merchant(merchant).exists():
            _moves(merchant, content, campaigns, owner)
        if campaigns and not StopRule.objects.for_merchant(merchant).exists():
            _rules(merchant, content, campaigns)
    judgement.renew(merchant, now=until.astimezone(UTC))


def _owner(merchant: Merchant) -> User | None:
    row = Membership.objects.filter(merchant=merchant).select_related("user").order_by("pk").first()
    return row.user if row else None


def _day(content: Content, ago: int) -> date:
    return content.today - timedelta(days=ago)


def _moves(merchant: Merchant, content: Content, campaigns: list[Campaign], owner: User | None) -> None:
    """A pause after the mood film's end, a repeat of search, and one that still ripens."""
    drives = [one.drive for one in content.campaigns]
    cold = min(range(len(drives)), key=lambda place: drives[place].pull)
    ended = drives[cold].ago - drives[cold].days
    if ended > 21:
        _move(
            merchant, campaigns[cold], owner, MoveKind.PAUSE, _day(content, ended), 20,
            (Measure.COST, Direction.DOWN, "1"), "氛围大片连看三周没有带动归因销售，先停，把预算留给搜索。",
        )  # fmt: skip
    warm = next((place for place, drive in enumerate(drives) if drive.search), 0)
    middle = drives[warm].ago - 50
    if middle > 60:
        _move(
            merchant, campaigns[warm], owner, MoveKind.BUDGET, _day(content, middle), 28,
            (Measure.CREDITED, Direction.UP, "0.2"), "搜索词稳定带来成交，加预算看四周。",
        )  # fmt: skip
    _move(
        merchant, campaigns[-1], owner, MoveKind.REPEAT, _day(content, 3), 28,
        (Measure.ROI, Direction.HOLD, "0.2"), "新品测评先小步复投，观察回报是否稳住。",
    )  # fmt: skip


def _move(
    merchant: Merchant,
    campaign: Campaign,
    owner: User | None,
    kind: MoveKind,
    starts_on: date,
    days: int,
    expects: tuple[Measure, Direction, str],
    reason: str,
) -> None:
    measure, direction, size = expects
    moves.record_move(
        merchant,
        kind=kind,
        dimension=Dimension.CAMPAIGN,
        key=str(campaign.pk),
        owner=owner,
        reason=reason,
        starts_on=starts_on,
        measure=measure,
        direction=direction,
        size=Decimal(size),
        due_on=starts_on + timedelta(days=days - 1),
        by=BY,
    )


def _rules(merchant: Merchant, content: Content, campaigns: list[Campaign]) -> None:
    """Each rule recorded the day before its launch. Those of cold campaigns fire, others hold or wait."""
    for place, one in enumerate(content.campaigns):
        drive = one.drive
        if drive.days < 9 and drive.ago < 9 and place < len(content.campaigns) - 1:
            continue
        launch = _day(content, drive.ago)
        stoprules.record_rule(
            merchant,
            campaign=campaigns[place],
            launches_on=launch,
            day=14,
            metric=RuleMetric.ROI,
            against=Against.BELOW,
            threshold=Decimal("0.3"),
            action=Action.STOP,
            reason="上线两周，归因成交额不到花费的三成就停。",
            today=launch - timedelta(days=1),
            by=BY,
        )
