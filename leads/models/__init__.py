"""Rows of the desk."""

from leads.models.arrival import Sighting, Source
from leads.models.consultations import Consultation, Conversation, Decision, InternalNote, Message
from leads.models.people import Agent, Contact, ContactDetail, ContactIdentity, ContactPair, Merge
from leads.models.pipeline import Appointment, Deal, DealPosting, Feedback, Lead, LeadChange, StageMove, Visit
from leads.models.rules import BookingRule, ClockPolicy, Reason, ServiceSchedule, Snippet, Stage, StageType

__all__ = [
    "Agent",
    "Appointment",
    "BookingRule",
    "ClockPolicy",
    "Consultation",
    "Contact",
    "ContactDetail",
    "ContactIdentity",
    "ContactPair",
    "Conversation",
    "Deal",
    "DealPosting",
    "Decision",
    "Feedback",
    "InternalNote",
    "Lead",
    "LeadChange",
    "Merge",
    "Message",
    "Reason",
    "ServiceSchedule",
    "Sighting",
    "Snippet",
    "Source",
    "Stage",
    "StageMove",
    "StageType",
    "Visit",
]
