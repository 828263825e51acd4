"""Web and worker processes solve with one thread, whatever the machine has."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

ASK = """
import {module}, json
from scipy import linalg
import numpy, threadpoolctl
print(json.dumps([pool["num_threads"] for pool in threadpoolctl.threadpool_info() if pool["user_api"] == "blas"]))
"""


def threads(module: str, **given: str) -> list[int]:
    env = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ASK.format(module=module)],
        env={**env, **given},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("module", ["portal.celery", "portal.wsgi"])
def test_one_thread_for_each_process(module: str) -> None:
    found = threads(module)
    assert found
    assert set(found) == {1}


def test_who_sets_it_otherwise_gets_it() -> None:
    assert max(threads("portal.celery", OPENBLAS_NUM_THREADS="2")) == min(2, os.cpu_count() or 1)
