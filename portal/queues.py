"""Which queue a task waits in: `prompt` for what somebody waits for, `heavy` for what takes its time.

Credit, replies, reply clocks and sweeps are prompt. A heavy task holds its worker for a spell of up to 15
seconds and then wakes itself again; with one queue, a large load's tallies kept a new order waiting for more
than a minute. At least one worker takes the prompt queue alone (docs/adr/0027-two-queues.md).
"""

from __future__ import annotations

PROMPT, HEAVY = "prompt", "heavy"

TAKES_ITS_TIME = frozenset(
    {
        "leads.forget_words",
        "leads.purge_exports",
        "leads.send_letters",
        "leads.write_export",
        "leads.write_letters",
        "measurement.count_journeys",
        "measurement.count_sales",
        "measurement.crowds",
        "measurement.delete_old",
        "measurement.estimate_whole",
        "measurement.experiment",
        "measurement.judge",
        "measurement.label_comments",
        "measurement.learn_cycles",
        "measurement.preview_cycle",
        "measurement.purge_comments",
        "measurement.send_mailing",
        "measurement.tally",
        "measurement.write_letters",
        "merchants.apply_upload",
        "merchants.check_upload",
        "merchants.delete_merchants",
        "merchants.purge_deliveries",
        "merchants.sweep_papers",
        "merchants.watch_expiry",
        "merchants.write_archive",
        "merchants.send_webhooks",  # an endpoint may take 12 s to say nothing
    }
)

ROUTES = {name: {"queue": HEAVY} for name in TAKES_ITS_TIME}
"""For Celery; every other task is prompt."""
