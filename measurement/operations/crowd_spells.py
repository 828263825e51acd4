"""Where people stand, kept up: claimed marks, spells from the events, the difference, the sums; one
transaction. What costs is the people of the day and their own events, never the history of all.

The marks are the truth, as with credit: a worker takes the merchant's lock, deletes the marks it found, only
then reads the facts, and commits the spells and sums with it. Killed anywhere, it leaves both as they were.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from measurement.crowds.rules import DEFAULT, read
from measurement.crowds.sql import spells_sql
from measurement.models import CrowdMark, CrowdRule
from measurement.operations import crowd_marks
from measurement.queries import rules
from merchants import audit, tenancy
from merchants.models import Merchant

PEOPLE = 4_000  # marks of one transaction
BY = "system:crowds"
LIVE = (CrowdRule.State.ACTIVE, CrowdRule.State.DRAFT)


@dataclass(slots=True)
class Outcome:
    """``people`` looked at, ``changed`` spells written or taken away, under ``rules`` rules."""

    people: int = 0
    changed: int = 0
    rules: int = 0


def ensure(merchant: Merchant) -> CrowdRule:
    """The rule in force; version 1 is the default, and everybody is computed under it."""
    with tenancy.acting_for(merchant):
        found: CrowdRule | None = _active(merchant)
        if found is not None:
            return found
        lock(merchant)
        found = _active(merchant)
        if found is not None:
            return found
        row: CrowdRule = CrowdRule.objects.create(
            merchant=merchant,
            version=1,
            rows=DEFAULT.stated(),
            state=CrowdRule.State.ACTIVE,
            in_force_from=datetime.now(UTC),
            recorded_by=BY,
        )
        audit.record(merchant, "measurement.crowd_rule.set", by=BY, on=row, version=1)
        crowd_marks.everybody(merchant, rule=row)
    return row


def _active(merchant: Merchant) -> CrowdRule | None:
    row: CrowdRule | None = (
        CrowdRule.objects.for_merchant(merchant).filter(state=CrowdRule.State.ACTIVE).first()
    )
    return row


def drain(merchant: Merchant) -> Outcome:
    """Works until no mark is left."""
    total = Outcome()
    while (done := compute(merchant)) is not None:
        total.people += done.people
        total.changed += done.changed
        total.rules = max(total.rules, done.rules)
    return total


def compute(merchant: Merchant) -> Outcome | None:
    """One transaction: some marked people, or one range of a rebuild. None: no mark is left, or another
    worker is at it."""
    ensure(merchant)
    with tenancy.acting_for(merchant), connection.cursor() as cursor:
        if not _try_lock(cursor, merchant):
            return None
        live = list(CrowdRule.objects.for_merchant(merchant).filter(state__in=LIVE))
        claim = _claim(merchant, [rule.pk for rule in live])
        if claim is None:
            return None
        chosen = [rule for rule in live if claim.rule in {None, rule.pk}]
        done = Outcome(rules=len(chosen))
        if chosen:
            done.people = _gather(cursor, merchant, claim)
            for rule in chosen:
                done.changed += _apply(cursor, merchant, rule)
            _note(cursor, merchant, chosen)
        for rule in chosen:
            _finish(merchant, rule)
    return done


@dataclass(frozen=True, slots=True)
class _Claim:
    keys: tuple[Any, ...] = ()
    first: int = 0
    last: int = -1
    rule: int | None = None

    @property
    def bounds(self) -> tuple[str, str]:
        """The least and the greatest key of the range."""
        return f"{self.first:02x}".ljust(32, "0"), f"{self.last:02x}".ljust(32, "f")


def _claim(merchant: Merchant, live: list[int]) -> _Claim | None:
    """Takes the oldest range, with the marked people in it where all rules are computed for it; or else the
    oldest marked people."""
    marks = CrowdMark.objects.for_merchant(merchant)
    widest = marks.exclude(first=None).order_by("id").first()
    if widest is not None:
        same = marks.filter(first=widest.first, last=widest.last, rule=widest.rule)
        same.delete()
        claim = _Claim(first=widest.first or 0, last=widest.last or 0, rule=widest.rule_id)
        if claim.rule is None or live == [claim.rule]:
            marks.filter(person_key__range=claim.bounds).delete()
        return claim
    rows = list(marks.order_by("id").values_list("id", "person_key")[:PEOPLE])
    if not rows:
        return None
    marks.filter(pk__in=[pk for pk, _ in rows]).delete()
    return _Claim(keys=tuple(sorted({key for _, key in rows})))


def _gather(cursor: Any, merchant: Merchant, claim: _Claim) -> int:
    """Fills ``crowd_people``, ``crowd_keys`` and ``crowd_events`` for the claimed people."""
    for statement in _TABLES:
        cursor.execute(statement)
    cycles = rules.cycles_of(merchant)
    low, high = claim.bounds if not claim.keys else ("", "")
    scope = {
        "merchant": merchant.pk,
        "keys": list(claim.keys),
        "low": low or None,
        "high": high or None,
        "categories": list(cycles),
        "days": list(cycles.values()),
        "neutral": cycles[rules.NO_CATEGORY],
    }
    cursor.execute(_PEOPLE_OF_KEYS if claim.keys else _PEOPLE_OF_RANGE, scope)
    cursor.execute("ANALYZE crowd_people")
    cursor.execute(_KEYS, scope)
    cursor.execute("ANALYZE crowd_keys")
    cursor.execute(_TOUCHES_OF_KEYS if claim.keys else _TOUCHES_OF_RANGE, scope)
    cursor.execute(_ORDERS, scope)
    cursor.execute("ANALYZE crowd_events")
    cursor.execute("SELECT count(*) FROM crowd_people")
    return int(cursor.fetchone()[0])


def _apply(cursor: Any, merchant: Merchant, rule: CrowdRule) -> int:
    """The difference between the spells as they are and as the events make them, written and summed up."""
    own = {"merchant": merchant.pk, "rule": rule.pk}
    cursor.execute("TRUNCATE crowd_changes, crowd_former")
    cursor.execute(_FORMER, own)
    # the planner takes what a CTE gives for a few rows and would look each of them up by a scan; nothing
    # but temporary relations of these people is read here
    cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL jit = off")
    cursor.execute(_CHANGES.format(spells=spells_sql(read(rule.rows))), own)
    changed = int(cursor.rowcount)
    cursor.execute("SET LOCAL enable_nestloop = on")
    if changed:
        for statement in (_DELETE, _INSERT, _MOVES, _ENTRIES):
            cursor.execute(statement, own)
        rule.changed_at = datetime.now(UTC)
    return changed


def _note(cursor: Any, merchant: Merchant, chosen: list[CrowdRule]) -> None:
    """The last day anything is known of, and when sums moved."""
    cursor.execute("SELECT max(day) FROM crowd_events WHERE at <= now()")
    last = cursor.fetchone()[0]
    for rule in chosen:
        if last and (rule.last_event_day is None or last > rule.last_event_day):
            rule.last_event_day = last
        rule.save(update_fields=["changed_at", "last_event_day"])


def _finish(merchant: Merchant, rule: CrowdRule) -> None:
    """Says that everybody has been computed, once no range is left for the rule."""
    if rule.built_at is not None:
        return
    waiting = CrowdMark.objects.for_merchant(merchant).exclude(first=None)
    if not waiting.filter(Q(rule=rule) | Q(rule=None)).exists():
        rule.built_at = datetime.now(UTC)
        rule.save(update_fields=["built_at"])


def lock(merchant: Merchant) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('crowds'), %s)", [merchant.pk])


def _try_lock(cursor: Any, merchant: Merchant) -> bool:
    cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('crowds'), %s)", [merchant.pk])
    return bool(cursor.fetchone()[0])


_TABLES = (
    "CREATE TEMPORARY TABLE IF NOT EXISTS crowd_people (person uuid) ON COMMIT DELETE ROWS",
    "CREATE TEMPORARY TABLE IF NOT EXISTS crowd_keys (person uuid, person_key uuid) ON COMMIT DELETE ROWS",
    (
        "CREATE TEMPORARY TABLE IF NOT EXISTS crowd_events (person uuid, spu bigint, day date, kind varchar(20),"
        " cycle integer, channel bigint, at timestamptz, id bigint) ON COMMIT DELETE ROWS"
    ),
    (
        "CREATE TEMPORARY TABLE IF NOT EXISTS crowd_changes (sign bigint, id bigint, person uuid, scope bigint,"
        " layer smallint, from_day date, to_day date, before smallint, after smallint, channel bigint)"
        " ON COMMIT DELETE ROWS"
    ),
    "CREATE TEMPORARY TABLE IF NOT EXISTS crowd_former (LIKE crowd_changes) ON COMMIT DELETE ROWS",
    "TRUNCATE crowd_people, crowd_keys, crowd_events, crowd_changes, crowd_former",
)

# A key may have been a person of its own before it was joined: its former spells have to go.
_PEOPLE_OF_KEYS = """
INSERT INTO crowd_people
SELECT DISTINCT who.person FROM unnest(%(keys)s::uuid[]) AS marked(person_key)
LEFT JOIN measurement_identity i ON i.merchant_id = %(merchant)s AND i.person_key = marked.person_key
CROSS JOIN LATERAL (VALUES (marked.person_key), (i.person)) AS who(person)
WHERE who.person IS NOT NULL
"""

_IN_RANGE = "BETWEEN %(low)s::uuid AND %(high)s::uuid"
_PEOPLE_OF_RANGE = f"""
INSERT INTO crowd_people
SELECT person_key FROM measurement_touch WHERE merchant_id = %(merchant)s AND person_key {_IN_RANGE}
UNION
SELECT person_key FROM measurement_orderline WHERE merchant_id = %(merchant)s AND person_key {_IN_RANGE}
UNION
SELECT person FROM measurement_identity WHERE merchant_id = %(merchant)s AND person {_IN_RANGE}
UNION
SELECT person FROM measurement_crowdspell WHERE merchant_id = %(merchant)s AND person {_IN_RANGE}
"""

# Who is joined to a lower key is not a person any more and has no keys.
_KEYS = """
INSERT INTO crowd_keys
SELECT p.person, p.person FROM crowd_people p
WHERE NOT EXISTS (SELECT FROM measurement_identity i WHERE i.merchant_id = %(merchant)s
                  AND i.person_key = p.person AND i.person <> p.person)
UNION
SELECT p.person, i.person_key FROM crowd_people p
JOIN measurement_identity i ON i.merchant_id = %(merchant)s AND i.person = p.person
"""

_EVENT = """
    SELECT k.person, coalesce(t.spu_id, c.spu_id, 0), (t.occurred_at AT TIME ZONE 'Asia/Shanghai')::date,
           c.kind, 0, t.channel_id, t.occurred_at, t.id
"""
_CHANNEL = "JOIN measurement_channel c ON c.id = t.channel_id AND c.merchant_id = %(merchant)s"
_LOOKED_UP = f"""
{_EVENT}
    FROM crowd_keys k CROSS JOIN LATERAL (
        SELECT id, spu_id, channel_id, occurred_at FROM measurement_touch
        WHERE merchant_id = %(merchant)s AND person_key = k.person_key AND NOT retracted OFFSET 0
    ) t {_CHANNEL}
"""
_TOUCHES_OF_KEYS = f"INSERT INTO crowd_events {_LOOKED_UP}"

# Of a range most touches lie side by side: they are read in one go, and those of joined keys looked up.
_TOUCHES_OF_RANGE = f"""
INSERT INTO crowd_events
{_EVENT}
    FROM measurement_touch t JOIN crowd_keys k ON k.person_key = t.person_key {_CHANNEL}
    WHERE t.merchant_id = %(merchant)s AND t.person_key {_IN_RANGE} AND NOT t.retracted
UNION ALL
{_LOOKED_UP} WHERE NOT k.person_key {_IN_RANGE}
"""

_ORDERS = """
INSERT INTO crowd_events
SELECT k.person, coalesce(l.spu_id, 0), (l.paid_at AT TIME ZONE 'Asia/Shanghai')::date, 'order',
       coalesce(c.days, %(neutral)s), 0, l.paid_at, l.id
FROM crowd_keys k CROSS JOIN LATERAL (
    SELECT id, spu_id, paid_at FROM measurement_orderline
    WHERE merchant_id = %(merchant)s AND person_key = k.person_key
      AND paid_at IS NOT NULL AND (net_fen > 0 OR paid_fen = 0) OFFSET 0
) l
LEFT JOIN measurement_spu s ON s.id = l.spu_id AND s.merchant_id = %(merchant)s
LEFT JOIN unnest(%(categories)s::bigint[], %(days)s::integer[]) AS c(category, days)
    ON c.category = s.category_id
"""

_SPELL = "person, scope, layer, from_day, to_day, before, after"
# Person by person through the index, whatever the planner thinks of the size of the table: it is looked up by
# nothing else inside.
_FORMER = f"""
INSERT INTO crowd_former
SELECT -1, s.id, {", ".join(f"s.{name}" for name in _SPELL.split(", "))}, s.channel_id
FROM crowd_people p CROSS JOIN LATERAL (
    SELECT * FROM measurement_crowdspell
    WHERE merchant_id = %(merchant)s AND person = p.person OFFSET 0
) s WHERE s.rule_id = %(rule)s
"""

_CHANGES = f"""
INSERT INTO crowd_changes
WITH {{spells}}
SELECT sum(sign), max(id), {_SPELL}, channel FROM (
    SELECT 1::bigint AS sign, NULL::bigint AS id, {_SPELL}, channel FROM spells
    UNION ALL
    SELECT sign, id, {_SPELL}, channel FROM crowd_former
) both_states
GROUP BY {_SPELL}, channel HAVING sum(sign) <> 0
"""

_DELETE = """
DELETE FROM measurement_crowdspell WHERE merchant_id = %(merchant)s
AND id = ANY(ARRAY(SELECT id FROM crowd_changes WHERE sign < 0))
"""

_INSERT = f"""
INSERT INTO measurement_crowdspell (merchant_id, rule_id, {_SPELL}, channel_id)
SELECT %(merchant)s, %(rule)s, {_SPELL}, channel FROM crowd_changes WHERE sign > 0
ORDER BY person, scope, from_day
"""

# A spell tells of the move into it, and of the move out of all layers where none follows.
_MOVES = """
INSERT INTO measurement_crowdmove AS m (merchant_id, rule_id, scope, day, before, after, people)
SELECT %(merchant)s, %(rule)s, scope, day, before, after, sum(sign) FROM (
    SELECT scope, from_day AS day, before, layer AS after, sign FROM crowd_changes
    UNION ALL
    SELECT scope, to_day + 1, layer, 0, sign FROM crowd_changes WHERE after = 0
) moved
GROUP BY scope, day, before, after HAVING sum(sign) <> 0
ORDER BY scope, day, before, after
ON CONFLICT (merchant_id, rule_id, scope, day, before, after) DO UPDATE SET people = m.people + excluded.people
"""

_ENTRIES = """
INSERT INTO measurement_crowdentry AS e (merchant_id, rule_id, scope, day, layer, channel_id, people)
SELECT %(merchant)s, %(rule)s, scope, from_day, layer, channel, sum(sign) FROM crowd_changes
WHERE before < layer
GROUP BY scope, from_day, layer, channel HAVING sum(sign) <> 0
ORDER BY scope, layer, from_day, channel
ON CONFLICT (merchant_id, rule_id, scope, layer, day, channel_id)
DO UPDATE SET people = e.people + excluded.people
"""
