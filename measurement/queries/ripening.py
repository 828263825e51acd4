"""The page of ripening: how far each campaign is, and the rules written down for it. Rows that a worker left; of a
past day, rows made as the worker makes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from measurement.models import Campaign, Judging, RipeningRow, SignalRelation, StopRule
from measurement.queries.results import basis_of
from measurement.queries.ripened import ripened
from measurement.ripening.stoprules import RuleState
from merchants.models import Merchant
from merchants.periods import day_of, end_of


@dataclass(frozen=True, slots=True)
class Ripening:
    """Rows of campaigns, the least ripe first, each with its standing rule; what signals were worth; the
    chosen campaign's row and the history of its rules."""

    judging: Judging | None
    rows: tuple[RipeningRow, ...]
    rules: dict[int, StopRule]
    relations: dict[str, SignalRelation]
    chosen: RipeningRow | None
    history: tuple[StopRule, ...]
    upcoming: tuple[StopRule, ...]


def ripening(merchant: Merchant, campaign: str, *, now: datetime, as_of: date | None = None) -> Ripening:
    """Five queries, however many campaigns; as of a past day a few more, because its rows are not kept."""
    judging, found, relations = _standing(merchant) if as_of is None else _past(merchant, now, as_of)
    rows = sorted(
        found,
        key=lambda row: (
            row.share_in >= 1,
            row.share_in if row.share_in < 1 else 0,
            -row.last_day.toordinal(),
            row.campaign_id,
        ),
    )
    rules = _rules(merchant, as_of)
    chosen = next((row for row in rows if str(row.campaign_id) == campaign), rows[0] if rows else None)
    shown = {row.campaign_id for row in rows}
    return Ripening(
        judging=judging,
        rows=tuple(rows),
        rules={rule.campaign_id: rule for rule in rules if rule.replaced_at is None},
        relations={one.signal: one for one in relations},
        chosen=chosen,
        history=tuple(
            rule for rule in rules if chosen is not None and rule.campaign_id == chosen.campaign_id
        ),
        upcoming=tuple(rule for rule in rules if rule.replaced_at is None and rule.campaign_id not in shown),
    )


Found = tuple[Judging | None, Iterable[RipeningRow], Iterable[SignalRelation]]


def _standing(merchant: Merchant) -> Found:
    return (
        Judging.objects.for_merchant(merchant).first(),
        RipeningRow.objects.for_merchant(merchant).select_related("campaign"),
        SignalRelation.objects.for_merchant(merchant),
    )


def _past(merchant: Merchant, now: datetime, as_of: date) -> Found:
    """The same, made as the worker makes it."""
    basis = basis_of(merchant)
    through = min(basis[0].through(day_of(now)) or as_of, as_of)
    rows, relations = ripened(merchant, basis, through=through, as_of=as_of)
    named = Campaign.objects.for_merchant(merchant).in_bulk([row.campaign_id for row in rows])
    for row in rows:
        row.campaign = named[row.campaign_id]
    return Judging(merchant=merchant, judged_at=now, through=through), rows, relations


def _rules(merchant: Merchant, as_of: date | None) -> list[StopRule]:
    """All versions, the latest first; of a past day those written down by its end, with what was known of them."""
    rows = StopRule.objects.for_merchant(merchant).select_related("campaign").order_by("-version")
    if as_of is None:
        return list(rows)
    end = end_of(as_of)
    return [_then(rule, end) for rule in rows.filter(recorded_at__lt=end)]


def _then(rule: StopRule, end: datetime) -> StopRule:
    if rule.replaced_at and rule.replaced_at >= end:
        rule.replaced_at = None
    if rule.evaluated_at and rule.evaluated_at >= end:
        rule.state, rule.value, rule.evaluated_at, rule.seen_at = RuleState.WAITING, None, None, None
    return rule


def campaigns(merchant: Merchant) -> list[tuple[str, str]]:
    """Campaigns to write a rule for, the newest first."""
    rows = Campaign.objects.for_merchant(merchant).order_by("-id")[:200]
    return [(str(row.pk), str(row)) for row in rows]
