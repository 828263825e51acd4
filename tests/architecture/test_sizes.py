"""Files and functions that can be read in one go."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LINES_OF_A_FILE = 400
LINES_OF_A_FUNCTION = 60

# What may be longer, with the reason.
LONG_FILES = {
    "tests/measurement/attribution/test_files.py": "the refusals of three kinds of file stay together",
    "tests/measurement/alliance/test_taobao.py": "the cases of one platform stay together",
    "tests/measurement/alliance/test_xiaohongshu_ark.py": "the cases of one platform stay together",
}
LONG_FUNCTIONS: dict[str, str] = {}


def sources() -> Iterator[Path]:
    """Every source file of ours but the migrations that Django wrote."""
    for folder in ("merchants", "measurement", "leads", "portal", "tests"):
        for file in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in file.parts:
                yield file
    yield from sorted((ROOT / "benchmarks").glob("*.py"))


def test_no_file_is_longer_than_one_sitting() -> None:
    long = {
        str(file.relative_to(ROOT)): lines
        for file in sources()
        if (lines := file.read_text().count("\n")) > LINES_OF_A_FILE
    }
    assert {name: lines for name, lines in long.items() if name not in LONG_FILES} == {}
    assert set(LONG_FILES) <= set(long), "an exception that is needed no more"


def test_no_function_is_longer_than_a_screen() -> None:
    long = {}
    for file in sources():
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LINES_OF_A_FUNCTION:
                    long[f"{file.relative_to(ROOT)}:{node.name}"] = lines
    assert {name: lines for name, lines in long.items() if name not in LONG_FUNCTIONS} == {}
    assert set(LONG_FUNCTIONS) <= set(long), "an exception that is needed no more"


def test_modules_are_named_after_what_they_hold() -> None:
    said_nothing = {
        "utils",
        "util",
        "helpers",
        "helper",
        "common",
        "misc",
        "services",
        "service",
        "base",
        "core",
    }
    assert [file for file in sources() if file.stem in said_nothing] == []
