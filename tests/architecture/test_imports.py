"""The directions of `pyproject.toml` hold: no app and no layer imports what stands above it."""

from __future__ import annotations

from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).resolve().parents[2]


def test_no_import_goes_against_the_contracts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.syspath_prepend(str(ROOT))
    status = lint_imports(config_filename="pyproject.toml", cache_dir=str(tmp_path))
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_tests_and_benchmarks_are_imported_by_no_product_module() -> None:
    for app in ("merchants", "measurement", "leads", "portal"):
        for file in (ROOT / app).rglob("*.py"):
            for line in file.read_text().splitlines():
                assert not line.startswith(
                    ("from tests", "import tests", "from benchmarks", "import benchmarks")
                ), file
