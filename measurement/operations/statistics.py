"""What the planner knows of the tables, renewed after a large load (migration 0005 says why)."""

from __future__ import annotations

from django.db import connection, transaction


def refresh() -> int:
    """Analyses the tables of which a quarter, and some thousand rows, changed since they were last looked at.
    Returns how many; a few milliseconds when there is none. Rows count once their transaction has ended."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT measurement_refresh_statistics()")
        row = cursor.fetchone()
    return int(row[0]) if row else 0
