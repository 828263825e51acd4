"""Why a person stands where they stand: the row of the rule that holds and the events it counted. For the
operator's desk; pages of merchants never name a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from measurement.crowds.layers import Event, Reason, why
from measurement.crowds.rules import read
from measurement.models import CrowdRule
from measurement.queries import rules
from merchants.models import Merchant
from merchants.periods import start_of


@dataclass(frozen=True, slots=True)
class Explained:
    """The reason on a day, and the names of what carried the events."""

    day: date
    reason: Reason | None
    channels: dict[int, str]


def explain(merchant: Merchant | int, rule: CrowdRule, person: UUID, scope: int, day: date) -> Explained:
    """By the definition itself, not by what the spells say: the two are held together by tests."""
    merchant_id = merchant if isinstance(merchant, int) else merchant.pk
    events = _events(merchant_id, person, scope, day)
    reason = why(read(rule.rows), events, day)
    used = [event.channel for event in reason.events] if reason else []
    return Explained(day, reason, _channels(merchant_id, used))


def _events(merchant: int, person: UUID, scope: int, day: date) -> list[Event]:
    cycles = rules.cycles_of(Merchant(pk=merchant))
    with connection.cursor() as cursor:
        cursor.execute(
            _EVENTS,
            {
                "merchant": merchant,
                "person": person,
                "scope": scope,
                "until": start_of(day + timedelta(days=1)),
            },
        )
        rows: list[Any] = cursor.fetchall()
    return [
        Event(when, kind, spu, cycles.get(category, rules.NEUTRAL_DAYS) if kind == "order" else 0, channel)
        for when, kind, spu, category, channel in rows
    ]


def _channels(merchant: int, used: list[int]) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id, coalesce(nullif(n.title, ''), c.key) FROM measurement_channel c"
            " LEFT JOIN measurement_note n ON n.id = c.note_id AND n.merchant_id = c.merchant_id"
            " WHERE c.merchant_id = %s AND c.id = ANY(%s)",
            [merchant, used],
        )
        return dict(cursor.fetchall())


_EVENTS = """
WITH keys AS (
    SELECT %(person)s::uuid AS person_key
    UNION
    SELECT person_key FROM measurement_identity WHERE merchant_id = %(merchant)s AND person = %(person)s::uuid
)
SELECT (t.occurred_at AT TIME ZONE 'Asia/Shanghai')::date, c.kind, coalesce(t.spu_id, c.spu_id, 0), 0,
       t.channel_id
FROM keys JOIN measurement_touch t ON t.merchant_id = %(merchant)s AND t.person_key = keys.person_key
JOIN measurement_channel c ON c.merchant_id = t.merchant_id AND c.id = t.channel_id
WHERE NOT t.retracted AND t.occurred_at < %(until)s
  AND (%(scope)s = 0 OR coalesce(t.spu_id, c.spu_id) = %(scope)s)
UNION ALL
SELECT (l.paid_at AT TIME ZONE 'Asia/Shanghai')::date, 'order', coalesce(l.spu_id, 0),
       coalesce(s.category_id, 0), 0
FROM keys JOIN measurement_orderline l ON l.merchant_id = %(merchant)s AND l.person_key = keys.person_key
LEFT JOIN measurement_spu s ON s.merchant_id = l.merchant_id AND s.id = l.spu_id
WHERE l.paid_at < %(until)s AND (l.net_fen > 0 OR l.paid_fen = 0)
  AND (%(scope)s = 0 OR l.spu_id = %(scope)s)
"""
