"""The question of a page about crowds, as it stands in the address (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

LONGEST = 800  # days
_PROFILED = re.compile(r"(note|campaign|live):[1-9]\d{0,14}", re.ASCII)


class By(StrEnum):
    """What carried people into a layer."""

    NOTE = "note"
    BLOGGER = "blogger"
    AUDIENCE = "audience"  # the audience or scene that a note was written for
    CAMPAIGN = "campaign"
    KEYWORD = "keyword"


SPANS = {"7d": 7, "28d": 28, "90d": 90}
DEFAULT_SPAN, CUSTOM = "28d", "custom"


@dataclass(frozen=True, slots=True)
class CrowdQuestion:
    """From the end of ``first`` to the end of ``last``; ``spu`` 0 is the merchant as a whole; ``rule`` 0 the
    version in force. ``of`` is the content whose platform-reported profile is shown, such as ``note:12``;
    empty: that of the product or of the whole."""

    first: date
    last: date
    span: str = DEFAULT_SPAN
    spu: int = 0
    rule: int = 0
    by: By = By.NOTE
    of: str = ""

    def parameters(self) -> dict[str, str]:
        """The parameters of the address, defaults left out; ``read`` takes them back."""
        custom = self.span == CUSTOM
        written = {
            "span": "" if self.span in {DEFAULT_SPAN, CUSTOM} else self.span,
            "from": self.first.isoformat() if custom else "",
            "to": self.last.isoformat() if custom else "",
            "spu": str(self.spu or ""),
            "rule": str(self.rule or ""),
            "by": "" if self.by == By.NOTE else str(self.by),
            "of": self.of,
        }
        return {name: value for name, value in written.items() if value}

    def but(self, **changes: Any) -> CrowdQuestion:
        return replace(self, **changes)


def read(parameters: Mapping[str, str], through: date) -> tuple[CrowdQuestion, list[tuple[str, str]]]:
    """The question, and (name, value) of what made no sense and was replaced by the default. ``through`` is
    the last day that may be asked for."""
    problems: list[tuple[str, str]] = []
    given = {name: str(value).strip()[:40] for name, value in parameters.items()}

    def refuse(name: str) -> None:
        problems.append((name, given[name]))

    def number(name: str) -> int:
        value = given.get(name, "")
        if value and not (value.isascii() and value.isdigit() and len(value) < 16):
            refuse(name)
            return 0
        return int(value or 0)

    def word(name: str, allowed: Any, default: str) -> str:
        value = given.get(name, "")
        if value and value not in allowed:
            refuse(name)
        return value if value in allowed else default

    of = given.get("of", "")
    if of and not _PROFILED.fullmatch(of):
        refuse("of")
        of = ""
    first, last, span = _days(given, through, word("span", (*SPANS, CUSTOM), DEFAULT_SPAN), refuse)
    question = CrowdQuestion(
        first=first,
        last=last,
        span=span,
        spu=number("spu"),
        rule=number("rule"),
        by=By(word("by", tuple(str(one) for one in By), By.NOTE)),
        of=of,
    )
    return question, problems


def _days(given: Mapping[str, str], through: date, span: str, refuse: Any) -> tuple[date, date, str]:
    found: list[date] = []
    for name in ("from", "to"):
        try:
            if given.get(name):
                found.append(date.fromisoformat(given[name]))
        except ValueError:
            refuse(name)
    if len(found) == 2 and given.get("span") not in SPANS:  # a named span goes before dates
        first, last = found
        if first < last <= through and (last - first).days <= LONGEST:
            return first, last, CUSTOM
        refuse("to" if first < last else "from")
    days = SPANS.get(span, SPANS[DEFAULT_SPAN])
    return through - timedelta(days=days), through, span if span in SPANS else DEFAULT_SPAN
