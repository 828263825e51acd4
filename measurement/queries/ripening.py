"""The page of ripening: how far each campaign is, and the rules written down for it; rows only."""

from __future__ import annotations

from dataclasses import dataclass

from measurement.models import Campaign, Judging, RipeningRow, SignalRelation, StopRule
from merchants.models import Merchant


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


def ripening(merchant: Merchant, campaign: str) -> Ripening:
    """Five queries, however many campaigns."""
    rows = sorted(
        RipeningRow.objects.for_merchant(merchant).select_related("campaign"),
        key=lambda row: (
            row.share_in >= 1,
            row.share_in if row.share_in < 1 else 0,
            -row.last_day.toordinal(),
        ),
    )
    rules = list(StopRule.objects.for_merchant(merchant).select_related("campaign").order_by("-version"))
    chosen = next((row for row in rows if str(row.campaign_id) == campaign), rows[0] if rows else None)
    shown = {row.campaign_id for row in rows}
    return Ripening(
        judging=Judging.objects.for_merchant(merchant).first(),
        rows=tuple(rows),
        rules={rule.campaign_id: rule for rule in rules if rule.replaced_at is None},
        relations={one.signal: one for one in SignalRelation.objects.for_merchant(merchant)},
        chosen=chosen,
        history=tuple(
            rule for rule in rules if chosen is not None and rule.campaign_id == chosen.campaign_id
        ),
        upcoming=tuple(rule for rule in rules if rule.replaced_at is None and rule.campaign_id not in shown),
    )


def campaigns(merchant: Merchant) -> list[tuple[str, str]]:
    """Campaigns to write a rule for, the newest first."""
    rows = Campaign.objects.for_merchant(merchant).order_by("-id")[:200]
    return [(str(row.pk), str(row)) for row in rows]
