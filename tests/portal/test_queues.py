"""What somebody waits for does not stand behind what takes its time."""

import pytest
from celery import current_app

from portal import queues


@pytest.mark.parametrize("name", sorted(queues.TAKES_ITS_TIME))
def test_every_heavy_name_is_a_task(name: str) -> None:
    current_app.loader.import_default_modules()
    assert name in current_app.tasks


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
