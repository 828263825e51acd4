"""How long a report as of a past day takes, on postings that were recorded as a year of trading would record them."""

from __future__ import annotations

import statistics
import time
from typing import Any

from django.test import Client
from django.urls import reverse

from benchmarks.finished import admin
from merchants.models import Merchant

DAY = "2025-06-05"  # five days after the month that is shown
MONTH = "from=2025-05-01&to=2025-05-31"
PAGES = {
    "results": "measurement:results",
    "over time": "measurement:curve",
    "models": "measurement:models",
    "who, what, where": "measurement:matrix",
    "performance": "measurement:process",
    "orders": "measurement:orders",
    "waste": "measurement:moves",
    "ripening": "measurement:ripening",
}
REPEATS = 20

# All was loaded in one hour; recorded a day after its order, it is what somebody has who takes orders in daily. One
# line in twenty came three weeks late. A second posting of a line is a refund, twelve days after the order.
_AGED = """
UPDATE measurement_posting p SET recorded_at = p.order_day + CASE
    WHEN p.cause <> f.cause OR p.run_id <> f.run_id THEN interval '12 days'
    WHEN p.line_id % 20 = 0 THEN interval '21 days'
    ELSE interval '1 day' END
FROM (
    SELECT DISTINCT ON (line_id) line_id, cause, run_id FROM measurement_posting ORDER BY line_id, id
) f
WHERE f.line_id = p.line_id
"""


def age() -> None:
    """Gives the postings their times. Only the superuser can: to everybody else they are not to be changed."""
    with admin(autocommit=True) as server:
        server.execute("SET session_replication_role = replica")
        server.execute(_AGED)
        server.execute("VACUUM ANALYZE measurement_posting")


def measured(client: Client, merchant: Merchant) -> dict[str, Any]:
    """95th percentile of each page in milliseconds."""
    age()
    return {f"{name} as of a past day, p95, ms": _p95(client, merchant, page) for name, page in PAGES.items()}


def _p95(client: Client, merchant: Merchant, page: str) -> float:
    address = f"{reverse(page, args=[merchant.code])}?{MONTH}&asof={DAY}"
    spent = []
    for _ in range(REPEATS + 1):
        begun = time.perf_counter()
        answer = client.get(address)
        spent.append(time.perf_counter() - begun)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")
    return statistics.quantiles(spent[1:], n=20)[-1] * 1000  # the first reads templates
