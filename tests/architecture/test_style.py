"""What `make lint` asks of style and types holds for everything that is committed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


PROGRAMS = Path(sys.executable).parent


def said(program: str, *arguments: str | Path) -> str:
    """What a checker of ours complains of; empty when it is content."""
    done = subprocess.run(
        [PROGRAMS / program, *arguments], cwd=ROOT, check=False, capture_output=True, text=True
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("command", [("check",), ("format", "--check")])
def test_code_is_clean_and_formatted(command: tuple[str, ...]) -> None:
    assert said("ruff", *command, ".") == ""


def test_templates_are_formatted() -> None:
    templates = sorted((ROOT / "templates").rglob("*.html"))
    assert said("djade", "--check", "--target-version", "5.2", *templates) == ""


def test_types_hold() -> None:
    assert said("mypy", "portal", "merchants", "measurement", "leads") == ""
