"""Names that are near each other: who applies under a name that somebody else has already."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from merchants.onboarding.checks import plain

NEAR = 75.0
"""Of 100: three of four signs in their order, since most Chinese names of businesses have four."""
MOST = 5
_BRACKETS = re.compile(r"[(\[【][^)\]】]*[)\]】]")
_FORMS = re.compile(
    r"股份有限公司|有限责任公司|有限公司|公司|工作室|个体工商户|旗舰店|专卖店|专营店|官方"
    r"|\b(?:co|ltd|llc|inc|gmbh|limited|company|corporation|studio|official|store)\b"
)
_BETWEEN = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Near:
    """A name of the merchant ``owner``; ``likeness`` of 100."""

    owner: int
    name: str
    likeness: int


def core(name: str) -> str:
    """What a name is told by: without legal form, kind of shop, brackets, blanks, marks and the width of signs; the
    name itself where nothing else would be left."""
    folded = plain(name).casefold()
    bare = _BETWEEN.sub("", _FORMS.sub("", _BRACKETS.sub("", folded)))
    return bare or _BETWEEN.sub("", folded)


def near(names: Iterable[str], others: Iterable[tuple[int, str]]) -> list[Near]:
    """Of others' names, each with its owner, those that are at least :data:`NEAR` to one of the names: the nearest of
    each owner, the nearest owners first, at most :data:`MOST`."""
    known = list(others)
    cores = [core(name) for _, name in known]
    best: dict[int, Near] = {}
    for mine in {core(name) for name in names} - {""}:
        for _, likeness, place in process.extract_iter(mine, cores, scorer=fuzz.ratio, score_cutoff=NEAR):
            owner, name = known[place]
            if owner not in best or best[owner].likeness < round(likeness):
                best[owner] = Near(owner, name, round(likeness))
    return sorted(best.values(), key=lambda one: (-one.likeness, one.owner))[:MOST]
