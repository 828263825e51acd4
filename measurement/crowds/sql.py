"""One SQL text that makes the spells of many people from their events (pure: text only).

It reads the relation ``crowd_events`` (person, spu, day, kind, cycle, channel, at, id; spu 0: not known) and
the columns of the rule as literals of its own making, and gives (person, scope, layer, from_day, to_day,
before, after, channel). ``scope`` is a product, or 0 for the merchant as a whole. ``channel`` is what carried
the first event of the day that counts for the layer, where a person came from below; else 0.

The layer of a day is a running count: an event adds one to each row of the rule that counts its kind, and
takes it away when it is too old. One sort by person and day, whatever the number of rows and windows.
"""

from __future__ import annotations

from functools import lru_cache

from measurement.crowds.rules import KINDS, Rule, RuleRow, rank

ORDER_CHANNEL = 0


def _quoted(kinds: tuple[str, ...]) -> str:
    """Kinds as literals; only words of our own are ever written into the text."""
    if not set(kinds) <= set(KINDS):
        raise ValueError(f"unknown kinds in {kinds}")
    return ", ".join(f"'{kind}'" for kind in kinds)


def _window(row: RuleRow) -> str:
    return "cycle" if row.days is None else f"{int(row.days)}"


@lru_cache(maxsize=32)
def spells_sql(rule: Rule) -> str:
    """The statement's CTEs, ending in ``spells``: ``WITH {spells_sql(rule)} SELECT … FROM spells``."""
    rows = list(enumerate(rule.rows, start=1))
    windows = sorted({_window(row) for row in rule.rows})
    starts = ", ".join(
        f"(sum(n) FILTER (WHERE kind IN ({_quoted(row.kinds)})))::integer AS d{k}" for k, row in rows
    )
    ends = "\n    UNION ALL\n    ".join(
        f"SELECT person, scope, day + {window}, "
        + ", ".join(
            f"-(sum(n) FILTER (WHERE kind IN ({_quoted(row.kinds)})))::integer"
            if _window(row) == window
            else "NULL"
            for _, row in rows
        )
        + f" FROM daily WHERE kind IN ({_quoted(_kinds_of(rule, window))})"
        + f" GROUP BY person, scope, day + {window}"
        for window in windows
    )
    summed = ", ".join(f"sum(d{k})::integer AS d{k}" for k, _ in rows)
    highest_first = sorted(rows, key=lambda one: (-rank(one[1].layer), one[0]))
    layer = " ".join(
        f"WHEN sum(d{k}) OVER w >= {int(row.least)} THEN {rank(row.layer)}" for k, row in highest_first
    )
    counts = " OR ".join(
        f"s.layer = {rank(row.layer)} AND e.kind IN ({_quoted(row.kinds)})" for _, row in rows
    )
    return _SPELLS.format(
        kinds=_quoted(tuple(kind for kind in KINDS if kind in rule.kinds)),
        starts=starts,
        ends=ends,
        summed=summed,
        layer=layer,
        counts=counts,
    )


def _kinds_of(rule: Rule, window: str) -> tuple[str, ...]:
    used = {kind for row in rule.rows if _window(row) == window for kind in row.kinds}
    return tuple(kind for kind in KINDS if kind in used)


_SPELLS = """
by_spu AS MATERIALIZED (
    SELECT person, spu AS scope, day, kind, cycle, count(*)::integer AS n FROM crowd_events
    WHERE kind IN ({kinds}) GROUP BY person, spu, day, kind, cycle
), daily AS MATERIALIZED (
    SELECT * FROM by_spu WHERE scope <> 0
    UNION ALL
    SELECT person, 0, day, kind, cycle, sum(n)::integer FROM by_spu GROUP BY person, day, kind, cycle
), steps AS (
    SELECT person, scope, day, {starts} FROM daily GROUP BY person, scope, day
    UNION ALL
    {ends}
), turns AS (
    SELECT person, scope, day, {summed} FROM steps GROUP BY person, scope, day
), held AS (
    SELECT person, scope, day, CASE {layer} ELSE 0 END AS layer FROM turns
    WINDOW w AS (PARTITION BY person, scope ORDER BY day ROWS UNBOUNDED PRECEDING)
), turned AS (
    SELECT *, lag(layer, 1, 0) OVER (PARTITION BY person, scope ORDER BY day) AS before FROM held
), stretches AS (
    SELECT person, scope, layer, day AS from_day, before,
           lead(day) OVER w - 1 AS to_day, lead(layer) OVER w AS after
    FROM turned WHERE layer <> before
    WINDOW w AS (PARTITION BY person, scope ORDER BY day)
), standing AS MATERIALIZED (
    SELECT * FROM stretches WHERE layer > 0
), carried AS (
    SELECT DISTINCT ON (s.person, s.scope, s.from_day) s.person, s.scope, s.from_day, e.channel
    FROM standing s JOIN crowd_events e ON e.person = s.person AND e.day = s.from_day
    WHERE s.before < s.layer AND (s.scope = 0 OR e.spu = s.scope) AND ({counts})
    ORDER BY s.person, s.scope, s.from_day, e.at, e.id
), spells AS (
    SELECT s.person, s.scope, s.layer, s.from_day, s.to_day, s.before, s.after,
           coalesce(c.channel, 0) AS channel
    FROM standing s LEFT JOIN carried c USING (person, scope, from_day)
)
"""
