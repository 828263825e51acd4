"""Which function computes which figure of the dictionary (pure).

``@computes("roi")`` stands on the function whose result is that figure, so that the page of the dictionary names
the code that computes it, and a test tells a definition without code, or code without a definition. The marks are
read from the source, because a page of words must not import the statistics.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])
ROOT = Path(__file__).resolve().parent.parent
APPS = ("measurement", "portal")
MARK = "computes"


def computes(*_codes: str) -> Callable[[Function], Function]:
    """Ties a function to the figures that it computes, by their codes; the function stays as it is."""
    return lambda function: function


@cache
def computed() -> dict[str, tuple[str, ...]]:
    """Dotted names of the functions, by the code of the figure."""
    found: dict[str, list[str]] = defaultdict(list)
    for app in APPS:
        for file in sorted((ROOT / app).rglob("*.py")):
            text = file.read_text(encoding="utf-8")
            if f"{MARK}(" in text:
                module = ".".join(file.relative_to(ROOT).with_suffix("").parts)
                for code, name in marked(text):
                    found[code].append(f"{module}.{name}")
    return {code: tuple(names) for code, names in found.items()}


def marked(text: str) -> Iterator[tuple[str, str]]:
    """(code, name of the function with that of its class before it) of every mark in a source."""
    yield from _within(ast.parse(text), "")


def _within(scope: ast.AST, above: str) -> Iterator[tuple[str, str]]:
    for node in ast.iter_child_nodes(scope):
        if isinstance(node, ast.ClassDef):
            yield from _within(node, f"{above}{node.name}.")
        elif isinstance(node, ast.FunctionDef):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and _name_of(mark.func) == MARK:
                    yield from ((str(ast.literal_eval(code)), above + node.name) for code in mark.args)


def _name_of(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
