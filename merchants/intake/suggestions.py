"""What the columns of an unknown file probably are: by their headers, then by what stands in them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from merchants.intake.columns import Column, spelled
from merchants.intake.figures import is_nothing, number
from merchants.intake.mapping import Pick, converted, names
from merchants.intake.problems import Refused

LIKE = 0.62  # headers less alike than this are not suggested
_IN_BRACKETS = re.compile(r"\(([^)]*)\)")
_TURNED = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.]\d{4}", re.ASCII)
_SERIAL = re.compile(r"[3-7]\d{4}", re.ASCII)


def suggested(
    headers: Sequence[object],
    samples: Sequence[Sequence[str]],
    columns: Sequence[Column],
    labels: Mapping[str, Sequence[str]],
) -> dict[str, Pick]:
    """A pick for each column of the file that looks like one of ours: the most alike first, each once, and
    only where at least one of its cells can be read so. ``labels`` are further names of our columns."""
    scored = []
    for place, theirs in enumerate(names(headers)):
        cells = [row[place] for row in samples if place < len(row) and not is_nothing(row[place])]
        for order, column in enumerate(columns):
            score = _alike(theirs, column, labels.get(column.name, ()))
            unit = unit_of(theirs, cells, column)
            if score >= LIKE and (not cells or _any_reads(column, cells, unit)):
                scored.append((-score, place, order, Pick(theirs, column.name, unit)))
    picks: dict[str, Pick] = {}
    taken: set[str] = set()
    for _, _, _, pick in sorted(scored, key=lambda one: one[:3]):
        if pick.theirs not in picks and pick.ours not in taken:
            picks[pick.theirs] = pick
            taken.add(pick.ours)
    return picks


def unit_of(header: str, cells: Sequence[str], column: Column) -> str:
    """How the cells of a column seem to be written."""
    word = column.cell.word
    if word == "day":
        return _day_unit(cells)
    hints = " ".join(_IN_BRACKETS.findall(unicodedata.normalize("NFKC", header)))
    if word in {"money", "whole number"} and ("万" in hints or any(cell.endswith("万") for cell in cells)):
        return "wan"
    if word == "money" and "分" in hints:
        return "fen"
    if word in {"rate", "share"} and cells and "%" not in hints and all(_is_fraction(cell) for cell in cells):
        return "fraction"
    return ""


def _day_unit(cells: Sequence[str]) -> str:
    for cell in cells:
        if found := _TURNED.fullmatch(cell.strip()):
            if int(found[1]) > 12:
                return "day_first"
            if int(found[2]) > 12:
                return "month_first"
    return "serial" if cells and all(_SERIAL.fullmatch(cell.strip()) for cell in cells) else ""


def _is_fraction(cell: str) -> bool:
    found = number(cell)
    return found is not None and "." in cell and 0 <= found <= 1


def _any_reads(column: Column, cells: Sequence[str], unit: str) -> bool:
    for cell in cells:
        try:
            column.read(converted(cell, unit))
        except Refused:
            continue
        return True
    return False


def _alike(header: str, column: Column, labels: Sequence[str]) -> float:
    """1 for a header that is one of the column's spellings, else how alike it is to the nearest."""
    said = spelled(header)
    best = 0.0
    for name in (column.name, *column.aliases, *labels):
        other = spelled(name)
        if other == said:
            return 1.0
        if said and other:
            best = max(best, SequenceMatcher(None, said, other, autojunk=False).ratio())
    return min(best, 0.99)
