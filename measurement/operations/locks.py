"""Who must wait for whom, per merchant.

Taking in orders reads mappings and codes, and taking in touches reads what notes are about. Whoever
changes one of those holds the same lock, so that no row is committed later with what was read before.
"""

from __future__ import annotations

from enum import StrEnum

from django.db import connection

from merchants.models import Merchant


class Lock(StrEnum):
    ORDERS = "orders"  # pieces, orders, lines; what items and codes mean
    TOUCHES = "touches"  # touches and their channels; what notes are about
    SETTINGS = "settings"  # numbered versions of what people decide
    IDENTITIES = "identities"  # links and their groups


def hold(merchant: Merchant, lock: Lock) -> None:
    """Waits for the merchant's lock and holds it until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s), %s)", [lock, merchant.pk])
