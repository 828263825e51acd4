"""Learning an export once: a person says what its columns are, the next file of its shape is read so.

A mapping belongs to one merchant, one kind and one set of headers. It is kept in versions; one counts for
further files once a file that was read by it was confirmed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain, islice

from django.db import connection
from django.db.models import Max

from merchants import audit, tenancy
from merchants.background import wake
from merchants.intake import kinds
from merchants.intake.cells import text_of, visible
from merchants.intake.columns import lay_out, spelled
from merchants.intake.kinds import Kind
from merchants.intake.mapping import (
    SAMPLES,
    ColumnMap,
    applied,
    complaints,
    fingerprint,
    from_told,
    names,
    unused,
)
from merchants.intake.problems import FileRefused, Problem
from merchants.intake.report import IntakeReport
from merchants.intake.suggestions import suggested
from merchants.intake.tables import Row, Table
from merchants.intake.validate import MASK
from merchants.models import ColumnMapping, Merchant, Upload
from merchants.operations.upload_files import WrongState

State = Upload.State
SHOWN = 40  # characters of a sample
OPEN = (State.UNMAPPED, State.CHECKED, State.REFUSED)  # states in which columns may be named (anew)
_PERSONAL = re.compile(r"1\d{10}|\S+@\S+\.\S+|\d{17}[\dXx]|[0-9a-fA-F]{32,64}", re.ASCII)


class Unreadable(ValueError):
    """What was said of the columns cannot be; ``problems`` says why, in the terms of the page."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems


def state(merchant: Merchant, upload: Upload, mapping: ColumnMap, *, by: str) -> ColumnMapping:
    """Keeps what was said of a file's columns as a new version and has the file read anew by it.

    Raises ``Unreadable`` with words for the page, ``WrongState`` when the file is not open for it; nothing
    is kept then.
    """
    with tenancy.acting_for(merchant):
        row: Upload = Upload.objects.for_merchant(merchant).select_for_update().get(pk=upload.pk)
        headers = row.preview.get("headers") if isinstance(row.preview, dict) else None
        if row.state not in OPEN or not headers:
            raise WrongState(row.state)
        samples = [["" if cell == MASK else cell for cell in line] for line in row.preview["samples"]]
        if wrong := complaints(mapping, headers, samples, kinds.get(row.kind).columns):
            raise Unreadable(wrong)
        kept = _kept(merchant, row, headers, mapping, by)
        row.mapping, row.state, row.attempts, row.errors = kept, State.RECEIVED, 0, []
        row.save()
        audit.record(
            merchant,
            "merchants.mapping.stated",
            by=by,
            on=kept,
            kind=kept.kind,
            version=kept.version,
            columns=[[pick.theirs, pick.ours] for pick in mapping.picks],
        )
        wake("merchants.check_upload", merchant_id=merchant.pk, upload_id=row.pk)
    return kept


def prove(merchant: Merchant, upload: Upload, *, by: str) -> None:
    """From now on files of this shape are read so: somebody confirmed one that was. Inside the caller's
    transaction."""
    if upload.mapping_id is None:
        return
    mine = ColumnMapping.objects.for_merchant(merchant).filter(pk=upload.mapping_id, proven_at=None)
    if mine.update(proven_at=datetime.now(UTC)):
        kept = upload.mapping
        assert kept is not None
        audit.record(
            merchant, "merchants.mapping.learned", by=by, on=kept, kind=kept.kind, version=kept.version
        )


def forget(merchant: Merchant, mapping: ColumnMapping, *, by: str) -> bool:
    """Forgets the export in all its versions: the next file of its shape is asked about. What was read by them
    stays, and so do the versions, for the files that name them. False when it was forgotten already."""
    with tenancy.acting_for(merchant):
        known = ColumnMapping.objects.for_merchant(merchant).filter(
            kind=mapping.kind, fingerprint=mapping.fingerprint, proven_at__isnull=False, forgotten_at=None
        )
        if not known.update(forgotten_at=datetime.now(UTC)):
            return False
        audit.record(
            merchant,
            "merchants.mapping.forgotten",
            by=by,
            on=mapping,
            kind=mapping.kind,
            version=mapping.version,
        )
    return True


def learned(merchant: Merchant, kind: str, headers: Sequence[str]) -> ColumnMapping | None:
    """The version that holds for files of this shape; None when nobody has taught it."""
    found: ColumnMapping | None = (
        ColumnMapping.objects.for_merchant(merchant)
        .filter(kind=kind, fingerprint=fingerprint(headers), proven_at__isnull=False, forgotten_at=None)
        .order_by("-version")
        .first()
    )
    return found


def read_by(merchant: Merchant, upload: Upload, kind: Kind, table: Table, report: IntakeReport) -> Table:
    """The table as it is to be checked: by what was said of this file, else by what was learned of its shape,
    else by the names of its columns. ``report.asks`` when those do not say enough."""
    report.format, report.encoding = table.format, table.encoding
    headers = table.headers
    if headers is None:
        return table
    first = list(islice(table.rows, SAMPLES))
    table = replace(table, rows=chain(first, table.rows))
    report.headers = headers
    report.samples = _samples(first, headers, kind)
    with tenancy.acting_for(merchant):
        said = upload.mapping or learned(merchant, kind.code, headers)
    if said is not None:
        report.mapping = said.pk
        told = from_told(said.told)
        report.unused = unused(headers, told)
        return applied(table, told)
    report.asks = bool(first) and not _known_by_name(headers, kind)
    return table


def applied_to(upload: Upload, table: Table) -> Table:
    """The table as it was checked."""
    with tenancy.acting_for(upload.merchant):
        said = upload.mapping
    return table if said is None else applied(table, from_told(said.told))


def _known_by_name(headers: Sequence[str], kind: Kind) -> bool:
    try:
        lay_out(headers, kind.spellings)
    except FileRefused:
        return False
    return True


def _kept(
    merchant: Merchant, upload: Upload, headers: Sequence[str], mapping: ColumnMap, by: str
) -> ColumnMapping:
    shape = fingerprint(headers)
    with connection.cursor() as cursor:  # two files of one shape may be named at once
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('mapping'), %s)", [merchant.pk])
    versions = ColumnMapping.objects.for_merchant(merchant).filter(kind=upload.kind, fingerprint=shape)
    same: ColumnMapping | None = versions.filter(told=mapping.told()).order_by("-version").first()
    last = versions.aggregate(last=Max("version"))["last"] or 0
    if same is not None and same.version == last and same.forgotten_at is None:
        return same
    kept: ColumnMapping = ColumnMapping.objects.create(
        merchant=merchant,
        kind=upload.kind,
        fingerprint=shape,
        version=last + 1,
        headers=list(headers),
        told=mapping.told(),
        created_by=by,
    )
    return kept


def _samples(rows: list[Row], headers: Sequence[str], kind: Kind) -> list[list[str]]:
    """The first cells of each column, cut; what may name a person is masked."""
    told = [[text_of(cell) for cell in row.cells][: len(headers)] for row in rows if row.problem is None]
    personal = {column.name for column in kind.columns if column.personal}
    picks = suggested(headers, told, kind.columns, {}) if personal else {}
    hidden = {
        place
        for place, name in enumerate(names(headers))
        if (name in picks and picks[name].ours in personal)
        or ((column := kind.spellings.get(spelled(name))) is not None and column.personal)
    }
    return [
        [
            MASK if text and (place in hidden or _PERSONAL.fullmatch(text.strip())) else visible(text)[:SHOWN]
            for place, text in enumerate(line)
        ]
        for line in told
    ]
