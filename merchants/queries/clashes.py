"""What of a case somebody else has already: a name, a code, a mark, a paper. Read of all merchants as the operator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from merchants.models import Application, ApplicationItem, DocumentVersion, Merchant
from merchants.onboarding import names
from merchants.onboarding.checks import plain

NAMED = ("legal_name", "account_name", "institution")
"""Fields of answers that hold a name of the business."""
UNIQUE = ("uscc", "trademark_number")
"""Fields that no two businesses share, unless one acts for the other."""


@dataclass(frozen=True, slots=True)
class Clash:
    """``kind``: ``name``, a field of :data:`UNIQUE`, or ``paper``; ``theirs`` the name, code or file of the other;
    ``likeness`` of 100."""

    merchant: Merchant
    kind: str
    theirs: str
    likeness: int


def clashes(case: Application) -> list[Clash]:
    """The surest first: codes and papers, then names by likeness."""
    rows = ApplicationItem.objects.using("operator")
    mine = list(rows.filter(merchant=case.merchant_id).values_list("values", flat=True))
    others = rows.exclude(merchant=case.merchant_id)
    found = [*_codes(mine, others), *_papers(case), *_names(case, mine, others)]
    merchants = Merchant.objects.in_bulk({owner for owner, _, _, _ in found})
    return [Clash(merchants[owner], kind, theirs, likeness) for owner, kind, theirs, likeness in found]


Found = tuple[int, str, str, int]


def _codes(mine: list[dict[str, str]], others: Any) -> Iterator[Found]:
    for field in UNIQUE:
        for code in {plain(values[field]) for values in mine if plain(values.get(field, ""))}:
            same = others.filter(**{f"values__{field}": code}).values_list("merchant_id", flat=True)
            yield from ((owner, field, code, 100) for owner in sorted(set(same))[: names.MOST])


def _papers(case: Application) -> Iterator[Found]:
    papers = DocumentVersion.objects.using("operator")
    digests = papers.filter(merchant=case.merchant_id).values("digest")
    same = papers.filter(digest__in=digests).exclude(merchant=case.merchant_id).order_by("merchant_id", "pk")
    for owner, filename in same.distinct("merchant_id").values_list("merchant_id", "filename")[: names.MOST]:
        yield owner, "paper", filename, 100


def _names(case: Application, mine: list[dict[str, str]], others: Any) -> Iterator[Found]:
    stated = [case.name, *(values[field] for values in mine for field in NAMED if values.get(field))]
    known = list(Merchant.objects.exclude(pk=case.merchant_id).values_list("pk", "name"))
    for field in NAMED:
        told = others.filter(values__has_key=field).values_list("merchant_id", f"values__{field}")
        known += [(owner, name) for owner, name in told if name]
    for one in names.near(stated, known):
        yield one.owner, "name", one.name, one.likeness
