"""`make setup`: what it installs from, and when it builds again."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from portal.embedded import bootstrap
from portal.embedded.state import ROOT


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose `.venv` holds this Python and the stamp of a complete build."""
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (tmp_path / "requirements-dev.txt").write_text("amqp==5.4.2 \\\n    --hash=sha256:00\n")
    for name, path in {
        "VENV": ".venv",
        "PYTHON": ".venv/bin/python",
        "LOCK": "requirements-dev.txt",
        "STAMP": ".venv/seedbed-stamp",
        "UNFINISHED": ".venv/seedbed-unfinished",
        "LOCALE": "locale",
    }.items():
        monkeypatch.setattr(bootstrap, name, tmp_path / path)
    (tmp_path / ".venv" / "seedbed-stamp").write_text(bootstrap.fingerprint())
    return tmp_path


def test_every_package_of_the_lock_file_is_installed_with_its_hashes() -> None:
    text = (ROOT / "requirements-dev.txt").read_text()
    entries = bootstrap.locked_packages(text)
    assert len(entries) == text.count("==") - text.count(" == ") > 80
    assert all("--hash=sha256:" in entry for entry in entries)
    assert sum(entry.count("--hash=") for entry in entries) == text.count("--hash=")


def test_a_complete_environment_is_left_alone(checkout: Path) -> None:
    assert bootstrap.is_current()


def test_a_changed_lock_file_builds_again(checkout: Path) -> None:
    (checkout / "requirements-dev.txt").write_text("amqp==5.4.3 \\\n    --hash=sha256:01\n")
    assert not bootstrap.is_current()


def test_a_build_that_was_cut_off_builds_again(checkout: Path) -> None:
    (checkout / ".venv" / "seedbed-unfinished").touch()
    assert not bootstrap.is_current()


def test_a_python_that_was_removed_builds_again(checkout: Path) -> None:
    (checkout / ".venv" / "bin" / "python").unlink()
    assert not bootstrap.is_current()


def test_messages_are_compiled_once_and_again_when_they_changed(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap, "PYTHON", Path(sys.executable))
    folder = checkout / "locale" / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source, compiled = folder / "django.po", folder / "django.mo"
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
    source.write_text(f'{header}\nmsgid "Orders"\nmsgstr "订单"\n')
    bootstrap.compile_messages()
    assert "订单".encode() in compiled.read_bytes()

    made = compiled.stat().st_mtime_ns
    bootstrap.compile_messages()
    assert compiled.stat().st_mtime_ns == made

    source.write_text(f'{header}\nmsgid "Orders"\nmsgstr "单子"\n')
    os.utime(source, ns=(made + 10**9, made + 10**9))
    bootstrap.compile_messages()
    assert "单子".encode() in compiled.read_bytes()


def test_help_lists_every_target_and_needs_nothing_but_make() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert targets is not None
    shown = subprocess.run(
        ["make", "help"], cwd=ROOT, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=True
    )
    assert {line.split()[0] for line in shown.stdout.splitlines()} == set(targets[1].split())
