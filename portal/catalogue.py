"""Every text a person sees, gathered from code and templates, and what of it is not yet in Chinese.

English is the language of the sources, so a complete Chinese catalogue is complete in both. Babel gathers
and compiles; no program of the system is needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "npgettext": ((1, "c"), 2, 3),  # type: ignore[dict-item]
    "pgettext": ((1, "c"), 2),  # type: ignore[dict-item]
    "pgettext_lazy": ((1, "c"), 2),  # type: ignore[dict-item]
}
APPS = ("portal", "merchants", "measurement", "leads")


def catalogue_file(root: Path) -> Path:
    return root / "portal" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


def gather(root: Path) -> Catalog:
    """All messages of the sources, with the files they stand in."""
    found = Catalog(locale="zh_Hans", charset="utf-8", fuzzy=False)
    for name, source in _sources(root):
        for _, message, comments, context in extract("python", BytesIO(source.encode()), KEYWORDS):
            if message and message != ("", ""):
                found.add(message, locations=[(name, None)], auto_comments=comments, context=context)
    return found


def missing(root: Path) -> list[str]:
    """Messages without a finished Chinese text, sorted."""
    with catalogue_file(root).open("rb") as file:
        known = read_po(file, locale="zh_Hans")
    lacking = []
    for message in gather(root):
        if not message.id:
            continue
        entry = known.get(message.id, message.context)
        strings = (
            entry.string if entry and isinstance(entry.string, (tuple, list)) else [entry and entry.string]
        )
        if entry is None or entry.fuzzy or not all(strings):
            lacking.append(str(message.id))
    return sorted(lacking)


def renew(root: Path) -> int:
    """Brings the catalogue up to date: new messages are added empty, gone ones dropped, translations kept.
    Returns how many are still to be translated."""
    file = catalogue_file(root)
    with file.open("rb") as old:
        known = read_po(old, locale="zh_Hans")
    fresh = gather(root)
    fresh.header_comment, fresh.mime_headers = known.header_comment, known.mime_headers
    for message in fresh:
        entry = known.get(message.id, message.context) if message.id else None
        if entry and not entry.fuzzy:
            message.string = entry.string
    with file.open("wb") as new:
        write_po(new, fresh, sort_output=True, width=110, include_lineno=False)
    return len(missing(root))


def _sources(root: Path) -> Iterator[tuple[str, str]]:
    for app in APPS:
        for path in sorted((root / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield str(path.relative_to(root)), path.read_text(encoding="utf-8")
    for path in sorted((root / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"}:
            told = templatize(path.read_text(encoding="utf-8"), origin=path.name)
            # what is left of the markup keeps its indentation, which means nothing here
            yield str(path.relative_to(root)), "\n".join(line.strip() for line in told.splitlines())
