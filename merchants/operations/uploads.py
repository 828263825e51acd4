"""Files handed in: kept sealed, checked to the last row, shown, confirmed, applied once.

The row is the progress. A worker claims it for :data:`LEASE`, moves its counter with every chunk, and
stops as soon as the counter is not where it left it: then another one has taken over. So a file may be
checked or applied by a worker that dies, or by two at once, and comes out the same.
"""

from __future__ import annotations

import logging
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from cryptography.exceptions import InvalidTag
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.db.models.functions import Now

from merchants import audit, remedies, tenancy
from merchants.background import wake
from merchants.intake import kinds, reader
from merchants.intake.cells import visible
from merchants.intake.kinds import Kind
from merchants.intake.problems import FileRefused, Problem
from merchants.intake.report import IntakeReport, RejectedRows
from merchants.intake.validate import Bad, Checked, Good, Validator
from merchants.models import Merchant, RawDelivery, Upload
from merchants.operations import mappings, sources, upload_events
from merchants.operations.upload_files import (
    TooLarge,
    WrongState,
    forget,
    keep,
    path_of,
    rejected_path_of,
    sweep,
)
from merchants.sealed_files import SealedWriter, open_sealed

__all__ = [
    "Accepted", "Closed", "TooLarge", "WrongState", "accept", "apply", "check", "confirm", "discard",
    "has_rejected_rows", "purge", "rejected_rows", "sentence", "unfinished",
]  # fmt: skip
State = Upload.State
LEASE = timedelta(seconds=60)  # a worker that did not move its file for so long is taken for dead
ATTEMPTS = 5  # workers that may begin with one file before it is given up
BEAT = 2_000  # rows between two signs of life
WAITING_DAYS = 7  # an unconfirmed file is kept so long; so are the rejected rows of an applied one
STANDING = (State.RECEIVED, State.CHECKING, State.UNMAPPED, State.CHECKED, State.APPLYING, State.APPLIED)

log = logging.getLogger(__name__)


class Closed(ValueError):
    """This merchant may not bring this kind (yet); its only argument is the code of the remedy."""


class _TakenOver(Exception):
    """Another worker, or a person, has moved the row."""


@dataclass(frozen=True, slots=True)
class Accepted:
    upload: Upload
    repeated: bool  # this very file is here already: the former upload is given instead


def accept(merchant: Merchant, *, kind: str, filename: str, chunks: Iterable[bytes], by: str) -> Accepted:
    """Keeps a file, sealed under a random name, and wakes a worker to check it.

    Raises ``KeyError`` for an unknown kind, ``Closed`` for one that this merchant may not bring, ``TooLarge``
    beyond ``UPLOAD_LIMIT_BYTES``.
    """
    if code := kinds.get(kind).closed(merchant):
        raise Closed(code)
    path = f"uploads/{merchant.pk}/{secrets.token_hex(16)}"
    size, digest = keep(settings.STATE / path, chunks)
    try:
        with tenancy.acting_for(merchant):
            former = (
                Upload.objects.for_merchant(merchant)
                .filter(kind=kind, content_hash=digest, state__in=STANDING)
                .first()
            )
            if former is None:
                upload: Upload = Upload.objects.create(
                    merchant=merchant,
                    kind=kind,
                    filename=visible(filename.replace("\\", "/").rpartition("/")[2])[:200] or "file",
                    content_hash=digest,
                    size=size,
                    path=path,
                    uploaded_by=by,
                )
                audit.record(merchant, "merchants.upload.received", by=by, on=upload, kind=kind, size=size)
                wake("merchants.check_upload", merchant_id=merchant.pk, upload_id=upload.pk)
                return Accepted(upload, repeated=False)
    except BaseException:
        (settings.STATE / path).unlink(missing_ok=True)
        raise
    (settings.STATE / path).unlink(missing_ok=True)
    return Accepted(former, repeated=True)


def check(merchant: Merchant, upload_id: int) -> None:
    """Reads the whole file; afterwards the row says what is good, what is wrong and what it looks like."""
    upload = _claim(merchant, upload_id, (State.RECEIVED, State.CHECKING), State.CHECKING)
    if upload is None:
        return
    kind = kinds.get(upload.kind)
    _progress(upload, rows_read=0)
    try:
        report = _checked(merchant, upload, kind)
    except _TakenOver:
        return
    except (OperationalError, InterfaceError):
        raise
    except Exception as wrong:
        _give_up(upload, State.CHECKING, wrong)
        return
    _conclude(upload, report)


def confirm(merchant: Merchant, upload: Upload, *, by: str) -> Upload:
    """Lets a checked file be applied: its good rows. Raises ``WrongState`` when it is not waiting for that.
    A file whose application failed may be confirmed again; it goes on where it stopped."""
    with tenancy.acting_for(merchant):
        row: Upload = Upload.objects.for_merchant(merchant).select_for_update().get(pk=upload.pk)
        again = row.state == State.FAILED and "columns" in row.preview
        if row.state != State.CHECKED and not again:
            raise WrongState(row.state)
        _move(row, State.APPLYING, attempts=0, message="")
        mappings.prove(merchant, row, by=by)
        audit.record(
            merchant,
            "merchants.upload.confirmed",
            by=by,
            on=row,
            good=row.rows_good,
            rejected=row.rows_rejected,
        )
        wake("merchants.apply_upload", merchant_id=merchant.pk, upload_id=row.pk)
    return row


def discard(merchant: Merchant, upload: Upload, *, by: str) -> Upload:
    """Throws a file away that was not applied. Raises ``WrongState`` once rows were written."""
    with tenancy.acting_for(merchant):
        row: Upload = Upload.objects.for_merchant(merchant).select_for_update().get(pk=upload.pk)
        if row.state in {State.APPLYING, State.APPLIED, State.DISCARDED}:
            raise WrongState(row.state)
        _move(row, State.DISCARDED, errors=[], preview={})
        audit.record(merchant, "merchants.upload.discarded", by=by, on=row)
    forget(row)
    return row


def apply(merchant: Merchant, upload_id: int) -> None:
    """Writes the good rows of a confirmed file, chunk by chunk, each with its progress in one transaction."""
    upload = _claim(merchant, upload_id, (State.APPLYING,), State.APPLYING)
    if upload is None:
        return
    kind = kinds.get(upload.kind)
    try:
        _apply_chunks(merchant, upload, kind)
    except _TakenOver:
        return
    except (OperationalError, InterfaceError):
        raise
    except Exception as wrong:
        _give_up(upload, State.APPLYING, wrong)
        return
    with tenancy.acting_for(merchant):
        row = Upload.objects.for_merchant(merchant).select_for_update().get(pk=upload.pk)
        if row.state != State.APPLYING:
            return
        applied = row.preview.get("written", 0)
        _move(row, State.APPLIED, rows_applied=applied, applied_at=datetime.now(UTC))
        audit.record(merchant, "merchants.upload.applied", by="system:worker", on=row, rows=applied)
    path_of(upload).unlink(missing_ok=True)


def rejected_rows(upload: Upload) -> Iterator[bytes]:
    """The rejected rows as a CSV, block by block. Raises ``FileNotFoundError`` when there are none."""
    with open_sealed(rejected_path_of(upload)) as file:
        while block := file.read(1 << 16):
            yield block


def has_rejected_rows(upload: Upload) -> bool:
    return upload.rows_rejected > 0 and rejected_path_of(upload).exists()


def purge(merchant: Merchant, *, now: datetime) -> int:
    """Throws away what is kept no longer: unconfirmed files, rejected rows, files without a row. Returns how
    many uploads were discarded."""
    before = now - timedelta(days=WAITING_DAYS)
    with tenancy.acting_for(merchant):
        old = Upload.objects.for_merchant(merchant).filter(touched_at__lt=before)
        waiting = list(old.filter(state__in=(State.UNMAPPED, State.CHECKED, State.REFUSED, State.FAILED)))
        old.filter(pk__in=[row.pk for row in waiting]).update(state=State.DISCARDED, errors=[], preview={})
        kept = set(
            Upload.objects.for_merchant(merchant)
            .exclude(state=State.DISCARDED)
            .filter(touched_at__gte=before)
            .values_list("path", flat=True)
        )
    for row in waiting:
        forget(row)
    sweep(merchant, kept, before)
    return len(waiting)


def unfinished() -> list[tuple[int, int, str]]:
    """(merchant, upload, state) of files that wait for a worker; read as the dispatcher."""
    rows = Upload.objects.using("dispatch").filter(
        state__in=(State.RECEIVED, State.CHECKING, State.APPLYING), touched_at__lt=Now() - LEASE
    )
    return list(rows.order_by("id").values_list("merchant_id", "id", "state")[:200])


def sentence(problem: Problem) -> str:
    return remedies.remedy(problem.code, problem.params)


# -- moving the row


def _claim(merchant: Merchant, upload_id: int, states: Iterable[str], state: str) -> Upload | None:
    """The row, if there is work and nobody at it."""
    with tenancy.acting_for(merchant):
        rows = Upload.objects.for_merchant(merchant).select_for_update()
        row = rows.filter(pk=upload_id, state__in=list(states)).first()
        if row is None or (row.attempts > 0 and datetime.now(UTC) - row.touched_at < LEASE):
            return None
        if row.attempts >= ATTEMPTS:
            _move(row, State.FAILED, message="worker lost")
            return None
        row.state, row.attempts = state, row.attempts + 1
        row.save()
    return row


def _move(row: Upload, state: str, **fields: Any) -> None:
    row.state = state
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    upload_events.tell(row)


def _progress(upload: Upload, **fields: int) -> None:
    """A sign of life, and the counter; raises ``_TakenOver`` when the row was moved by somebody else."""
    with tenancy.acting_for(upload.merchant):
        mine = Upload.objects.for_merchant(upload.merchant).filter(
            pk=upload.pk, state=upload.state, attempts=upload.attempts
        )
        if not mine.update(touched_at=Now(), **fields):
            raise _TakenOver


def _give_up(upload: Upload, state: str, wrong: Exception) -> None:
    """States that the file failed; what went wrong is for the log, not for the screen."""
    log.error("Upload %s failed", upload.pk, exc_info=wrong)
    message = "the stored file was changed" if isinstance(wrong, InvalidTag) else type(wrong).__name__
    with tenancy.acting_for(upload.merchant):
        mine = Upload.objects.for_merchant(upload.merchant).filter(pk=upload.pk, state=state)
        if mine.update(state=State.FAILED, message=message, touched_at=Now()):
            upload_events.tell(Upload.objects.for_merchant(upload.merchant).get(pk=upload.pk))


# -- checking


def _checked(merchant: Merchant, upload: Upload, kind: Kind) -> IntakeReport:
    report = IntakeReport(columns=kind.columns)
    with open_sealed(path_of(upload)) as file, SealedWriter(rejected_path_of(upload)) as rejected:
        try:
            table = mappings.read_by(merchant, upload, kind, reader.read(file), report)
            if report.asks:
                return report
            rows = RejectedRows(table.headers, kind, sentence)
            rejected.write(rows.head())
            validator = Validator(kind, _shape(merchant, kind))
            for checked in validator.check(table):
                report.count(checked)
                if isinstance(checked, Bad):
                    rejected.write(rows.line(checked))
                if report.read % BEAT == 0:
                    _progress(upload, rows_read=report.read)
            report.unused = validator.unused or report.unused
        except FileRefused as refused:
            report.refuse(refused)
    return report


def _shape(merchant: Merchant, kind: Kind) -> kinds.Shape:
    with tenancy.acting_for(merchant):
        return kind.prepare(merchant)


def _conclude(upload: Upload, report: IntakeReport) -> None:
    refused = not report.asks and (report.refusal is not None or report.good == 0)
    if not report.rejected:
        rejected_path_of(upload).unlink(missing_ok=True)
    if refused and report.refusal is None and not report.rejected:
        report.refuse(FileRefused("no_rows"))
    with tenancy.acting_for(upload.merchant):
        row = Upload.objects.for_merchant(upload.merchant).select_for_update().get(pk=upload.pk)
        if (row.state, row.attempts) != (upload.state, upload.attempts):
            return
        _move(
            row,
            State.UNMAPPED if report.asks else State.REFUSED if refused else State.CHECKED,
            attempts=0,
            rows_read=report.read,
            rows_good=report.good,
            rows_rejected=report.rejected,
            errors=report.shown_problems(),
            preview=report.shown_rows(),
            mapping_id=report.mapping,
        )


# -- applying


def _apply_chunks(merchant: Merchant, upload: Upload, kind: Kind) -> None:
    """Rows already passed are read again, not written again: the rule of a kind may count them."""
    with open_sealed(path_of(upload)) as file:
        validator = Validator(kind, _shape(merchant, kind))
        numbered = enumerate(validator.check(mappings.applied_to(upload, reader.read(file))), 1)
        passed = upload.rows_applied
        for number, _ in islice(numbered, passed):
            if number % BEAT == 0:
                _progress(upload)
        while chunk := list(islice(numbered, kind.rows_at_once)):
            _write(merchant, upload, kind, passed, [checked for _, checked in chunk])
            passed += len(chunk)


def _write(merchant: Merchant, upload: Upload, kind: Kind, passed: int, chunk: list[Checked]) -> None:
    good = [checked.row for checked in chunk if isinstance(checked, Good)]
    with tenancy.acting_for(merchant):
        row = Upload.objects.for_merchant(merchant).select_for_update().get(pk=upload.pk)
        if (row.state, row.attempts, row.rows_applied) != (State.APPLYING, upload.attempts, passed):
            raise _TakenOver
        delivery = _delivery(merchant, row)
        receipt = asdict(kind.write(merchant, good, delivery=delivery, by=row.uploaded_by))
        row.preview["receipt"] = Counter(row.preview.get("receipt", {})) + Counter(receipt)
        row.preview["written"] = row.preview.get("written", 0) + len(good)
        row.rows_applied = passed + len(chunk)
        row.save()
        sources.counted(delivery, row.preview["written"])


def _delivery(merchant: Merchant, row: Upload) -> RawDelivery:
    """The delivery that orders of this file name as their source; made with the first chunk."""
    known = row.preview.get("delivery")
    if known is not None:
        found: RawDelivery | None = RawDelivery.objects.for_merchant(merchant).filter(pk=known).first()
        if found is not None:
            return found
    source = sources.of_kind(
        merchant, source=sources.FILE, kind=row.kind, name=str(kinds.get(row.kind).label)
    )
    made = sources.delivered(source, kind="file", content_hash=row.content_hash, size=row.size)
    row.preview["delivery"] = made.pk
    return made
