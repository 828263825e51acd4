"""What somebody waits for does not stand behind what takes its time."""

import pytest
from celery import current_app

from portal import queues


@pytest.mark.parametrize("name", sorted(queues.TAKES_ITS_TIME))
def test_every_heavy_name_is_a_task(name: str) -> None:
    current_app.loader.import_default_modules()
    assert name in current_app.tasks


def test_a_task_that_may_run_for_minutes_is_heavy() -> None:
    current_app.loader.import_default_modules()
    usual = current_app.conf.task_soft_time_limit
    long = {name for name, task in current_app.tasks.items() if (task.soft_time_limit or 0) > usual}
    assert "leads.write_export" in long
    assert long <= queues.TAKES_ITS_TIME


@pytest.mark.parametrize(
    ("name", "queue"),
    [
        ("measurement.work", "prompt"),
        ("leads.assign", "prompt"),
        ("measurement.sweep_tallies", "prompt"),
        ("measurement.tally", "heavy"),
        ("merchants.apply_upload", "heavy"),
    ],
)
def test_a_message_goes_into_the_queue_of_its_task(name: str, queue: str) -> None:
    assert current_app.amqp.router.route({}, name)["queue"].name == queue
