"""Credit as it stood at the end of a past day: the sum of all that had been posted by then, or what stands now less
all that was posted since.

What is summed is the money. Whose an order is, is told by the keys that are joined today; a line whose order is
gone stands for an order of its own; and where nothing was left of a credit by then, nothing is told of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import psycopg
from django.db import connection

from measurement.attribution.cells import Cells, merged
from measurement.choices import Model, Platform

_WHO = """
    LEFT JOIN measurement_orderline l ON l.id = p.line_id AND l.merchant_id = p.merchant_id
    LEFT JOIN measurement_identity i ON i.merchant_id = l.merchant_id AND i.person_key = l.person_key
"""
_GRAIN = ", ".join(
    f"p.{name}"
    for name in (
        "merchant_id", "line_id", "channel_id", "spu_id", "platform", "grade", "touch_day", "order_day",
    )
)  # fmt: skip


def stood(model: Model) -> str:
    """Rows like those of presence, with their ``fen`` under a model: a relation for statements that have the
    parameters ``merchant`` and ``recorded_before``. Conditions on its columns reach the postings themselves."""
    return f"""(
        SELECT {_GRAIN}, coalesce(l.order_id, -p.line_id) AS order_id,
               coalesce(i.person, l.person_key) AS person, sum(p.fen_{model.value})::bigint AS fen
        FROM measurement_posting p {_WHO}
        WHERE p.merchant_id = %(merchant)s AND p.recorded_at < %(recorded_before)s
        GROUP BY {_GRAIN}, l.order_id, i.person, l.person_key
        HAVING sum(p.fen_linear) <> 0
    )"""


# As the server sends them in binary form: rows of one length, because no column is empty. What no touch is behind
# is touched a day after its order, which is how cells say so. They are summed here: in SQL it takes thrice as long.
_NOBODY = "00000000-0000-0000-0000-000000000000"
_POSTED = f"""
COPY (
    SELECT coalesce(l.order_id, -p.line_id), coalesce(i.person, l.person_key, '{_NOBODY}'::uuid),
           coalesce(p.channel_id, 0), coalesce(p.spu_id, 0),
           coalesce(array_position(%(platforms)s::text[], p.platform::text), 1) - 1, ascii(p.grade),
           p.order_day, coalesce(p.touch_day, p.order_day + 1), {{fen}}
    FROM measurement_posting p {_WHO}
    WHERE {{chosen}}
) TO STDOUT (FORMAT binary)
"""
_OF_DAYS = "p.merchant_id = %(merchant)s AND p.order_day >= %(since)s AND p.order_day < %(until)s"
_BY_THEN = f"""{_OF_DAYS} AND p.recorded_at < %(recorded_before)s
      AND (p.order_day < %(before)s OR p.touch_day < %(before)s)"""
_SINCE = f"{_OF_DAYS} AND p.recorded_at >= %(recorded_before)s"
_HOW_MANY = f"SELECT count(*) FROM measurement_posting p WHERE {_SINCE}"
_PLATFORMS = ("", *(platform.value for platform in Platform))
_COLUMNS = {
    "order": ">i8", "person": ">i8", "channel": ">i8", "spu": ">i8", "platform": ">i4", "grade": ">i4",
    "order_day": ">i4", "touch_day": ">i4",
}  # fmt: skip
_HEAD, _TAIL = 19, 2  # bytes of a COPY before its first row and after its last
_EPOCH = 10_957  # days from 1970 to 2000, from which the server counts


def cells_of_past(scope: Mapping[str, Any], models: Sequence[Model]) -> Cells:
    """The cells that stood, from all that made them; ``scope`` holds the parameters of the statement."""
    kept = tuple(dict.fromkeys((Model.LINEAR, *models)))  # linear shares tell whether anything is left
    return merged(_posted(scope, kept, _BY_THEN), Model.LINEAR)


def posted_since(scope: Mapping[str, Any], models: Sequence[Model]) -> Cells:
    """What was posted of the scope's order days after that day, as cells of which several may be of one credit."""
    return _posted(scope, models, _SINCE)


def count_since(scope: Mapping[str, Any]) -> int:
    """How many :func:`posted_since` would read. Postings are only ever added: as long as there are so many, credit
    has not moved."""
    with connection.cursor() as cursor:
        cursor.execute(_HOW_MANY, dict(scope))
        return int(cursor.fetchone()[0])


def _posted(scope: Mapping[str, Any], models: Sequence[Model], chosen: str) -> Cells:
    statement = _POSTED.format(fen=", ".join(f"p.fen_{model.value}" for model in models), chosen=chosen)
    connection.ensure_connection()
    with (
        psycopg.Cursor(connection.connection) as cursor,  # Django's own does not bind parameters of a copy
        cursor.copy(statement, {**scope, "platforms": list(_PLATFORMS)}) as copy,
    ):
        sent = b"".join(bytes(block) for block in copy)
    read = np.frombuffer(sent[_HEAD:-_TAIL], dtype=_row_of(models))
    told: dict[str, Any] = {name: read[name].astype(np.int64) for name in (*_COLUMNS, *models)}
    touch_day = told.pop("touch_day")
    return Cells(
        platforms=_PLATFORMS,
        fen={model: told.pop(model) for model in models},
        age=told["order_day"] - touch_day,
        order_day=told.pop("order_day") + _EPOCH,
        **told,
    )


def _row_of(models: Sequence[Model]) -> np.dtype[Any]:
    """How many columns, then each with its length; of a person the first half is read."""
    fields: list[tuple[str, str]] = [("columns", ">i2")]
    for name, kind in (*_COLUMNS.items(), *((model.value, ">i8") for model in models)):
        fields += [(f"length of {name}", ">i4"), (name, kind)]
        if name == "person":
            fields.append(("rest of the person", ">i8"))
    return np.dtype(fields)
