"""Whose rows these are: the merchant on every row, and the merchant of every transaction.

Two walls. The first is explicit: querysets begin with ``for_merchant(merchant)``. The second is
Postgres: a row policy on every tenant table compares ``merchant_id`` with the setting
``seedbed.merchant`` of the transaction (``merchants.walls``). No merchant set: no rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import DatabaseError, connections, models, transaction
from psycopg.errors import ReadOnlySqlTransaction

if TYPE_CHECKING:
    from merchants.models import Merchant

SETTING = "seedbed.merchant"
M = TypeVar("M", bound=models.Model)


_stores: ContextVar[tuple[int, ...]] = ContextVar("stores", default=())


class MerchantQuerySet(models.QuerySet[M]):
    def for_merchant(self, merchant: Merchant | int) -> MerchantQuerySet[M]:
        """The rows of one merchant; where every query of a tenant's data begins. Inside :func:`kept_to_stores` only
        those of these stores, where rows of the model belong to one."""
        rows = self.filter(merchant_id=merchant if isinstance(merchant, int) else merchant.pk)
        stores, path = _stores.get(), getattr(self.model, "STORE", "")
        return rows.filter(**{f"{path}__in": stores}) if stores and path else rows


class MerchantOwned(models.Model):
    """A row of one merchant. ``WRITES`` says what the app's role may do with the table; ``PARTNER`` names the
    field of a second merchant to whom the row belongs as well (ADR 0039), where there is one; ``STORE`` is the way
    from a row to its store, where rows belong to one and members may be kept to some."""

    WRITES: tuple[str, ...] = ("INSERT", "UPDATE", "DELETE")
    PARTNER = ""
    STORE = ""

    merchant = models.ForeignKey("merchants.Merchant", models.CASCADE, related_name="+", db_index=False)

    objects: Any = MerchantQuerySet.as_manager()

    class Meta:
        abstract = True


class MerchantBulk(MerchantOwned):
    """A tenant's row in a table written by the hundred thousand: no foreign-key check per row. The row
    policy already refuses a merchant that is not the transaction's own."""

    merchant = models.ForeignKey(
        "merchants.Merchant", models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        abstract = True


@contextmanager
def acting_for(merchant: Merchant | int, *, using: str = "default") -> Iterator[None]:
    """A transaction that sees the rows of this merchant and of no other.

    The setting is local to the transaction, so that a pooled connection never carries it on. Inside
    a transaction already begun, what was set before holds again afterwards.
    """
    wanted = str(merchant if isinstance(merchant, int) else merchant.pk)
    outermost = not connections[using].in_atomic_block
    with transaction.atomic(using=using):
        before = "" if outermost else current(using=using)
        if before != wanted:
            _set(wanted, using)
        yield
        if before != wanted and not outermost:  # what is set ends with the transaction by itself
            _set(before, using)


@contextmanager
def kept_to_stores(stores: Sequence[int]) -> Iterator[None]:
    """For who may see the rows of some stores only: what begins with ``for_merchant`` inside shows those of these
    stores, and none that belong to no store. None named: all."""
    before = _stores.set(tuple(stores))
    try:
        yield
    finally:
        _stores.reset(before)


def enter(merchant: Merchant | int, *, using: str = "default") -> None:
    """Sets the merchant for the rest of the transaction that is open (a request's own)."""
    if not connections[using].in_atomic_block:
        raise transaction.TransactionManagementError("The merchant is set inside a transaction only.")
    _set(str(merchant if isinstance(merchant, int) else merchant.pk), using)


def forbid_writing(*, using: str = "default") -> None:
    """Nothing more can be written in the transaction that is open: Postgres itself refuses
    (:func:`was_forbidden` knows its answer)."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE"
        )  # a check that waits for the end would write locks then
        cursor.execute("SET TRANSACTION READ ONLY")


def was_forbidden(error: DatabaseError) -> bool:
    return isinstance(error.__cause__, ReadOnlySqlTransaction)


def current(*, using: str = "default") -> str:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting(%s, true), '')", [SETTING])
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def _set(value: str, using: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, value])
