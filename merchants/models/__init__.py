"""Rows of the foundation."""

from merchants.models.agreement import Agreement, BloggerProfile, Rate
from merchants.models.audit import AuditEvent
from merchants.models.claim import Claim, Dispute
from merchants.models.delivery import Connection, RawDelivery
from merchants.models.event import Event
from merchants.models.expiry import ExpiryLetter
from merchants.models.job import IdempotentAnswer, Job
from merchants.models.mapping import ColumnMapping
from merchants.models.membership import ApiToken, Invite, Membership
from merchants.models.merchant import Merchant, Store
from merchants.models.onboarding import Application, ApplicationItem, DocumentVersion, ReviewEvent
from merchants.models.readiness import Launch, LaunchGate, ReadinessAnswer
from merchants.models.requirement_set import RequirementSet
from merchants.models.supervision import Archive, Deletion, OperatorAct, PausedPartner, SupportView
from merchants.models.upload import Upload
from merchants.models.user import User
from merchants.models.webhook import WebhookAttempt, WebhookEndpoint, WebhookMessage

__all__ = [
    "Agreement",
    "ApiToken",
    "Application",
    "ApplicationItem",
    "Archive",
    "AuditEvent",
    "BloggerProfile",
    "Claim",
    "ColumnMapping",
    "Connection",
    "Deletion",
    "Dispute",
    "DocumentVersion",
    "Event",
    "ExpiryLetter",
    "IdempotentAnswer",
    "Invite",
    "Job",
    "Launch",
    "LaunchGate",
    "Membership",
    "Merchant",
    "OperatorAct",
    "PausedPartner",
    "Rate",
    "RawDelivery",
    "ReadinessAnswer",
    "RequirementSet",
    "ReviewEvent",
    "Store",
    "SupportView",
    "Upload",
    "User",
    "WebhookAttempt",
    "WebhookEndpoint",
    "WebhookMessage",
]
