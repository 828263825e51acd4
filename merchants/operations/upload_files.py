"""Where handed-in files lie: sealed under random names below the state folder, and their end."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from merchants.models import Merchant, Upload
from merchants.sealed_files import SealedWriter


class TooLarge(ValueError):
    """The file is larger than the installation takes."""


class WrongState(ValueError):
    """What was asked for is not possible (any more) with this file."""


def keep(path: Path, chunks: Iterable[bytes]) -> tuple[int, str]:
    """(bytes, SHA-256) of what was sealed."""
    size, digest = 0, hashlib.sha256()
    with SealedWriter(path) as file:
        for chunk in chunks:
            size += len(chunk)
            if size > settings.UPLOAD_LIMIT_BYTES:
                raise TooLarge(settings.UPLOAD_LIMIT_BYTES)
            digest.update(chunk)
            file.write(chunk)
    return size, digest.hexdigest()


def path_of(upload: Upload) -> Path:
    return Path(settings.STATE) / upload.path


def rejected_path_of(upload: Upload) -> Path:
    return Path(settings.STATE) / f"{upload.path}.rejected"


def forget(upload: Upload) -> None:
    path_of(upload).unlink(missing_ok=True)
    rejected_path_of(upload).unlink(missing_ok=True)


def sweep(merchant: Merchant, kept: set[str], before: datetime) -> None:
    """Removes old files that no row names: of requests that were rolled back or killed."""
    for file in (Path(settings.STATE) / "uploads" / str(merchant.pk)).glob("*"):
        name = f"uploads/{merchant.pk}/{file.name.split('.')[0]}"
        if name not in kept and datetime.fromtimestamp(file.stat().st_mtime, UTC) < before:
            file.unlink(missing_ok=True)
