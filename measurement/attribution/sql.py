"""The rule of this package as one SQL text over whole relations, for every engine that can divide integers.

It reads four relations, be they tables, views or CTEs; ids are of any type that is the same on both sides:

    touches(touch_id, person_id, product_id, channel_id, ts, tie)   tie: sorts as `touches.tie` says
    orders(order_id, person_id, product_id, category_id, ts, value_cents)   one row for each order_id
    categories(category_id, window_days)   one row for each category_id
    decay(age_hours, weight)   from `decay.weights`; an age that is missing weighs 0

`ts` counts integer ticks, `hour` of them an hour; microseconds unless said otherwise. The result is the CTE
`credits` with the columns `COLUMNS`: one row for each order and touch, and one for each unattributed order.

A product of an amount and a weight must fit 64 bits, which holds for amounts below `NARROW`; `wide` makes
room for all others. Partitions begin with the person, so that a database sharded by person can push the
text down.

Only decay needs a sort to find the greatest remainders: under linear all are equal, and under position there
are but two, that of the ends and that between.
"""

from __future__ import annotations

from dataclasses import dataclass

from measurement.attribution.windows import HOUR

NARROW = 2**33
"""Amounts of this size, either sign, and more need `wide`."""

COLUMNS = (
    "order_id",
    "touch_id",
    "channel_id",
    "position",
    "n_touches",
    "k_position",
    "s_position",
    "k_decay",
    "s_decay",
    "c_first",
    "c_last",
    "c_linear",
    "c_position",
    "c_decay",
)


@dataclass(frozen=True)
class Dialect:
    """Where engines differ: how integers are divided, rounding toward 0, and what the widest integer is."""

    divide: str
    divide_wide: str
    wide: str


POSTGRES = Dialect(divide="({} / {})", divide_wide="div({}, {})", wide="numeric")
DUCKDB = Dialect(divide="({} // {})", divide_wide="({} // {})", wide="hugeint")
SPARK = Dialect(divide="({} div {})", divide_wide="({} div {})", wide="decimal(38, 0)")


def rule_ctes(
    dialect: Dialect,
    *,
    wide: bool = False,
    match_product: bool = True,
    hour: int = HOUR,
    result: str = "credits",
) -> str:
    """The rule as CTEs, comma separated, to stand after `WITH` and the CTEs of the four relations.

    Without `match_product` touches of other products count too. The last CTE has the columns `COLUMNS`, and
    `touch_ts` beside them.
    """
    divide = dialect.divide_wide if wide else dialect.divide
    amount = f"abs(cast(o.value_cents as {dialect.wide}))" if wide else "abs(o.value_cents)"
    return _RULE.format(
        result=result,
        hour=hour,
        day=24 * hour,
        amount=amount,
        same_product="and t.product_id = o.product_id " if match_product else "",
        age=dialect.divide.format("(o.ts - t.ts)", hour),
        q_linear=divide.format("amount", "n"),
        q_position=divide.format("(amount * k_position)", "s_position"),
        q_decay=divide.format("(amount * k_decay)", "s_decay"),
        left_position=divide.format("(2 * rest_end + (n - 2) * rest_between)", "s_position"),
    )


def credit_sql(dialect: Dialect, *, wide: bool = False, match_product: bool = True, hour: int = HOUR) -> str:
    """A whole query over relations that exist: `SELECT` of `COLUMNS`, in no order."""
    ctes = rule_ctes(dialect, wide=wide, match_product=match_product, hour=hour)
    return f"WITH {ctes}\nSELECT {', '.join(COLUMNS)} FROM credits"


def tie(column: str) -> str:
    """An expression that gives `touches.tie` of a text column, in Postgres and in DuckDB."""
    digits = f"ltrim({column}, '-0')"
    complement = f"translate({digits}, '0123456789', '9876543210')"
    length = "lpad(cast({} as text), 3, '0')"
    below = f"'0' || {length.format(f'999 - length({digits})')} || {complement}"
    above = f"'1' || {length.format(f'length({digits})')} || {digits}"
    return (
        f"case when length({column}) > 999 or not {column} ~ '^-?[0-9]+$' then '2' || {column}"
        f" when left({column}, 1) = '-' then {below} || ' ' || {column}"
        f" else {above} || ' ' || {column} end"
    )


_RULE = """\
journeys as (  -- an order and a touch of its window; an unattributed order stands alone, null from here on
  select o.order_id, o.person_id, {amount} as amount,
         case when t.ts is null then null when o.value_cents < 0 then -1 else 1 end as side,
         t.touch_id, t.channel_id, t.ts as touch_ts, t.tie, {age} as age_hours
    from (select d.order_id, d.person_id, d.product_id, d.ts, d.value_cents,
                 d.ts - cast(c.window_days as bigint) * {day} as opens
            from orders d left join categories c on c.category_id = d.category_id) o
    left join touches t
      on t.person_id = o.person_id {same_product}and t.ts >= o.opens and t.ts <= o.ts
),
aged as (
  select journeys.*, case when side is not null then coalesce(decay.weight, 0) end as k
    from journeys left join decay on decay.age_hours = journeys.age_hours
),
placed as (
  select order_id, person_id, amount, side, touch_id, channel_id, touch_ts, k,
         case when side is not null then row_number() over in_order end as position,
         nullif(count(side) over whole, 0) as n,
         cast(sum(k) over whole as bigint) as s
    from aged
  window in_order as (partition by person_id, order_id order by touch_ts, tie),
         whole as (in_order rows between unbounded preceding and unbounded following)
),
weighed as (  -- k: the weight of a touch; s: their sum over the journey
  select order_id, person_id, amount, side, touch_id, channel_id, touch_ts, position, n,
         case when n < 3 then 1 else 2 * (n - 2) end as k_end,
         case when n < 3 or 1 < position and position < n then 1 else 2 * (n - 2) end as k_position,
         case when n < 3 then n else 5 * (n - 2) end as s_position,
         case when s = 0 then 1 else k end as k_decay,
         case when s = 0 then n else s end as s_decay
    from placed
),
divided as (  -- q: the whole fen of a share; rest: what the division leaves, at both ends and between
  select weighed.*,
         {q_linear} as q_linear, {q_position} as q_position, {q_decay} as q_decay,
         mod(amount * k_end, s_position) as rest_end, mod(amount, s_position) as rest_between
    from weighed
),
ranked as (  -- left: the fen that are left over; place: who gets them, the greatest rest first, then in order
  select divided.*,
         amount - q_linear * n as left_linear,
         {left_position} as left_position,
         amount - sum(q_decay) over whole as left_decay,
         case when rest_end = rest_between then position
              when rest_end > rest_between and position = 1 then 1
              when rest_end > rest_between and position = n then 2
              when rest_end > rest_between then position + 1
              when position = 1 then n - 1
              when position = n then n
              else position - 1
          end as place_position,
         row_number() over by_rest as place_decay
    from divided
  window by_rest as (partition by person_id, order_id
                     order by amount * k_decay - q_decay * s_decay desc, position),
         whole as (by_rest rows between unbounded preceding and unbounded following)
),
{result} as (
  select order_id, touch_id, channel_id, touch_ts, position, coalesce(n, 0) as n_touches,
         k_position, s_position, k_decay, s_decay,
         cast(side * case when position = 1 then amount else 0 end as bigint) as c_first,
         cast(side * case when position = n then amount else 0 end as bigint) as c_last,
         cast(side * (q_linear + case when position <= left_linear then 1 else 0 end) as bigint) as c_linear,
         cast(side * (q_position + case when place_position <= left_position then 1 else 0 end) as bigint)
           as c_position,
         cast(side * (q_decay + case when place_decay <= left_decay then 1 else 0 end) as bigint) as c_decay
    from ranked
)"""
