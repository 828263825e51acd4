"""Saying what must be computed anew. A mark is written in the transaction that changed the facts."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.db import connection

from measurement.models import BulkChange
from merchants.background import wake
from merchants.models import Merchant

BUCKETS = 64


def bucket_of(person_key: uuid.UUID | None, line_id: int) -> int:
    """The bucket of a line: by its person's hash, so that one person's lines are computed together."""
    return (person_key.int if person_key else line_id) % BUCKETS


def mark(merchant: Merchant, lines: Iterable[tuple[int, int]], *, cause: str) -> int:
    """Marks lines, given as (line id, bucket); wakes a worker on commit. Returns how many."""
    marks = list(lines)
    if marks:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO measurement_dirtymark (merchant_id, line_id, bucket, cause)"
                " SELECT %s, line, bucket, %s FROM unnest(%s::bigint[], %s::smallint[]) AS marked(line, bucket)",
                [merchant.pk, cause, [line for line, _ in marks], [bucket for _, bucket in marks]],
            )
        wake_for(merchant)
    return len(marks)


def change(merchant: Merchant, cause: str, **payload: Any) -> BulkChange:
    """Records a change that touches many lines; a later transaction finds them."""
    row: BulkChange = BulkChange.objects.create(merchant=merchant, cause=cause, payload=payload)
    wake_for(merchant)
    return row


def wake_for(merchant: Merchant) -> None:
    wake("measurement.work", merchant_id=merchant.pk)
