"""A hint to a worker: sent when the broker is well, dropped at once when it is not."""

import socket
import threading
import time

import celery
import pytest
from django.db import transaction

from merchants import background


@pytest.fixture
def broker_at(monkeypatch):
    """Points the app at another broker and gives a bell that has never rung."""

    def point(url: str) -> background._Bell:
        monkeypatch.setattr(celery.current_app.conf, "broker_write_url", url)
        return background._Bell()

    return point


def test_a_hint_reaches_the_broker():
    assert background._Bell().ring("tests.nobody_listens", {"upload_id": 1})


def test_a_broker_that_refuses_is_left_alone_for_a_while(broker_at, tmp_path):
    bell = broker_at(f"redis+socket://{tmp_path}/nobody.sock")
    began = time.monotonic()
    assert not bell.ring("tests.nobody_listens", {})
    assert not bell.ring("tests.nobody_listens", {})
    assert time.monotonic() - began < 1


def test_a_broker_that_hangs_costs_one_request_little_and_the_next_nothing(broker_at, tmp_path):
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(f"{tmp_path}/v.sock")
        silent.listen()
        bell = broker_at(f"redis+socket://{tmp_path}/v.sock")
        began = time.monotonic()
        assert not bell.ring("tests.nobody_listens", {})
        knocked = time.monotonic()
        assert not bell.ring("tests.nobody_listens", {})
        assert knocked - began < 2 * background.PATIENCE_SECONDS + 0.5
        assert time.monotonic() - knocked < 0.05


class Heard(background._Bell):
    """Tells what it would ring."""

    def __init__(self) -> None:
        super().__init__()
        self.rung: list[tuple[str, dict[str, int]]] = []

    def ring(self, task_name: str, kwargs: dict[str, int]) -> bool:
        self.rung.append((task_name, kwargs))
        return True

    def held_back(self) -> list[tuple[str, dict[str, int]]]:
        """All that was rung once nothing is held back any more."""
        for thread in threading.enumerate():
            if isinstance(thread, threading.Timer) and thread.function == self.ring:
                thread.join()
        return self.rung


def test_a_burst_of_one_hint_is_one_at_once_and_one_for_all_the_rest():
    bell = Heard()
    for _ in range(50):
        bell.knock("a.task", {"merchant_id": 1})
    assert bell.rung == [("a.task", {"merchant_id": 1})]
    assert bell.held_back() == [("a.task", {"merchant_id": 1})] * 2


def test_other_hints_do_not_wait_for_each_other():
    bell = Heard()
    for merchant_id in (1, 2):
        bell.knock("a.task", {"merchant_id": merchant_id})
    bell.knock("another.task", {"merchant_id": 1})
    assert bell.rung == [
        ("a.task", {"merchant_id": 1}),
        ("a.task", {"merchant_id": 2}),
        ("another.task", {"merchant_id": 1}),
    ]


def test_a_hint_that_comes_after_the_time_of_merging_goes_out_at_once(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(background.time, "monotonic", lambda: clock[0])
    bell = Heard()
    bell.knock("a.task", {})
    clock[0] += background.MERGE_SECONDS + 0.001
    bell.knock("a.task", {})
    assert bell.rung == [("a.task", {})] * 2


@pytest.mark.django_db
def test_the_hint_waits_for_the_commit_and_goes_with_the_rollback(
    monkeypatch, django_capture_on_commit_callbacks
):
    rung = []
    monkeypatch.setattr(background._bell, "knock", lambda name, kwargs: rung.append((name, kwargs)))
    with django_capture_on_commit_callbacks(execute=True):
        background.wake("a.task", row_id=7)
        assert rung == []
        with transaction.atomic():
            background.wake("a.task", row_id=8)
            transaction.set_rollback(True)
    assert rung == [("a.task", {"row_id": 7})]


def test_the_base_task_survives_a_killed_worker_and_a_lost_database():
    @celery.shared_task(base=background.Task, name="tests.flaky")
    def flaky() -> None: ...

    task = celery.current_app.tasks["tests.flaky"]
    assert task.acks_late
    assert task.reject_on_worker_lost
    assert task.retry_on_worker_lost
    assert task.max_retries == 4
    assert task.autoretry_for == background.Task.autoretry_for
