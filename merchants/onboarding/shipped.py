"""The sets that Seedbed brings along, one file per version below ``sets/``."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import yaml

_SETS = Path(__file__).parent / "sets"


def shipped() -> list[dict[str, Any]]:
    """The data of every shipped set, as it is stored: days are texts. By name of the file."""
    return [plain_data(file.read_text(encoding="utf-8")) for file in sorted(_SETS.glob("*.yaml"))]


def plain_data(text: str) -> Any:
    """YAML as plain data. Raises ``yaml.YAMLError`` with line and column for a text that is none."""
    return json.loads(json.dumps(yaml.safe_load(text), default=date.isoformat))


def as_text(data: dict[str, Any]) -> str:
    """The data as YAML for people to edit, in the order it has."""
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=100)
