"""Many rows by one statement: they travel as one JSON document that Postgres turns into rows by the types
of the table. The arrays by column that ``bulk_create`` sends cost this process far more, because every text
in them is escaped by itself.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault


def write(rows: Sequence[models.Model], *, unique: Sequence[str] = (), update: Sequence[str] = ()) -> None:
    """Inserts the rows, all of one model, with the ids they have or none of them. A row that meets a
    stored one in the fields ``unique`` gives it its own values of ``update``, or is left out if there are
    none. Except for those left out, rows without an id are given theirs."""
    if not rows:
        return
    meta = rows[0]._meta
    sent = [field for field in meta.concrete_fields if _is_set(rows[0], field)]
    columns = ", ".join(f'"{field.column}"' for field in sent)
    statement = (
        f"INSERT INTO {meta.db_table} ({columns})"
        f" SELECT {columns} FROM json_populate_recordset(NULL::{meta.db_table}, %s::json)"
        f"{_on_conflict(meta, unique, update)} RETURNING id"
    )
    document = json.dumps([{f.column: getattr(row, f.attname) for f in sent} for row in rows], default=str)
    with connection.cursor() as cursor:
        cursor.execute(statement, [document])
        ids = cursor.fetchall()
    if len(ids) == len(rows):
        for row, (pk,) in zip(rows, ids, strict=True):
            row.pk = pk


def _is_set(row: models.Model, field: Any) -> bool:
    value = getattr(row, field.attname)
    return not isinstance(value, DatabaseDefault) and not (field.primary_key and value is None)


def _on_conflict(meta: Any, unique: Sequence[str], update: Sequence[str]) -> str:
    if not unique:
        return ""
    target = ", ".join(f'"{meta.get_field(name).column}"' for name in unique)
    if not update:
        return f" ON CONFLICT ({target}) DO NOTHING"
    columns = [meta.get_field(name).column for name in update]
    changes = ", ".join(f'"{column}" = excluded."{column}"' for column in columns)
    return f" ON CONFLICT ({target}) DO UPDATE SET {changes}"
