"""Lists of the desk as files: asked for by a person, written by a worker, taken away by who asked, then deleted.

The row is the progress. A worker claims it for :data:`LEASE`, gives a sign of life with every batch, and stops as
soon as the row is not as it left it: stopped by the person, or taken over. Each attempt writes a file of its own,
sealed, and only the transaction that says the export is ready names it; so nobody is ever given half a file, and
what a killed worker leaves is swept away.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from leads import duplicates, sealing, words
from leads.models import Export, Stage
from leads.operations import alarms, contacts
from leads.queries import exported
from leads.queries.asked import Asked
from leads.queries.exported import Asking
from merchants import audit, table_files, tenancy
from merchants.background import wake
from merchants.models import Membership, Merchant, User
from merchants.roles import Permission
from merchants.sealed_files import SealedWriter, open_sealed

State = Export.State
UNFINISHED = (State.WAITING, State.WRITING)
LEASE = timedelta(seconds=60)  # a worker that gave no sign for so long is taken for dead
ATTEMPTS = 5  # workers that may begin with one export before it is given up
KEPT = timedelta(days=7)
KEPT_WITH_CONTACTS = timedelta(days=1)
MOST = 500  # looked at by the sweep at once

log = logging.getLogger(__name__)


class Refused(ValueError):
    """The code of why: no_reason (contacts are asked for without one), may_not (the role may not see them)."""


class _TakenOver(Exception):
    """Another worker, or a person, has moved the row."""


def ask(
    merchant: Merchant,
    person: User,
    *,
    kind: str,
    form: str,
    asked: Asked,
    language: str,
    with_contacts: bool = False,
    reason: str = "",
    now: datetime | None = None,
) -> Export:
    """Has a list written as a file. Phones and ids are masked unless the person asks for them, says why, and has
    a role that may see them; else :class:`Refused`. What was asked for stands in the trail."""
    moment = now or datetime.now(UTC)
    reason = reason.strip()[:200] if with_contacts else ""
    if with_contacts and not reason:
        raise Refused("no_reason")
    if with_contacts and not _may_see_contacts(merchant, person.pk):
        raise Refused("may_not")
    by = f"user:{person.pk}"
    with tenancy.acting_for(merchant):
        row: Export = Export.objects.create(
            merchant=merchant,
            person=person,
            kind=Export.Kind(kind),
            form=Export.Form(form),
            sealed=sealing.seal(merchant, "export", json.dumps(asked.as_json())),
            language=language,
            with_contacts=with_contacts,
            reason=reason,
            asked_at=moment,
            touched_at=moment,
        )
        audit.record(
            merchant,
            "leads.export.asked",
            by=by,
            on=row,
            kind=kind,
            with_contacts=with_contacts,
            reason=reason,
        )
        wake("leads.write_export", merchant_id=merchant.pk, export_id=row.pk)
    return row


def asked_of(merchant: Merchant, row: Export) -> Asked:
    """What the export was asked for."""
    return Asked.of_json(json.loads(sealing.unseal(merchant, "export", row.sealed)))


def write(merchant: Merchant, export_id: int) -> None:
    """Writes a file that is asked for; nothing when it is written, stopped, or another worker is at it."""
    row = _claim(merchant, export_id)
    if row is None:
        return
    name = f"exports/{merchant.pk}/{secrets.token_hex(16)}"
    path = _path(name)
    kept_to = Membership.objects.filter(merchant=merchant, user_id=row.person_id).first()
    stores = kept_to.stores if kept_to else []
    try:
        with (
            tenancy.kept_to_stores(stores),
            translation.override(row.language),
            SealedWriter(path) as file,
        ):
            counted = _Counted(file)
            _write(merchant, row, counted)
        if not _conclude(merchant, row, name, counted.size):
            path.unlink(missing_ok=True)
    except _TakenOver:
        return  # the writer has thrown its part away
    except (OperationalError, InterfaceError):
        path.unlink(missing_ok=True)
        raise  # the database's fault: the sweep brings it back
    except Exception as wrong:
        path.unlink(missing_ok=True)
        log.error("Export %s failed", row.pk, exc_info=wrong)
        _fail(merchant, row, type(wrong).__name__)


def cancel(merchant: Merchant, row: Export) -> bool:
    """Stops an export that is not ready; False when there is nothing to stop any more."""
    with tenancy.acting_for(merchant):
        mine = Export.objects.for_merchant(merchant).filter(pk=row.pk, state__in=UNFINISHED)
        stopped = bool(mine.update(state=State.CANCELLED, touched_at=datetime.now(UTC)))
        if stopped:
            audit.record(merchant, "leads.export.stopped", by=f"user:{row.person_id}", on=row)
    return stopped


def take(merchant: Merchant, row: Export, *, now: datetime | None = None) -> Iterator[bytes]:
    """The file, block by block; taking it stands in the trail. Raises ``FileNotFoundError`` when there is none
    (any more), and :class:`Refused` when contacts stand in it that the person may see no more."""
    moment = now or datetime.now(UTC)
    if row.state != State.DONE or row.expires_at is None or row.expires_at <= moment:
        raise FileNotFoundError(row.pk)
    if row.with_contacts and not _may_see_contacts(merchant, row.person_id):
        raise Refused("may_not")
    file = open_sealed(_path(row.path))
    with tenancy.acting_for(merchant):
        audit.record(
            merchant,
            "leads.export.taken",
            by=f"user:{row.person_id}",
            on=row,
            with_contacts=row.with_contacts,
        )

    def blocks() -> Iterator[bytes]:
        with file:
            while block := file.read(1 << 16):
                yield block

    return blocks()


def purge(merchant: Merchant, *, now: datetime) -> int:
    """Deletes files whose time is over, and those that no row names; returns how many exports ended."""
    with tenancy.acting_for(merchant):
        rows = Export.objects.for_merchant(merchant)
        over = list(rows.select_for_update().filter(state=State.DONE, expires_at__lte=now))
        gone = [row.path for row in over]
        rows.filter(pk__in=[row.pk for row in over]).update(state=State.EXPIRED, path="")
        kept = set(rows.exclude(path="").values_list("path", flat=True))
    for name in gone:
        _path(name).unlink(missing_ok=True)
    for file in (Path(settings.STATE) / "exports" / str(merchant.pk)).glob("*"):
        old = datetime.fromtimestamp(file.stat().st_mtime, UTC) < now - timedelta(days=1)
        if old and f"exports/{merchant.pk}/{file.name.split('.')[0]}" not in kept:
            file.unlink(missing_ok=True)
    return len(over)


def unfinished(now: datetime) -> list[tuple[int, int]]:
    """(merchant, export) of what waits for a worker; read as the dispatcher, who sees no content."""
    with transaction.atomic(using="dispatch"):
        rows = Export.objects.using("dispatch").filter(state__in=UNFINISHED, touched_at__lt=now - LEASE)
        return list(rows.order_by("pk").values_list("merchant_id", "pk")[:MOST])


def _may_see_contacts(merchant: Merchant, person: int) -> bool:
    found = Membership.objects.filter(merchant=merchant, user_id=person)
    return any(Permission.REVEAL_CONTACT in one.permissions for one in found)


def _path(name: str) -> Path:
    return Path(settings.STATE) / name


class _Counted:
    """A sealed file that knows how many bytes it was given."""

    def __init__(self, file: SealedWriter) -> None:
        self._file, self.size = file, 0

    def write(self, clear: bytes) -> None:
        self._file.write(clear)
        self.size += len(clear)


# -- moving the row


def _claim(merchant: Merchant, export_id: int) -> Export | None:
    """The row, if there is work and nobody at it. Each beginning is counted, so that a lost worker counts."""
    now = datetime.now(UTC)
    with tenancy.acting_for(merchant):
        rows = Export.objects.for_merchant(merchant).select_for_update(of=("self",))
        row: Export | None = rows.filter(pk=export_id, state__in=UNFINISHED).first()
        if row is None or (row.attempts > 0 and now - row.touched_at < LEASE):
            return None
        if row.attempts >= ATTEMPTS:
            row.state, row.error = State.FAILED, row.error or "worker lost"
        else:
            row.state, row.attempts, row.rows_done = State.WRITING, row.attempts + 1, 0
        row.touched_at = now
        row.save()
    return row if row.state == State.WRITING else None


def _progress(merchant: Merchant, row: Export, **fields: int) -> None:
    """A sign of life, inside a transaction; raises ``_TakenOver`` when somebody else has moved the row."""
    mine = Export.objects.for_merchant(merchant).filter(pk=row.pk, state=State.WRITING, attempts=row.attempts)
    if not mine.update(touched_at=datetime.now(UTC), **fields):
        raise _TakenOver


def _conclude(merchant: Merchant, row: Export, name: str, size: int) -> bool:
    """The file is whole: from now on it can be taken. False when the row is no longer this worker's."""
    with tenancy.acting_for(merchant):
        rows = Export.objects.for_merchant(merchant).select_for_update(of=("self",))
        mine: Export | None = rows.filter(pk=row.pk, state=State.WRITING, attempts=row.attempts).first()
        if mine is None:
            return False
        now = datetime.now(UTC)
        mine.state, mine.path, mine.size, mine.touched_at = State.DONE, name, size, now
        mine.expires_at = now + (KEPT_WITH_CONTACTS if mine.with_contacts else KEPT)
        mine.error = ""
        mine.save()
        audit.record(
            merchant,
            "leads.export.written",
            by="system:worker",
            on=mine,
            rows=mine.rows_done,
            with_contacts=mine.with_contacts,
        )
        if mine.with_contacts:
            alarms.heed_export(merchant, mine)
    return True


def _fail(merchant: Merchant, row: Export, error: str) -> None:
    with tenancy.acting_for(merchant):
        mine = Export.objects.for_merchant(merchant).filter(
            pk=row.pk, state=State.WRITING, attempts=row.attempts
        )
        mine.update(state=State.FAILED, error=error[:200], touched_at=datetime.now(UTC))


# -- writing the file


def _write(merchant: Merchant, row: Export, file: _Counted) -> None:
    with tenancy.acting_for(merchant):
        asked = asked_of(merchant, row)
        asking = Asking(
            merchant,
            row.kind,
            asked,
            contacts=contacts.find_any(merchant, asked.text) if asked.text else [],
            clear=row.with_contacts and _may_see_contacts(merchant, row.person_id),
        )
        _progress(merchant, row, rows_total=exported.total(asking))
        said = _said(row, asking)
    heads, lines = exported.heads(asking), _lines(merchant, row, asking)
    if row.form == Export.Form.CSV:
        table_files.write_csv(file, heads, lines)
    else:
        table_files.write_xlsx(file, row.get_kind_display(), heads, lines, (_("Read me"), said))


def _lines(merchant: Merchant, row: Export, asking: Asking) -> Iterator[list[str]]:
    """All rows; each batch is read, and counted, in a transaction of its own."""
    done, below = 0, None
    while True:
        with tenancy.acting_for(merchant):
            cells, below = exported.batch(asking, below)
            done += len(cells)
            _progress(merchant, row, rows_done=done)
        yield from cells
        if below is None:
            return


def _said(row: Export, asking: Asking) -> list[tuple[str, str]]:
    """What stands on the first sheet: what was asked for, when, and how the cells are to be read."""
    left_out = exported.left_out(asking)
    contacts_said = (
        _("in the clear, because: %(reason)s") % {"reason": row.reason} if asking.clear else _("masked")
    )
    zone = asking.merchant.time_zone
    told = [
        (_("Merchant"), asking.merchant.name),
        (pgettext("export", "List"), str(row.get_kind_display())),
        *filters_said(asking.merchant, asking.asked),
        (pgettext("export", "Asked"), f"{row.asked_at:%Y-%m-%d %H:%M} UTC"),
        (_("Contacts"), contacts_said),
        (_("Times"), _("with their distance from Greenwich; days are those of %(zone)s") % {"zone": zone}),
        (_("Rows"), _("the newest first; an empty cell is unknown or did not happen")),
    ]
    if left_out:
        told.append((_("Left out"), _("%(count)s messages of sensitive chats") % {"count": left_out}))
    return told


def filters_said(merchant: Merchant, asked: Asked) -> list[tuple[str, str]]:
    """The filters in words, numbers that were searched masked; empty for everything."""
    stage = Stage.objects.for_merchant(merchant).filter(code=asked.stage).first() if asked.stage else None
    told = [
        (_("Stage"), str(words.stage(stage.code, stage.label)) if stage else asked.stage),
        (_("Name or phone"), duplicates.without_numbers(asked.text)),
        (_("Whose"), _("only mine") if asked.agent else ""),
        (_("Consultations"), _("open ones") if asked.open else ""),
        (_("From"), asked.first.isoformat() if asked.first else ""),
        (_("To"), asked.last.isoformat() if asked.last else ""),
    ]
    return [(label, value) for label, value in told if value]
