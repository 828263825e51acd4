"""Whose rows these are: the merchant on every row, and the merchant of every transaction.

Two walls. The first is explicit: querysets begin with ``for_merchant(merchant)``. The second is
Postgres: a row policy on every tenant table compares ``merchant_id`` with the setting
``seedbed.merchant`` of the transaction (``merchants.walls``). No merchant set: no rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import connections, models, transaction

if TYPE_CHECKING:
    from merchants.models import Merchant

SETTING = "seedbed.merchant"
M = TypeVar("M", bound=models.Model)


class MerchantQuerySet(models.QuerySet[M]):
    def for_merchant(self, merchant: Merchant | int) -> MerchantQuerySet[M]:
        """The rows of one merchant; where every query of a tenant's data begins."""
        return self.filter(merchant_id=merchant if isinstance(merchant, int) else merchant.pk)


class MerchantOwned(models.Model):
    """A row of one merchant. ``WRITES`` says what the app's role may do with the table; ``PARTNER`` names the
    field of a second merchant to whom the row belongs as well (ADR 0039), where there is one."""

    WRITES: tuple[str, ...] = ("INSERT", "UPDATE", "DELETE")
    PARTNER = ""

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


def enter(merchant: Merchant | int, *, using: str = "default") -> None:
    """Sets the merchant for the rest of the transaction that is open (a request's own)."""
    if not connections[using].in_atomic_block:
        raise transaction.TransactionManagementError("The merchant is set inside a transaction only.")
    _set(str(merchant if isinstance(merchant, int) else merchant.pk), using)


def current(*, using: str = "default") -> str:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting(%s, true), '')", [SETTING])
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def _set(value: str, using: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [SETTING, value])
