"""After a large load the planner is told, once, by a role that does not own the tables."""

from __future__ import annotations

from django.db import connection

from measurement.models import DirtyMark
from measurement.operations import statistics
from merchants import tenancy
from tests.conftest import make_merchant

ROWS = 6_000


def known_rows() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")  # else counted up to a second later
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'measurement_dirtymark'")
        return float(cursor.fetchone()[0])


def test_a_table_that_grew_is_analysed_once_and_a_small_change_is_not(committed: None) -> None:
    merchant = make_merchant("bulk")
    with tenancy.acting_for(merchant):
        DirtyMark.objects.bulk_create(
            DirtyMark(merchant=merchant, bucket=n % 64, line_id=n, cause="order") for n in range(ROWS)
        )
    known_rows()
    assert statistics.refresh() == 1
    assert known_rows() == ROWS

    with tenancy.acting_for(merchant):
        DirtyMark.objects.create(merchant=merchant, bucket=1, line_id=ROWS, cause="order")
    known_rows()
    assert statistics.refresh() == 0
    assert known_rows() == ROWS
