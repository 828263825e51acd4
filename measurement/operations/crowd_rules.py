"""The rule of the layers: tried beside the one in force, put in force, discarded. Nothing in the past is
rewritten: a former version keeps its sums, and every page can be read under it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db.models import Max

from measurement.crowds.rules import read
from measurement.models import CrowdEntry, CrowdFlow, CrowdMark, CrowdMove, CrowdRule, CrowdSpell
from measurement.operations import crowd_marks, crowd_spells
from merchants import audit, tenancy
from merchants.background import wake
from merchants.models import Merchant


class NotReady(ValueError):
    """A rule that is still being computed cannot be put in force."""


def try_rule(merchant: Merchant, *, rows: Iterable[Mapping[str, Any]], reason: str, by: str) -> CrowdRule:
    """Computes a rule for everybody beside the one in force, so that both can be compared; a former try is
    discarded. Raises ``BadRule`` and writes nothing when the rule makes no sense."""
    rule = read(rows)
    crowd_spells.ensure(merchant)
    with tenancy.acting_for(merchant):
        crowd_spells.lock(merchant)
        mine = CrowdRule.objects.for_merchant(merchant)
        for former in mine.filter(state=CrowdRule.State.DRAFT):
            _discard(merchant, former, by)
        row: CrowdRule = CrowdRule.objects.create(
            merchant=merchant,
            version=(mine.aggregate(latest=Max("version"))["latest"] or 0) + 1,
            rows=rule.stated(),
            reason=reason[:300],
            recorded_by=by,
        )
        audit.record(merchant, "measurement.crowd_rule.tried", by=by, on=row, version=row.version)
        crowd_marks.everybody(merchant, rule=row)
        wake("measurement.crowds", merchant_id=merchant.pk)
    return row


def put_in_force(merchant: Merchant, rule: CrowdRule, *, by: str) -> None:
    """The tried rule holds from now on; the former keeps its sums and is computed no more. Raises
    :class:`NotReady` while it is still being computed."""
    with tenancy.acting_for(merchant):
        crowd_spells.lock(merchant)
        rule.refresh_from_db()
        if rule.state != CrowdRule.State.DRAFT or rule.built_at is None:
            raise NotReady(str(rule))
        now = datetime.now(UTC)
        CrowdRule.objects.for_merchant(merchant).filter(state=CrowdRule.State.ACTIVE).update(
            state=CrowdRule.State.FORMER, in_force_until=now
        )
        rule.state, rule.in_force_from = CrowdRule.State.ACTIVE, now
        rule.save(update_fields=["state", "in_force_from"])
        audit.record(
            merchant, "measurement.crowd_rule.set", by=by, on=rule, version=rule.version, rows=rule.rows
        )


def discard(merchant: Merchant, rule: CrowdRule, *, by: str) -> None:
    """The try is given up; its people and sums go."""
    with tenancy.acting_for(merchant):
        crowd_spells.lock(merchant)
        rule.refresh_from_db()
        if rule.state == CrowdRule.State.DRAFT:
            _discard(merchant, rule, by)


def _discard(merchant: Merchant, rule: CrowdRule, by: str) -> None:
    rule.state = CrowdRule.State.DISCARDED
    rule.save(update_fields=["state"])
    for model in (CrowdSpell, CrowdMove, CrowdEntry, CrowdFlow, CrowdMark):
        model.objects.for_merchant(merchant).filter(rule=rule).delete()
    audit.record(merchant, "measurement.crowd_rule.discarded", by=by, on=rule, version=rule.version)
