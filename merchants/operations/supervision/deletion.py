"""The end of a merchant: two operators say so, days pass, then every row and every file of it goes.

What is deleted is decided by a function of the database (``merchants_erase``), which looks at the two words and the day
itself: no login role may delete a trail. That it happened stays in the list of acts.
"""

from __future__ import annotations

import json
import logging
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connections, transaction
from django.db.models import Q, QuerySet

from merchants import audit, walls
from merchants.models import Deletion, Merchant, OperatorAct, User
from merchants.operations.supervision.noting import NotNow, checked
from merchants.tenancy import acting_for

OPERATOR = "operator"
FOLDERS = ("archives", "exports", "papers", "uploads")
"""Folders below the state folder that hold a folder for each merchant; a test looks for others."""

log = logging.getLogger(__name__)


class SamePerson(ValueError):
    """Who asked cannot be who confirms."""


def ask(merchant: Merchant, *, reason: str, operator: User, now: datetime) -> Deletion:
    """The first of two words. Raises ``NoReason``, and ``NotNow`` where the merchant has not left or is asked for."""
    said = checked(reason)
    with acting_for(merchant, using=OPERATOR):
        has_left = Merchant.objects.using(OPERATOR).filter(pk=merchant.pk, status=Merchant.Status.LEFT)
        if not has_left.exists() or open_of(merchant) is not None:
            raise NotNow
        row = Deletion.objects.using(OPERATOR).create(
            of_merchant=merchant.pk,
            merchant_code=merchant.code,
            merchant_name=merchant.name,
            reason=said,
            asked_by_id=operator.pk,
            asked_at=now,
        )
        _note(row, "asked", by=operator, reason=said)
    return row


def confirm(row: Deletion, *, reason: str, operator: User, now: datetime) -> None:
    """The second word, of another operator; the waiting time begins. Raises ``NoReason``, ``SamePerson`` and
    ``NotNow``."""
    said = checked(reason)
    if row.asked_by_id == operator.pk:
        raise SamePerson
    with acting_for(row.of_merchant, using=OPERATOR):
        due_at = now + timedelta(days=settings.DELETION_DAYS)
        if not _open(row).filter(confirmed_by=None).update(confirmed_by_id=operator.pk, due_at=due_at):
            raise NotNow
        _note(row, "confirmed", by=operator, reason=said, due=due_at.isoformat())


def call_off(row: Deletion, *, reason: str, operator: User, now: datetime) -> None:
    """Nothing is deleted. Any operator may, until it is done. Raises ``NoReason``, and ``NotNow`` afterwards."""
    said = checked(reason)
    with acting_for(row.of_merchant, using=OPERATOR):
        if not _open(row).filter(counts={}).update(cancelled_at=now):
            raise NotNow
        _note(row, "cancelled", by=operator, reason=said)


def open_of(merchant: Merchant) -> Deletion | None:
    rows = Deletion.objects.using(OPERATOR).filter(of_merchant=merchant.pk, cancelled_at=None, done_at=None)
    return rows.select_related("asked_by", "confirmed_by").first()


def due(now: datetime) -> list[Deletion]:
    rows = Deletion.objects.using(OPERATOR).filter(cancelled_at=None, done_at=None, due_at__lte=now)
    return list(rows.order_by("due_at"))


def carry_out(row: Deletion, *, now: datetime) -> None:
    """Deletes the rows, then the files, then says so. What was interrupted goes on where it was. Raises
    ``django.db.ProgrammingError`` where the database finds that it is not due."""
    with transaction.atomic(using=OPERATOR), connections[OPERATOR].cursor() as cursor:
        cursor.execute("SELECT merchants_erase(%s)", [row.pk])
        counts = json.loads(cursor.fetchone()[0])
        if not row.counts:
            _open(row).update(counts=counts)
            row.counts = counts
    left = remaining(row.of_merchant)
    if left:
        raise RuntimeError(f"Rows of a deleted merchant are left: {left}")
    for folder in FOLDERS:
        shutil.rmtree(Path(settings.STATE) / folder / str(row.of_merchant), ignore_errors=True)
    with transaction.atomic(using=OPERATOR):
        if _open(row).update(done_at=now):
            _keep(row, "merchants.deletion.done", "system:worker", row.reason, rows=sum(row.counts.values()))
    log.info("The merchant %s is deleted.", row.merchant_code)


def remaining(merchant_id: int) -> dict[str, int]:
    """Rows of the merchant that are there, its own and those that it shares with a partner, by table, over all tenant
    tables; empty when it is gone."""
    counted = {
        model._meta.db_table: model._base_manager.using(OPERATOR)
        .filter(Q(merchant_id=merchant_id) | Q(**{f"{model.PARTNER or 'merchant'}_id": merchant_id}))
        .count()
        for model in walls.tenant_models()
    }
    return {table: count for table, count in counted.items() if count}


def _open(row: Deletion) -> QuerySet[Deletion]:
    return Deletion.objects.using(OPERATOR).filter(pk=row.pk, cancelled_at=None, done_at=None)


def _note(row: Deletion, what: str, *, by: User, reason: str, **data: str) -> None:
    """In the merchant's trail, which goes with it, and in the list of acts, which stays."""
    act, actor = f"merchants.deletion.{what}", f"user:{by.pk}"
    audit.event(row.of_merchant, act, by=actor, reason=reason, **data).save(using=OPERATOR)
    _keep(row, act, actor, reason, **data)


def _keep(row: Deletion, act: str, actor: str, reason: str, **data: object) -> None:
    OperatorAct.objects.using(OPERATOR).create(
        actor=actor,
        act=act,
        merchant_code=row.merchant_code,
        merchant_name=row.merchant_name,
        reason=reason,
        data=data,
    )
