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
    ContactAttempt,
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
from leads.models.watch import Alarm, Export, Letter, Oversight

__all__ = [
    "Agent",
    "Alarm",
    "Appointment",
    "AppointmentEvent",
    "BookingRule",
    "ClockPolicy",
    "Consent",
    "Consultation",
    "Contact",
    "ContactAttempt",
    "ContactDetail",
    "ContactIdentity",
    "ContactPair",
    "Conversation",
    "Deal",
    "DealPosting",
    "Decision",
    "Export",
    "Feedback",
    "InternalNote",
    "Lead",
    "LeadChange",
    "Letter",
    "Merge",
    "Message",
    "Oversight",
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
