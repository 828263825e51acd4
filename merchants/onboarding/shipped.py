"""The sets that Seedbed brings along, one file per version below ``sets/``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from merchants.onboarding.requirements import Invalid
from merchants.onboarding.set_data import plain

_SETS = Path(__file__).parent / "sets"


def shipped() -> list[dict[str, Any]]:
    """The data of every shipped set, as it is stored: days are texts. By name of the file."""
    return [plain_data(file.read_text(encoding="utf-8")) for file in sorted(_SETS.glob("*.yaml"))]


def plain_data(text: str) -> Any:
    """YAML as plain data. Raises ``yaml.YAMLError`` with line and column for a text that is none, and
    :class:`Invalid` for what can be written in YAML and not be kept."""
    try:
        return plain(yaml.load(text, _Plain))  # noqa: S506 - a safe loader, and stricter than that
    except RecursionError:
        raise Invalid("set", "tables lie too deep within each other") from None
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError) as wrong:
        if isinstance(wrong, Invalid):
            raise
        # PyYAML lets such slips through for a tag or a day that its text does not fit, as 2026-02-30.
        raise Invalid("set", f"holds a day, number or tag that is none: {wrong}") from None


class _Plain(yaml.SafeLoader):
    """Without references: a few lines of them unfold to more than any machine holds. Without names that stand twice:
    one of the two would be lost unseen."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(
                None,
                None,
                "write it out: references are not taken",
                self.peek_event().start_mark,  # type: ignore[no-untyped-call]
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        names = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        for key, _ in node.value:
            if names.count(key.value) > 1:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key.value} stands there twice", key.start_mark
                )
        return super().construct_mapping(node, deep=deep)


def as_text(data: dict[str, Any]) -> str:
    """The data as YAML for people to edit, in the order it has."""
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=100)
