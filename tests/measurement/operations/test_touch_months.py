"""Months of touches are added by whoever needs one first; the others find it there."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import psycopg

ADD = "SELECT measurement_add_touch_months(%s, %s)"
DAYS = (date(2012, 3, 1), date(2012, 3, 31))
WAITS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND pid = %s"
PATIENCE = 30  # seconds


def test_two_workers_that_need_the_same_month_at_once_both_go_on(committed: None) -> None:
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url) as one, psycopg.connect(url) as other, psycopg.connect(url) as watcher:
        assert one.execute(ADD, DAYS).fetchone() == (1,)
        with ThreadPoolExecutor(1) as pool:
            second = pool.submit(lambda: other.execute(ADD, DAYS).fetchone())
            pause = threading.Event()
            for _ in range(PATIENCE * 20):
                if watcher.execute(WAITS, [other.info.backend_pid]).fetchone() == (1,):
                    break
                pause.wait(0.05)
            one.commit()
            assert second.result(PATIENCE) == (0,)
