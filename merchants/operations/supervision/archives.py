"""Everything a merchant has as a file: asked for with a reason, written by a worker, taken away, then deleted.

A worker claims the row for :data:`LEASE` and gives a sign of life while it writes; each attempt writes a file of its
own, sealed, and only the transaction that says the archive is ready names it.
"""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.utils import translation

from merchants import archive_files, audit, tenancy
from merchants.background import wake
from merchants.models import Archive, Merchant
from merchants.operations.supervision.noting import checked, note
from merchants.sealed_files import SealedWriter, open_sealed

State = Archive.State
FOLDER = "archives"
LEASE = timedelta(seconds=60)  # a worker that gave no sign for so long is taken for dead
BEAT_SECONDS = 5
ATTEMPTS = 5
KEPT = timedelta(days=7)
MOST = 500

log = logging.getLogger(__name__)


class _TakenOver(Exception):
    """Another worker has moved the row."""


def ask(
    merchant: Merchant, *, reason: str, by: str, language: str, now: datetime | None = None
) -> tuple[Archive, bool]:
    """(the archive, whether it is new): one that is being written already is joined. Raises ``NoReason``."""
    said, moment = checked(reason), now or datetime.now(UTC)
    with tenancy.acting_for(merchant):
        row: Archive
        row, made = Archive.objects.for_merchant(merchant).get_or_create(
            merchant=merchant,
            state__in=Archive.UNFINISHED,
            defaults={
                "asked_by": by,
                "reason": said,
                "language": language,
                "asked_at": moment,
                "touched_at": moment,
            },
        )
        if made:
            note(merchant, "merchants.archive.asked", reason=said, by=by, on=row)
            wake("merchants.write_archive", merchant_id=merchant.pk, archive_id=row.pk)
    return row, made


def write(merchant: Merchant, archive_id: int) -> None:
    """Writes one that is asked for; nothing when it is written, or another worker is at it."""
    row = _claim(merchant, archive_id)
    if row is None:
        return
    name = f"{FOLDER}/{merchant.pk}/{secrets.token_hex(16)}"
    path = Path(settings.STATE) / name
    try:
        with translation.override(row.language), SealedWriter(path) as file:
            told = archive_files.write(merchant, file, _Beat(merchant, row))
        if not _conclude(merchant, row, name, told):
            path.unlink(missing_ok=True)
    except _TakenOver:
        return  # the writer has thrown its part away
    except (OperationalError, InterfaceError):
        raise  # the database's fault: the sweep brings it back
    except Exception as wrong:
        log.error("Archive %s failed", row.pk, exc_info=wrong)
        _move(merchant, row, state=State.FAILED, error=type(wrong).__name__)


def take(merchant: Merchant, row: Archive, *, by: str, now: datetime | None = None) -> Iterator[bytes]:
    """The file, block by block; taking it stands in the trail. Raises ``FileNotFoundError`` when there is none (any
    more)."""
    if row.state != State.DONE or row.expires_at is None or row.expires_at <= (now or datetime.now(UTC)):
        raise FileNotFoundError(row.pk)
    file = open_sealed(Path(settings.STATE) / row.path)
    with tenancy.acting_for(merchant):
        audit.record(merchant, "merchants.archive.taken", by=by, on=row)

    def blocks() -> Iterator[bytes]:
        with file:
            while block := file.read(1 << 16):
                yield block

    return blocks()


def purge(merchant: Merchant, *, now: datetime) -> None:
    """Deletes files whose time is over, and those that no row names."""
    with tenancy.acting_for(merchant):
        rows = Archive.objects.for_merchant(merchant)
        rows.filter(state=State.DONE, expires_at__lte=now).update(state=State.EXPIRED, path="")
        kept = set(rows.exclude(path="").values_list("path", flat=True))
    for file in (Path(settings.STATE) / FOLDER / str(merchant.pk)).glob("*"):
        old = datetime.fromtimestamp(file.stat().st_mtime, UTC) < now - timedelta(days=1)
        if old and f"{FOLDER}/{merchant.pk}/{file.name}" not in kept:
            file.unlink(missing_ok=True)


def unfinished(now: datetime) -> list[tuple[int, int]]:
    """(merchant, archive) of what waits for a worker; read as the dispatcher, who sees no content."""
    with transaction.atomic(using="dispatch"):
        rows = Archive.objects.using("dispatch").filter(
            state__in=Archive.UNFINISHED, touched_at__lt=now - LEASE
        )
        return list(rows.order_by("pk").values_list("merchant_id", "pk")[:MOST])


class _Beat:
    """A sign of life every few seconds, with the tables that are written."""

    def __init__(self, merchant: Merchant, row: Archive) -> None:
        self._merchant, self._row, self._next = merchant, row, 0.0

    def __call__(self, done: int) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + BEAT_SECONDS
            if not _move(self._merchant, self._row, tables_done=done):
                raise _TakenOver


def _claim(merchant: Merchant, archive_id: int) -> Archive | None:
    """The row, if there is work and nobody at it. Each beginning is counted, so that a lost worker counts."""
    now = datetime.now(UTC)
    with tenancy.acting_for(merchant):
        rows = Archive.objects.for_merchant(merchant).select_for_update(of=("self",))
        row: Archive | None = rows.filter(pk=archive_id, state__in=Archive.UNFINISHED).first()
        if row is None or (row.attempts > 0 and now - row.touched_at < LEASE):
            return None
        if row.attempts >= ATTEMPTS:
            row.state, row.error = State.FAILED, "worker lost"
        else:
            row.state, row.attempts = State.WRITING, row.attempts + 1
            row.tables_total = len(archive_files.tables())
        row.touched_at = now
        row.save()
    return row if row.state == State.WRITING else None


def _conclude(merchant: Merchant, row: Archive, name: str, told: dict[str, int]) -> bool:
    """The file is whole: from now on it can be taken. False when the row is no longer this worker's."""
    size = (Path(settings.STATE) / name).stat().st_size
    with tenancy.acting_for(merchant):
        done = _move(
            merchant,
            row,
            state=State.DONE,
            path=name,
            size=size,
            told=told,
            tables_done=len(told),
            expires_at=datetime.now(UTC) + KEPT,
        )
        if done:
            audit.record(
                merchant,
                "merchants.archive.written",
                by="system:worker",
                on=row,
                tables=len(told),
                rows=sum(told.values()),
            )
    return done


def _move(merchant: Merchant, row: Archive, **fields: object) -> bool:
    """Changes the row while it is this worker's; whether it was."""
    with tenancy.acting_for(merchant):
        rows = Archive.objects.for_merchant(merchant)
        mine = rows.filter(pk=row.pk, state=State.WRITING, attempts=row.attempts)
        return bool(mine.update(touched_at=datetime.now(UTC), **fields))
