"""Rows of the foundation."""

from merchants.models.audit import AuditEvent
from merchants.models.delivery import Connection, RawDelivery
from merchants.models.event import Event
from merchants.models.job import IdempotentAnswer, Job
from merchants.models.mapping import ColumnMapping
from merchants.models.membership import ApiToken, Membership
from merchants.models.merchant import Merchant, Store
from merchants.models.upload import Upload
from merchants.models.user import User

__all__ = [
    "ApiToken",
    "AuditEvent",
    "ColumnMapping",
    "Connection",
    "Event",
    "IdempotentAnswer",
    "Job",
    "Membership",
    "Merchant",
    "RawDelivery",
    "Store",
    "Upload",
    "User",
]
