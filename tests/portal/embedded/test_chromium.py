"""Which Chromium the browser tests get."""

import os
from pathlib import Path

import pytest

from portal.embedded import chromium
from portal.embedded.state import Refused, State


def program(path: Path, *, exit_code: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\nexit {exit_code}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with an empty PATH and home, and nothing to install from."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SEEDBED_CHROMIUM", raising=False)
    monkeypatch.setattr(chromium, "PLAYWRIGHT_FOLDER", tmp_path / "browsers")
    monkeypatch.setattr(chromium, "_install_with_playwright", lambda: None)
    return tmp_path


def find(machine: Path) -> str:
    return chromium.find_or_install(State(machine), lambda text: None)


def test_a_chromium_that_does_not_start_is_passed_over(machine: Path) -> None:
    program(machine / "bin" / "chromium", exit_code=1)  # such as the stub that only says "install the snap"
    works = program(machine / "bin" / "google-chrome", exit_code=0)
    assert find(machine) == str(works)


def test_the_newest_of_playwright_is_taken_when_none_is_on_path(machine: Path) -> None:
    program(machine / "browsers" / "chromium-1187" / "chrome-linux" / "chrome", exit_code=0)
    newest = program(machine / "browsers" / "chromium-1200" / "chrome-linux" / "chrome", exit_code=0)
    assert find(machine) == str(newest)


def test_without_any_it_fails_with_the_line_that_root_must_run(machine: Path) -> None:
    with pytest.raises(Refused, match=r"As root, run once:  .*playwright install --with-deps chromium$"):
        find(machine)


def test_on_debian_the_line_is_apt_s(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(machine / "bin" / "apt-get", exit_code=100)  # no network
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(Refused, match=r"As root, run once:  apt-get update && apt-get install -y chromium"):
        find(machine)
