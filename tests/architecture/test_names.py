"""Two test files of one name outside a package are one module for pytest, which then collects neither."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]


def test_test_files_outside_packages_have_names_of_their_own() -> None:
    alone = [path for path in TESTS.rglob("test_*.py") if not (path.parent / "__init__.py").exists()]
    assert len(alone) > 50
    assert [name for name, count in Counter(path.name for path in alone).items() if count > 1] == []
