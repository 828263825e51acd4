"""Tasks: named after their app, safe to repeat, called by name with what they take."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import celery
import pytest

from merchants import background
from portal.celery import app
from portal.schedule import BEAT

ROOT = Path(__file__).resolve().parents[2]
OURS = {"merchants", "measurement", "leads", "portal"}


@pytest.fixture(scope="module")
def tasks() -> dict[str, celery.Task]:
    app.loader.import_default_modules()
    found = {name: task for name, task in app.tasks.items() if type(task).__module__.split(".")[0] in OURS}
    assert len(found) >= 5
    return found


def test_a_task_is_named_after_its_app_and_function(tasks: dict[str, celery.Task]) -> None:
    for name, task in tasks.items():
        assert name == f"{task.run.__module__.split('.')[0]}.{task.run.__name__}"


def test_a_task_comes_back_after_a_lost_worker_or_database(tasks: dict[str, celery.Task]) -> None:
    for name, task in tasks.items():
        assert isinstance(task, background.Task), name
        assert task.reject_on_worker_lost, name
        assert task.retry_on_worker_lost, name
        assert task.autoretry_for == background.Task.autoretry_for, name
        assert task.ignore_result, name


def test_a_task_that_acknowledges_late_ends_before_its_message_is_sent_again(
    tasks: dict[str, celery.Task],
) -> None:
    again_after = app.conf.broker_transport_options["visibility_timeout"]
    for name, task in tasks.items():
        if task.acks_late:
            assert 3 * (task.time_limit or app.conf.task_time_limit) <= again_after, name


def test_a_task_takes_named_arguments_only(tasks: dict[str, celery.Task]) -> None:
    for name, task in tasks.items():
        for parameter in inspect.signature(task.run).parameters.values():
            assert parameter.kind == inspect.Parameter.KEYWORD_ONLY, name
            assert parameter.annotation in {"int", "str", "bool"}, f"{name}: plain JSON"


def test_the_beat_knows_its_tasks(tasks: dict[str, celery.Task]) -> None:
    for entry in BEAT.values():
        taken = inspect.signature(tasks[entry["task"]].run).parameters
        assert not [name for name, one in taken.items() if one.default is inspect.Parameter.empty]


def hints() -> Iterator[tuple[Path, ast.Call]]:
    """Every ``wake("name", …)`` in the product."""
    for folder in sorted(OURS):
        for file in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "wake" and node.args:
                    yield file, node


def test_every_hint_names_a_task_and_what_it_takes(tasks: dict[str, celery.Task]) -> None:
    literal = 0
    for file, call in hints():
        name: Any = call.args[0].value if isinstance(call.args[0], ast.Constant) else None
        if name is None:
            continue
        literal += 1
        assert name in tasks, f"{file}:{call.lineno}"
        given = {keyword.arg for keyword in call.keywords}
        assert given == set(inspect.signature(tasks[name].run).parameters), f"{file}:{call.lineno}"
    assert literal >= 5
