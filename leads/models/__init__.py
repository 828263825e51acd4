"""Rows of the desk."""

from leads.models.arrival import Sighting, Source
from leads.models.consultations import (
    Consent,
    Consultation,
    Conversation,
    Decision,
    InternalNote,
    Message,
)
from leads.models.people import Agent, Contact, ContactDetail, ContactIdentity, ContactPair, Merge
from leads.models.pipeline import (
    Appointment,
    AppointmentEvent,
    Deal,
    DealPosting,
    Feedback,
    Lead,
    LeadChange,
    Reminder,
    StageMove,
    Visit,
)
from leads.models.rules import BookingRule, ClockPolicy, Reason, ServiceSchedule, Snippet, Stage, StageType

__all__ = [
    "Agent",
    "Appointment",
    "AppointmentEvent",
    "BookingRule",
    "ClockPolicy",
    "Consent",
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
    "Reminder",
    "ServiceSchedule",
    "Sighting",
    "Snippet",
    "Source",
    "Stage",
    "StageMove",
    "StageType",
    "Visit",
]
