"""Audiences: saved as definitions, counted by a worker, handed over by an operator only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from measurement import privacy
from measurement.crowds.audiences import Definition, read
from measurement.crowds.rules import LAYERS
from measurement.models import Audience, AudienceHandover, CrowdRule
from measurement.operations import crowd_flows
from merchants import audit, tenancy
from merchants.background import wake
from merchants.models import Merchant
from merchants.periods import day_of

MOST = 50  # of a merchant
LONGEST_HANDOVER = 180  # days
RANKS = {str(layer): number for number, layer in enumerate(LAYERS, start=1)}


class Refused(ValueError):
    """The code of why: too_many, name_taken, too_few, expiry, purpose."""


def save(merchant: Merchant, *, name: str, definition: Mapping[str, Any], by: str) -> Audience:
    """Saves a definition under a name. Raises ``BadDefinition`` or :class:`Refused`; then nothing is
    written."""
    told = read(definition)
    with tenancy.acting_for(merchant):
        standing = Audience.objects.for_merchant(merchant).filter(archived_at=None)
        if standing.filter(name=name).exists():
            raise Refused("name_taken")
        if standing.count() >= MOST:
            raise Refused("too_many")
        row: Audience = Audience.objects.create(
            merchant=merchant, name=name, definition=told.stated(), created_by=by
        )
        audit.record(merchant, "measurement.audience.saved", by=by, on=row, definition=row.definition)
        wake("measurement.crowds", merchant_id=merchant.pk)
    return row


def archive(merchant: Merchant, audience: Audience, *, by: str) -> None:
    with tenancy.acting_for(merchant):
        if audience.archived_at is None:
            audience.archived_at = datetime.now(UTC)
            audience.save(update_fields=["archived_at"])
            audit.record(merchant, "measurement.audience.archived", by=by, on=audience)


def hand_over(
    merchant: Merchant, audience: Audience, *, purpose: str, destination: str, expires_on: date, by: str
) -> AudienceHandover:
    """Notes that an operator handed the audience over: for what, to whom, until when. Refused below the
    threshold, without a purpose, and for longer than 180 days."""
    with tenancy.acting_for(merchant):
        if why := refusal(
            merchant, audience, purpose=purpose, destination=destination, expires_on=expires_on
        ):
            raise Refused(why)
        people = privacy.published(audience.people or 0, privacy.threshold(settings.PRIVACY_THRESHOLD))
        row: AudienceHandover = AudienceHandover.objects.create(
            merchant_id=merchant.pk,
            audience_id=audience.pk,
            purpose=purpose.strip()[:300],
            destination=destination.strip()[:120],
            expires_on=expires_on,
            people=people,
            handed_by=by,
        )
        audit.record(
            merchant,
            "measurement.audience.handed_over",
            by=by,
            on=audience,
            purpose=row.purpose,
            destination=row.destination,
            expires_on=expires_on.isoformat(),
            people=people,
        )
    return row


def refusal(
    merchant: Merchant, audience: Audience, *, purpose: str, destination: str, expires_on: date
) -> str:
    """Why an audience may not be handed over so, as a code of :class:`Refused`; empty when it may. Counts."""
    today = day_of(datetime.now(UTC))
    if not purpose.strip() or not destination.strip():
        return "purpose"
    if not today < expires_on <= today + timedelta(days=LONGEST_HANDOVER):
        return "expiry"
    with tenancy.acting_for(merchant):
        count(merchant, audience)
    k = privacy.threshold(settings.PRIVACY_THRESHOLD)
    return "" if privacy.published(audience.people or 0, k) else "too_few"


def count_old(merchant: Merchant) -> int:
    """Counts the audiences that are older than the sums; how many."""
    with tenancy.acting_for(merchant):
        rule = CrowdRule.objects.for_merchant(merchant).filter(state=CrowdRule.State.ACTIVE).first()
        if rule is None or rule.built_at is None or rule.changed_at is None:
            return 0
        old = [
            row
            for row in Audience.objects.for_merchant(merchant).filter(archived_at=None)
            if row.counted_at is None
            or (row.counted_at < rule.changed_at and row.counted_at < datetime.now(UTC) - crowd_flows.OLD)
        ]
        for row in old:
            count(merchant, row)
    return len(old)


def count(merchant: Merchant, audience: Audience) -> None:
    """Counts the people of an audience on the last day with data, under the rule in force."""
    rule = CrowdRule.objects.for_merchant(merchant).filter(state=CrowdRule.State.ACTIVE).first()
    day = crowd_flows.last_day(rule) if rule else None
    audience.people = 0
    if rule is not None and day is not None:
        audience.people = counted(merchant, rule, read(audience.definition), day)
    audience.counted_at = datetime.now(UTC)
    Audience.objects.for_merchant(merchant).filter(pk=audience.pk).update(
        people=audience.people, counted_at=audience.counted_at
    )


def counted(merchant: Merchant, rule: CrowdRule, told: Definition, day: date) -> int:
    """How many people a definition means on a day; exact, never shown as it is."""
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT,
            {
                "merchant": merchant.pk,
                "rule": rule.pk,
                "scope": told.spu,
                "day": day,
                "layers": [RANKS[layer] for layer in told.layers],
                "without": [RANKS[layer] for layer in told.without],
                "latest": day - timedelta(days=told.least_days),
                "earliest": None if told.most_days is None else day - timedelta(days=told.most_days),
                "note": told.note,
                "blogger": told.blogger,
            },
        )
        return int(cursor.fetchone()[0])


_COUNT = """
SELECT count(*) FROM measurement_crowdspell s
WHERE s.merchant_id = %(merchant)s AND s.rule_id = %(rule)s AND s.scope = %(scope)s
  AND s.to_day >= %(day)s::date AND s.from_day <= %(latest)s::date AND s.layer = ANY(%(layers)s::smallint[])
  AND (%(earliest)s::date IS NULL OR s.from_day >= %(earliest)s::date)
  AND (%(note)s::bigint IS NULL AND %(blogger)s::bigint IS NULL OR EXISTS (
    SELECT FROM measurement_channel c LEFT JOIN measurement_note n
        ON n.id = c.note_id AND n.merchant_id = c.merchant_id
    WHERE c.merchant_id = s.merchant_id AND c.id = s.channel_id
      AND (%(note)s::bigint IS NULL OR c.note_id = %(note)s::bigint)
      AND (%(blogger)s::bigint IS NULL OR coalesce(n.blogger_id, c.blogger_id) = %(blogger)s::bigint)))
  AND (cardinality(%(without)s::smallint[]) = 0 OR NOT EXISTS (
    SELECT FROM measurement_crowdspell o
    WHERE o.merchant_id = s.merchant_id AND o.rule_id = s.rule_id AND o.person = s.person AND o.scope = 0
      AND o.from_day <= %(day)s::date AND o.to_day >= %(day)s::date
      AND o.layer = ANY(%(without)s::smallint[])))
"""
