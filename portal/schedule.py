"""The beat's whole timetable: when, which task, why."""

from datetime import timedelta

from celery.schedules import crontab

BEAT = {
    # a hint may be lost with the broker: the marks are the truth, so look at them often
    "sweep marks": {"task": "measurement.sweep", "schedule": timedelta(seconds=5)},
    # raw deliveries are kept only as long as a replay may be wanted
    "purge deliveries": {"task": "merchants.purge_deliveries", "schedule": crontab(hour=19, minute=20)},
    # an upload whose worker died goes on
    "resume uploads": {"task": "merchants.resume_uploads", "schedule": timedelta(seconds=30)},
}
