"""Stop and continue rules: written down before a campaign starts, read by a worker on their day."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from measurement.models import Campaign, RipeningRow, StopRule
from measurement.queries.campaigns import AtDay, at_day
from measurement.ripening.stoprules import Action, Against, RuleMetric, RuleState, due_on, state
from merchants import audit, tenancy
from merchants.models import Merchant


def record_rule(
    merchant: Merchant,
    *,
    campaign: Campaign,
    launches_on: date,
    day: int,
    metric: RuleMetric,
    against: Against,
    threshold: Decimal,
    action: Action,
    reason: str,
    today: date,
    by: str,
) -> StopRule:
    """Another version of a campaign's rule; the former one stays readable, with its state.

    One that is recorded on or after the launch is marked so for ever. Raises ``ValueError`` without a reason,
    for a day outside of 1 to 365 and for a negative threshold.
    """
    _check(reason, day, threshold)
    with tenancy.acting_for(merchant):
        former = (
            StopRule.objects.for_merchant(merchant)
            .filter(campaign=campaign)
            .select_for_update()
            .order_by("-version")
            .first()
        )
        if former is not None and former.replaced_at is None:
            former.replaced_at = datetime.now(UTC)
            former.save(update_fields=["replaced_at"])
        row: StopRule = StopRule.objects.create(
            merchant=merchant,
            campaign=campaign,
            version=former.version + 1 if former else 1,
            launches_on=launches_on,
            day=day,
            metric=metric,
            against=against,
            threshold=threshold,
            action=action,
            reason=reason.strip(),
            after_launch=today >= launches_on,
            recorded_by=by,
        )
        audit.record(
            merchant,
            "measurement.stop_rule.set",
            by=by,
            on=row,
            campaign=str(campaign),
            version=row.version,
            day=day,
            metric=metric,
            against=against,
            threshold=str(threshold),
            action=action,
            after_launch=row.after_launch,
        )
    return row


def _check(reason: str, day: int, threshold: Decimal) -> None:
    if not reason.strip():
        raise ValueError("a rule has a reason")
    if not 1 <= day <= 365:
        raise ValueError("a rule is read on day 1 to 365")
    if threshold < 0:
        raise ValueError("a threshold is not negative")


def evaluate(merchant: Merchant, *, now: datetime, through: date) -> int:
    """Reads every rule whose day has come. What a rule came to is never changed afterwards. How many."""
    with tenancy.acting_for(merchant):
        waiting = StopRule.objects.for_merchant(merchant).filter(state=RuleState.WAITING, replaced_at=None)
        done = 0
        for rule in waiting.select_for_update(skip_locked=True).order_by("id"):
            due = due_on(rule.launches_on, rule.day)
            if through < due:
                continue
            rule.value = _value(merchant, rule, due)
            rule.state = state(
                Against(rule.against), float(rule.threshold), rule.value, due=due, through=through
            )
            rule.evaluated_at = now
            rule.save(update_fields=["value", "state", "evaluated_at"])
            audit.record(
                merchant, "measurement.stop_rule.read", by="system:judging", on=rule, state=rule.state
            )
            done += 1
    return done


def _value(merchant: Merchant, rule: StopRule, due: date) -> float | None:
    found = at_day(merchant, rule.campaign_id, rule.launches_on, due)
    match rule.metric:
        case RuleMetric.ORDERS:
            return float(found.orders)
        case RuleMetric.COST:
            return None if found.fen is None else found.fen / 100
        case RuleMetric.ROI:
            return found.credited / found.fen if found.fen else None
        case RuleMetric.TI_COST:
            return found.fen / 100 / found.ti if found.fen and found.ti else None
    return _to_expected(merchant, rule, due, found)


def _to_expected(merchant: Merchant, rule: StopRule, due: date, found: AtDay) -> float | None:
    """Orders by that day against what other campaigns make expect, from the curve of the campaign's row."""
    row = RipeningRow.objects.for_merchant(merchant).filter(campaign=rule.campaign_id).first()
    known = [point for point in row.curve if point[1] and point[0] <= due.isoformat()] if row else []
    return found.orders / known[-1][1] if known else None


def acknowledge(merchant: Merchant, *, rule: StopRule, by: str) -> None:
    """Takes a rule that fired off the list of what needs a person."""
    with tenancy.acting_for(merchant):
        if rule.seen_at is None:
            rule.seen_at = datetime.now(UTC)
            rule.save(update_fields=["seen_at"])
            audit.record(merchant, "measurement.stop_rule.seen", by=by, on=rule)
