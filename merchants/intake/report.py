"""What a check found: figures, the first problems and rows to show, and the rejected rows to hand back."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from merchants.intake.cells import EXACT_DIGITS, text_of
from merchants.intake.columns import PROBLEM_HEADER, Column, spelled
from merchants.intake.kinds import Kind
from merchants.intake.problems import FileRefused, Problem
from merchants.intake.validate import Bad, Checked, Good, understood

KEPT_PROBLEMS = 200
KEPT_ROWS = 20

_FORMULA = re.compile("['=+\\-@＝＋－＠\t\r]|\\d")
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?", re.ASCII)


@dataclass(slots=True)
class IntakeReport:
    """Figures of one check. ``refusal`` is set when the file could not be read (to its end)."""

    format: str = ""
    encoding: str = ""
    columns: tuple[Column, ...] = ()
    unused: list[str] = field(default_factory=list)
    read: int = 0
    good: int = 0
    rejected: int = 0
    problems: list[Problem] = field(default_factory=list)  # the first ones
    problem_count: int = 0
    preview: list[list[str]] = field(default_factory=list)
    refusal: Problem | None = None
    headers: tuple[str, ...] | None = None  # of the file, as they stand there
    samples: list[list[str]] = field(default_factory=list)  # its first rows; persons are masked
    mapping: int | None = None  # the learned export it was read by
    asks: bool = False  # a person must first say which column is which

    def count(self, checked: Checked) -> None:
        self.read += 1
        if isinstance(checked, Good):
            self.good += 1
            if len(self.preview) < KEPT_ROWS:
                self.preview.append([understood(c, checked.values.get(c.name)) for c in self.columns])
            return
        self.rejected += 1
        self.problem_count += len(checked.problems)
        self.problems.extend(checked.problems[: KEPT_PROBLEMS - len(self.problems)])

    def refuse(self, refused: FileRefused) -> None:
        line = int(refused.params.get("line", 0))
        self.refusal = Problem(line, "", "", refused.code, refused.params)

    def shown_rows(self) -> dict[str, Any]:
        """Preview for the screen: only columns of which some row says something."""
        said = [i for i in range(len(self.columns)) if any(row[i] for row in self.preview)]
        return {
            "columns": [self.columns[i].name for i in said],
            "rows": [[row[i] for i in said] for row in self.preview],
            "unused": self.unused,
            "format": self.format,
            "encoding": self.encoding,
            **({} if self.headers is None else {"headers": list(self.headers), "samples": self.samples}),
        }

    def shown_problems(self) -> list[dict[str, Any]]:
        first = [self.refusal] if self.refusal else []
        return [asdict(problem) for problem in first + self.problems]


def harmless(value: object) -> str:
    """A cell of a CSV that no spreadsheet computes or rounds: formula signs and long or padded digits get
    an apostrophe, which readers of ours take away again. Plain short numbers stay numbers."""
    text = text_of(value)
    if not _FORMULA.match(text):
        return text
    if _NUMBER.fullmatch(text) and len(text) <= EXACT_DIGITS:
        return text
    return text if text[0] in "0123456789" and not text.isdigit() else f"'{text}"


class RejectedRows:
    """The file of rejected rows, as bytes to write: the columns as they came, and what is wrong. Corrected,
    it can be handed in as it is."""

    def __init__(self, headers: Sequence[str] | None, kind: Kind, sentence: Callable[[Problem], str]) -> None:
        self._headers = [column.name for column in kind.columns] if headers is None else list(headers)
        self._known = kind.spellings
        self._sentence = sentence

    def head(self) -> bytes:
        return b"\xef\xbb\xbf" + _line([*self._headers, PROBLEM_HEADER])

    def line(self, bad: Bad) -> bytes:
        if isinstance(bad.cells, Mapping):
            named = {self._name(field): raw for field, raw in bad.cells.items()}
            cells = [harmless(named.get(header)) for header in self._headers]
        else:
            cells = [harmless(cell) for cell in bad.cells[: len(self._headers)]]
        cells += [""] * (len(self._headers) - len(cells))
        said = "; ".join(_told(problem, self._sentence) for problem in bad.problems)
        return _line([*cells, harmless(f"{bad.line}: {said}")])

    def _name(self, field: str) -> str:
        column = self._known.get(spelled(field))
        return column.name if column else ""


def _told(problem: Problem, sentence: Callable[[Problem], str]) -> str:
    return f"{problem.column}: {sentence(problem)}" if problem.column else sentence(problem)


def _line(cells: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode("utf-8", "replace")
