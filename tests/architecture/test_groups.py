"""Tests that share something costly, or a fault they cause, run on one worker."""

from __future__ import annotations

import os

import pytest


def test_a_test_that_names_a_group_is_handed_out_by_it(request: pytest.FixtureRequest) -> None:
    """xdist knows a group by the end of a test's name; a runner that does not write it there scatters the
    group in silence, and two portals then take each other's messages."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return  # one process runs everything: nothing can be scattered
    grouped = {item.nodeid: mark.args[0]
               for item in request.session.items for mark in item.iter_markers("xdist_group")}  # fmt: skip
    assert [name for name, group in grouped.items() if not name.endswith(f"@{group}")] == []
