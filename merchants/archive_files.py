"""Everything a merchant has as one ZIP: a CSV for each of its tables, its people and tokens, and the papers it handed
in, written as a stream. What it shares with a partner (agreements, disputes) is in the files of both.

The rows are read in one transaction that sees one moment and can write nothing, by ``COPY``, so that memory holds a
block at a time however many rows there are. What rests sealed (words of messages, contacts, credentials) stays out: the
desk's own files give words and contacts, with a reason.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections, models, transaction
from django.utils.translation import gettext as _
from psycopg import sql

from merchants import tenancy, walls
from merchants.forward import Forward, Sink
from merchants.models import ApiToken, DocumentVersion, Membership, Merchant
from merchants.sealed_files import open_sealed

SECRETS = {"merchants_invite": {"secret_hash"}}
"""Columns that are in no file although they are not sealed: who has them could come in."""


def tables() -> list[type[models.Model]]:
    """The tables of an archive, in the order of their files."""
    return sorted(walls.tenant_models(), key=name_of)


def name_of(model: type[models.Model]) -> str:
    return f"{model._meta.app_label}/{model._meta.model_name}.csv"


def columns_of(model: type[models.Model]) -> list[str]:
    secret = SECRETS.get(model._meta.db_table, set())
    return [
        field.column
        for field in model._meta.concrete_fields
        if not isinstance(field, models.BinaryField) and field.column not in secret
    ]


def write(merchant: Merchant, into: Sink, beat: Callable[[int], None]) -> dict[str, int]:
    """Writes all of it; returns {file: rows}. ``beat`` is called often, with the tables that are written."""
    told: dict[str, int] = {}
    with zipfile.ZipFile(Forward(into), "w", zipfile.ZIP_DEFLATED) as archive:
        with transaction.atomic(using="report"), connections["report"].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            tenancy.enter(merchant, using="report")
            for done, model in enumerate(tables()):
                with archive.open(name_of(model), "w", force_zip64=True) as file:
                    for block in _blocks(cursor, merchant, model):
                        file.write(block)
                        beat(done)
                told[name_of(model)] = cursor.rowcount
        for name, rows in (("members.csv", _members(merchant)), ("tokens.csv", _tokens(merchant))):
            archive.writestr(name, _table(rows))
            told[name] = len(rows) - 1
        told["papers"] = 0
        for paper in _papers(merchant):
            with open_sealed(Path(settings.STATE) / paper.path) as sealed:
                archive.writestr(f"papers/{paper.pk}.{paper.media.rpartition('/')[2]}", sealed.read())
            told["papers"] += 1
            beat(len(told))
        archive.writestr("README.txt", _said(merchant, told))
    return told


def _blocks(cursor: Any, merchant: Merchant, model: type[models.Model]) -> Iterator[bytes]:
    query = sql.SQL(
        "COPY (SELECT {columns} FROM {table} WHERE {merchant} IN (merchant_id, {partner}))"
        " TO STDOUT (FORMAT csv, HEADER)"
    )
    partner = getattr(model, "PARTNER", "") or "merchant"
    named = query.format(
        columns=sql.SQL(", ").join(map(sql.Identifier, columns_of(model))),
        table=sql.Identifier(model._meta.db_table),
        merchant=sql.Literal(merchant.pk),
        partner=sql.Identifier(f"{partner}_id"),
    )
    with cursor.copy(named) as rows:
        for block in rows:
            yield bytes(block)


Rows = list[tuple[Any, ...]]


def _members(merchant: Merchant) -> Rows:
    found = Membership.objects.filter(merchant=merchant).select_related("user").order_by("pk")
    head = ("user_id", "name", "email", "role", "stores", "created_at")
    people = (
        (row.user_id, str(row.user), row.user.email, row.role, row.stores, row.created_at) for row in found
    )
    return [head, *people]


def _tokens(merchant: Merchant) -> Rows:
    head = ("name", "prefix", "scopes", "created_by_id", "created_at", "last_used_at", "revoked_at")
    return [head, *ApiToken.objects.filter(merchant=merchant).order_by("pk").values_list(*head)]


def _table(rows: Iterable[tuple[Any, ...]]) -> str:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue()


def _papers(merchant: Merchant) -> list[DocumentVersion]:
    with tenancy.acting_for(merchant):
        return list(DocumentVersion.objects.for_merchant(merchant).order_by("pk"))


def _said(merchant: Merchant, told: dict[str, int]) -> str:
    lines = [
        _("Everything that %(merchant)s has in Seedbed.") % {"merchant": merchant.name},
        _("One CSV (UTF-8) for each table, all of one moment; times with their distance from Greenwich, money in fen."),
        _("An empty cell is unknown; an empty text stands in quotation marks."),
        _("The papers that were handed in stand in the folder papers, under their ids in documentversion.csv."),
        _("Left out: what rests sealed (words of messages, contacts, credentials). Files of the desk give words and"
          " contacts."),
        "",
        *(f"{rows:>12}  {name}" for name, rows in told.items()),
        "",
    ]  # fmt: skip
    return "\r\n".join(lines)
