"""A handed-in file made harmless."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from merchants.documents.sniffing import Refused, kind_of


@dataclass(frozen=True, slots=True)
class Paper:
    """``data`` is the file written anew, of ``kind`` as ``pdf`` or ``jpg``; ``pages`` a JPEG of each page."""

    kind: str
    data: bytes
    pages: tuple[bytes, ...]


def cleaned(data: bytes, accept: Collection[str], limit: int) -> Paper:
    """Raises :class:`Refused`: ``too_large`` above ``limit`` bytes, ``not_accepted`` for a kind that is not among
    ``accept``, and what sniffing and the rewriting of pictures and PDFs refuse."""
    if len(data) > limit:
        raise Refused("too_large")
    kind = kind_of(data)
    if kind not in accept:
        raise Refused("not_accepted")
    if kind == "pdf":
        from merchants.documents import sheets

        bare, pages = sheets.rewritten(data)
        return Paper(kind, bare, tuple(pages))
    from merchants.documents import pictures

    picture, page = pictures.rewritten(data, kind)
    return Paper(kind, picture, (page,))
