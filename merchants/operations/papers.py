"""Papers handed in: made harmless, sealed, receipted; and shown to people whose names lie over them."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from merchants import audit, tenancy
from merchants.documents import clamd
from merchants.documents.cell import cleaned_apart
from merchants.documents.sniffing import MEDIA
from merchants.intake.cells import visible
from merchants.models import DocumentVersion, Merchant
from merchants.operations import application_events, applications
from merchants.queries import onboarding
from merchants.sealed_files import SealedWriter, open_sealed

MEGABYTE = 1024 * 1024


def hand_in(merchant: Merchant, key: str, *, filename: str, data: bytes, by: str) -> DocumentVersion:
    """Keeps a paper as the next version of an answer. Raises ``documents.Refused`` for a file that is not
    taken, and what :func:`applications.answer` raises; then nothing has changed."""
    with tenancy.acting_for(merchant):
        case = onboarding.application_of(merchant)
        if case is None:
            raise applications.Refused("not_now")
        asked = onboarding.asked_of(case, timezone.localdate())
    one = {one.key: one for one in asked.requirements}[key]
    if settings.CLAMD:
        clamd.scan(settings.CLAMD, data)
    paper = cleaned_apart(data, one.accept, one.max_mb * MEGABYTE)
    path = f"papers/{merchant.pk}/{secrets.token_hex(16)}"
    files = [_file(path), *(_file(path, n) for n in range(1, len(paper.pages) + 1))]
    try:
        for file, content in zip(files, (paper.data, *paper.pages), strict=True):
            with SealedWriter(file) as sealed:
                sealed.write(content)
        with tenancy.acting_for(merchant):
            item = applications.answer(merchant, key, {}, by=by, paper=True)
            row: DocumentVersion = DocumentVersion.objects.create(
                merchant=merchant,
                item=item,
                number=item.documents.count() + 1,
                filename=visible(filename.replace("\\", "/").rpartition("/")[2])[:200] or "file",
                media=MEDIA[paper.kind],
                size=len(data),
                digest=hashlib.sha256(data).hexdigest(),
                pages=len(paper.pages),
                path=path,
                receipt=f"R-{secrets.token_hex(4).upper()}",
                uploaded_by=by,
            )
            application_events.received(row)
            audit.record(merchant, "merchants.paper.received", by=by, on=row, key=key, receipt=row.receipt)
    except BaseException:
        for file in files:
            file.unlink(missing_ok=True)
        raise
    return row


def content(row: DocumentVersion, *, by: str, sheet: int = 0) -> bytes:
    """The paper made harmless, or the picture of one page from 1; each look is in the trail. Raises
    ``FileNotFoundError`` for a page that it has not."""
    with open_sealed(_file(row.path, sheet)) as sealed:
        found = sealed.read()
    with tenancy.acting_for(row.merchant_id):
        audit.record(row.merchant_id, "merchants.paper.viewed", by=by, on=row, sheet=sheet)
    return found


def latest(merchant: Merchant) -> dict[int, DocumentVersion]:
    """The newest paper of each answer, by its id."""
    rows = DocumentVersion.objects.for_merchant(merchant).order_by("item_id", "number")
    return {row.item_id: row for row in rows}


ORPHANS = timedelta(days=1)  # far longer than handing in a paper takes


def sweep(*, now: datetime) -> int:
    """Deletes the files below the state folder that no row names and that are older than a day; how many. Those of a
    merchant that is no more go too."""
    root, gone = Path(settings.STATE) / "papers", 0
    for folder in sorted(path for path in root.glob("*") if path.is_dir()):
        merchant = Merchant.objects.filter(pk=folder.name).first() if folder.name.isdecimal() else None
        known = _known(merchant) if merchant else set()
        for file in sorted(folder.iterdir()):
            path = f"papers/{folder.name}/{file.name.partition('.')[0]}"
            age = now - datetime.fromtimestamp(file.stat().st_mtime, UTC)
            if path not in known and age > ORPHANS:
                file.unlink(missing_ok=True)
                gone += 1
    return gone


def _known(merchant: Merchant) -> set[str]:
    with tenancy.acting_for(merchant):
        return set(DocumentVersion.objects.for_merchant(merchant).values_list("path", flat=True))


def _file(path: str, sheet: int = 0) -> Path:
    return Path(settings.STATE) / (f"{path}.{sheet}" if sheet else path)
