"""The two states of the credit of some lines, what stands and what the facts say now, and the step from one
to the other: both lie in the temporary table ``credit_states``, told apart by their sign. The rule itself is
the one SQL text of ``measurement.attribution.sql``.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from measurement.attribution import decay
from measurement.attribution.sql import NARROW, POSTGRES, rule_ctes
from measurement.computed import computes
from measurement.models import Run
from measurement.operations import journey_marks
from measurement.queries import rules
from merchants.models import Merchant


@computes("grade")
def compute(
    cursor: Any,
    merchant: Merchant,
    lines: list[int],
    setting: rules.Setting,
    *,
    windows: dict[int, int] | None = None,
) -> None:
    """Fills ``credit_states`` with the credit of these lines as the facts make it now, under the merchant's
    own windows or, for a preview, under others (``rules.windows_of``)."""
    scope = {"merchant": merchant.pk, "lines": lines}
    cursor.execute(_STATES_TABLE)
    cursor.execute("DELETE FROM credit_states")  # a transaction around this one may have computed before
    decay_table = _decay_table(cursor, setting.half_life_hours)
    cycles = windows or rules.windows_of(merchant)
    cursor.execute(
        "SELECT coalesce(max(net_fen), 0) FROM measurement_orderline"
        " WHERE merchant_id = %(merchant)s AND id = ANY(%(lines)s::bigint[])",
        scope,
    )
    wide = cursor.fetchone()[0] >= NARROW
    cursor.execute(
        _credit_statement(decay_table, wide, setting.match_product),
        {**scope, "categories": list(cycles), "days": list(cycles.values())},
    )


@lru_cache(maxsize=16)
def _credit_statement(decay_table: str, wide: bool, match_product: bool) -> str:
    rule = rule_ctes(POSTGRES, wide=wide, match_product=match_product)
    return _FACTS.format(decay=decay_table, rule=rule)


def _decay_table(cursor: Any, half_life_hours: int) -> str:
    """The decay relation of a half-life, kept for the session in a temporary table of its own."""
    name = f"decay_{half_life_hours}"
    cursor.execute("SELECT to_regclass(%s)", [f"pg_temp.{name}"])
    if cursor.fetchone()[0] is None:
        weights = decay.weights(Decimal(half_life_hours) / 24)
        cursor.execute(
            f"CREATE TEMPORARY TABLE {name} (age_hours bigint PRIMARY KEY, weight bigint NOT NULL)"
        )
        with cursor.copy(f"COPY {name} FROM STDIN") as copy:
            for row in enumerate(weights):
                copy.write_row(row)
        cursor.execute(f"ANALYZE {name}")
    return name


@dataclass(frozen=True, slots=True)
class Difference:
    """What the computed states of some lines would change: ``changed`` lines in any share; fen credited to
    content before and after, of lines that gain credit and that lose all; and the net of all lines."""

    changed: int
    before: int
    after: int
    net: int
    gained_lines: int
    gained: int
    lost_lines: int
    lost: int


def difference(cursor: Any, merchant: Merchant, lines: list[int]) -> Difference:
    """Compares the states of :func:`compute` with what stands, and writes nothing but its own temporary
    table."""
    cursor.execute(_FORMER, {"merchant": merchant.pk, "lines": lines})
    cursor.execute(_DIFFERENCE)
    return Difference(*(int(value) for value in cursor.fetchone()))


def replace(cursor: Any, run: Run, lines: list[int]) -> int:
    """Posts the differences, sums them up in the rollups, and puts the computed state of these lines in place
    of the former. Lines whose credit stays as it is are not written at all. Returns how many changed."""
    scope = {"merchant": run.merchant_id, "lines": lines, "run": run.pk, "cause": run.cause}
    cursor.execute(_FORMER, scope)
    cursor.execute(_CHANGED)
    changed = [row[0] for row in cursor.fetchall()]
    changes = {**scope, "changed": changed}
    if changed:
        for statement in (_POST, _DELETE, _INSERT, journey_marks.OF_LINES):
            cursor.execute(statement, changes)
    cursor.execute(_PRESENCE, changes)
    return len(changed)


_GRAIN = "channel_id, spu_id, platform, grade, touch_day, order_day"
_FEN = "fen_first, fen_last, fen_linear, fen_position, fen_decay"
_STATE = (
    "id, line_id, position, touch_count, touch_id, touched_at, weight_position, weight_decay,"
    f" {_GRAIN}, {_FEN}"
)

# Both states of the claimed lines: sign 1 is what the facts say now, -1 is what stood until now.
_STATES_TABLE = """
CREATE TEMPORARY TABLE IF NOT EXISTS credit_states (
    sign smallint, id bigint, line_id bigint, position integer, touch_count integer, touch_id bigint,
    touched_at timestamptz, weight_position bigint, weight_decay bigint, channel_id bigint, spu_id bigint,
    platform varchar(30), grade varchar(1), touch_day date, order_day date, fen_first bigint, fen_last bigint,
    fen_linear bigint, fen_position bigint, fen_decay bigint, order_id bigint, person uuid
) ON COMMIT DELETE ROWS
"""

# A product with a cycle of its own counts as a category of its own, under its negative id.
# The facts of the claimed lines as the relations that the rule reads. A person's touches are fetched key
# by key, over all keys that are joined to the line's own; OFFSET 0 keeps the planner from turning the loop
# into a scan of all touches, MATERIALIZED from running it once for each channel. Each touch has its own SPU
# or else that of its content.
_FACTS = """
WITH lines AS MATERIALIZED (
    SELECT l.id, l.order_id AS order_row, l.spu_id, l.platform, l.net_fen, l.paid_at, l.declared_channel_id,
           (extract(epoch FROM l.paid_at) * 1000000)::bigint AS ts,
           (l.paid_at AT TIME ZONE 'Asia/Shanghai')::date AS order_day,
           coalesce(i.person, l.person_key) AS person,
           coalesce(o.category_id, s.category_id, 0) AS category_id, c.window_days
    FROM unnest(%(lines)s::bigint[]) AS claimed(id)
    JOIN measurement_orderline l ON l.id = claimed.id AND l.merchant_id = %(merchant)s
    LEFT JOIN measurement_identity i ON i.merchant_id = %(merchant)s AND i.person_key = l.person_key
    LEFT JOIN measurement_spu s ON s.id = l.spu_id AND s.merchant_id = %(merchant)s
    LEFT JOIN unnest(%(categories)s::bigint[]) AS o(category_id) ON o.category_id = -l.spu_id
    LEFT JOIN unnest(%(categories)s::bigint[], %(days)s::integer[]) AS c(category_id, window_days)
        ON c.category_id = coalesce(o.category_id, s.category_id, 0)
    WHERE l.paid_at IS NOT NULL
), categories AS (
    SELECT * FROM unnest(%(categories)s::bigint[], %(days)s::integer[]) AS c(category_id, window_days)
), decay AS (
    SELECT age_hours, weight FROM {decay}
), orders AS (
    SELECT id AS order_id, person AS person_id, spu_id AS product_id, category_id,
           ts, net_fen AS value_cents
    FROM lines
), spans AS MATERIALIZED (
    SELECT person, min(paid_at - make_interval(days => window_days)) AS opens, max(paid_at) AS closes
    FROM lines WHERE person IS NOT NULL AND window_days IS NOT NULL GROUP BY person
), keys AS MATERIALIZED (
    SELECT s.person, coalesce(i.person_key, s.person) AS person_key, s.opens, s.closes
    FROM spans s LEFT JOIN measurement_identity i ON i.merchant_id = %(merchant)s AND i.person = s.person
), seen AS MATERIALIZED (
    SELECT k.person, t.*
    FROM keys k
    CROSS JOIN LATERAL (
        SELECT id, spu_id, channel_id, (extract(epoch FROM occurred_at) * 1000000)::bigint AS ts, tie
        FROM measurement_touch
        WHERE merchant_id = %(merchant)s AND person_key = k.person_key
          AND occurred_at BETWEEN k.opens AND k.closes AND NOT retracted
        OFFSET 0
    ) t
), touches AS (
    SELECT t.id AS touch_id, t.person AS person_id, coalesce(t.spu_id, c.spu_id) AS product_id, t.channel_id,
           t.ts, t.tie
    FROM seen t JOIN measurement_channel c ON c.id = t.channel_id AND c.merchant_id = %(merchant)s
    WHERE c.kind NOT IN ('own_post', 'shared_order')
), {rule}, stated AS (
    SELECT l.*, c.touch_id, c.touch_ts, c.n_touches, c.k_position, c.k_decay,
           c.c_first, c.c_last, c.c_linear, c.c_position, c.c_decay,
           CASE WHEN c.n_touches > 0 THEN 'A' WHEN l.declared_channel_id IS NOT NULL THEN 'B' ELSE 'U' END
               AS grade,
           coalesce(c.channel_id, l.declared_channel_id) AS channel_id,
           coalesce(c.position, CASE WHEN l.declared_channel_id IS NULL THEN 0 ELSE 1 END) AS position,
           CASE WHEN c.n_touches > 0 THEN timestamptz 'epoch' + c.touch_ts * interval '1 microsecond'
                WHEN l.declared_channel_id IS NOT NULL THEN l.paid_at END AS touched_at
    FROM credits c JOIN lines l ON l.id = c.order_id
)
INSERT INTO credit_states
SELECT 1, id * 65536 + position, id, position,
       CASE grade WHEN 'A' THEN n_touches WHEN 'B' THEN 1 ELSE 0 END,
       touch_id, touched_at, k_position, k_decay, channel_id, spu_id, platform, grade,
       (touched_at AT TIME ZONE 'Asia/Shanghai')::date, order_day,
       CASE grade WHEN 'A' THEN c_first ELSE net_fen END, CASE grade WHEN 'A' THEN c_last ELSE net_fen END,
       CASE grade WHEN 'A' THEN c_linear ELSE net_fen END,
       CASE grade WHEN 'A' THEN c_position ELSE net_fen END,
       CASE grade WHEN 'A' THEN c_decay ELSE net_fen END, order_row, person
FROM stated
"""

_FORMER = f"""
INSERT INTO credit_states (sign, {_STATE})
SELECT -1, {_STATE} FROM unnest(%(lines)s::bigint[]) AS claimed(line)
CROSS JOIN LATERAL (
    SELECT * FROM measurement_credit
    WHERE merchant_id = %(merchant)s AND id BETWEEN claimed.line * 65536 AND claimed.line * 65536 + 65535
    OFFSET 0
) c
"""

# A row that stays as it is stands there twice.
_CHANGED = f"""
SELECT DISTINCT line_id FROM (
    SELECT line_id FROM credit_states GROUP BY {_STATE} HAVING count(*) = 1
) moved
"""

_DIFFERENCE = f"""
WITH moved AS (
    SELECT DISTINCT line_id FROM (
        SELECT line_id FROM credit_states GROUP BY {_STATE} HAVING count(*) = 1
    ) m
), sums AS (
    SELECT line_id,
           coalesce(sum(fen_linear) FILTER (WHERE sign = -1 AND grade <> 'U'), 0)::bigint AS before,
           coalesce(sum(fen_linear) FILTER (WHERE sign = 1 AND grade <> 'U'), 0)::bigint AS after,
           coalesce(sum(fen_linear) FILTER (WHERE sign = 1), 0)::bigint AS net,
           coalesce(bool_or(sign = -1 AND grade <> 'U'), false) AS was,
           coalesce(bool_or(sign = 1 AND grade <> 'U'), false) AS is_now
    FROM credit_states GROUP BY line_id
)
SELECT (SELECT count(*) FROM moved), coalesce(sum(before), 0), coalesce(sum(after), 0), coalesce(sum(net), 0),
       count(*) FILTER (WHERE is_now AND NOT was), coalesce(sum(after) FILTER (WHERE is_now AND NOT was), 0),
       count(*) FILTER (WHERE was AND NOT is_now), coalesce(sum(before) FILTER (WHERE was AND NOT is_now), 0)
FROM sums
"""

_SUMS = ", ".join(f"sum({fen})::bigint" for fen in _FEN.split(", "))
_DELTAS = ", ".join(f"sum(sign * {fen})::bigint AS {fen}" for fen in _FEN.split(", "))
_IS_CHANGED = "line_id = ANY(%(changed)s::bigint[])"  # the cast makes it a hash look-up

# In key order, so that two workers meet in the rollups in the same order.
_POST = f"""
WITH deltas AS (
    SELECT line_id, touch_id, {_GRAIN}, {_DELTAS}
    FROM credit_states WHERE {_IS_CHANGED} GROUP BY line_id, touch_id, {_GRAIN}
), posted AS (
    INSERT INTO measurement_posting
        (merchant_id, line_id, touch_id, {_GRAIN}, {_FEN}, recorded_at, cause, run_id)
    SELECT %(merchant)s, line_id, touch_id, {_GRAIN}, {_FEN}, now(), %(cause)s, %(run)s
    FROM deltas WHERE ({_FEN}) <> (0, 0, 0, 0, 0)
    RETURNING {_GRAIN}, {_FEN}
)
INSERT INTO measurement_rollup AS r (merchant_id, {_GRAIN}, recorded_day, {_FEN})
SELECT %(merchant)s, {_GRAIN}, (now() AT TIME ZONE 'Asia/Shanghai')::date, {_SUMS}
FROM posted GROUP BY {_GRAIN}
ORDER BY order_day, channel_id, spu_id, platform, grade, touch_day
ON CONFLICT (merchant_id, order_day, channel_id, spu_id, platform, grade, touch_day, recorded_day)
DO UPDATE SET
    fen_first = r.fen_first + excluded.fen_first, fen_last = r.fen_last + excluded.fen_last,
    fen_linear = r.fen_linear + excluded.fen_linear, fen_position = r.fen_position + excluded.fen_position,
    fen_decay = r.fen_decay + excluded.fen_decay
"""

# By ids, which stays an index scan whatever the planner thinks of the size of the table.
_DELETE = f"""
DELETE FROM measurement_credit WHERE merchant_id = %(merchant)s
AND id = ANY(ARRAY(SELECT id FROM credit_states WHERE sign = -1 AND {_IS_CHANGED}))
"""

_INSERT = f"""
INSERT INTO measurement_credit (merchant_id, run_id, {_STATE})
SELECT %(merchant)s, %(run)s, {_STATE} FROM credit_states WHERE sign = 1 AND {_IS_CHANGED}
"""

_CELL = f"line_id, order_id, person, {_GRAIN}"

# Most changes move money only: what stood and still stands is counted twice, and left alone. All claimed
# lines are looked at, because a join of identities may give a line another person and the same credit. The
# days of whatever moved are marked, for the copies that reports read.
_PRESENCE = f"""
WITH moved AS MATERIALIZED (
    SELECT max(id) AS gone, {_CELL} FROM (
        SELECT p.id, {_CELL} FROM unnest(%(lines)s::bigint[]) AS claimed(line)
        CROSS JOIN LATERAL (
            SELECT * FROM measurement_presence
            WHERE merchant_id = %(merchant)s AND line_id = claimed.line OFFSET 0
        ) p
        UNION ALL
        SELECT DISTINCT NULL::bigint, {_CELL} FROM credit_states WHERE sign = 1
    ) cells
    GROUP BY {_CELL} HAVING count(*) = 1
), deleted AS (
    DELETE FROM measurement_presence
    WHERE merchant_id = %(merchant)s AND id = ANY(ARRAY(SELECT gone FROM moved WHERE gone IS NOT NULL))
)
, marked AS (
    INSERT INTO measurement_creditdaymark (merchant_id, day)
    SELECT %(merchant)s::bigint, order_day FROM (
        SELECT order_day FROM moved
        UNION
        SELECT order_day FROM credit_states WHERE line_id = ANY(%(changed)s::bigint[])
    ) days
)
INSERT INTO measurement_presence (merchant_id, {_CELL})
SELECT %(merchant)s::bigint, {_CELL} FROM moved WHERE gone IS NULL
"""
