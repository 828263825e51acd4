"""The desk on the operator's desk: to read; contacts stay masked, and words of people stay sealed."""

from django.contrib import admin
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from leads.models import (
    Agent,
    Alarm,
    Appointment,
    AppointmentEvent,
    BookingRule,
    ClockPolicy,
    Consent,
    Consultation,
    Contact,
    ContactAttempt,
    ContactDetail,
    ContactIdentity,
    ContactPair,
    Conversation,
    Deal,
    DealPosting,
    Decision,
    Export,
    Feedback,
    InternalNote,
    Lead,
    LeadChange,
    Letter,
    Merge,
    Message,
    Oversight,
    Reason,
    Reminder,
    ServiceSchedule,
    Sighting,
    Snippet,
    Source,
    Stage,
    StageMove,
    Visit,
)
from merchants.admin import OPERATOR, SupportAdmin, listed
from merchants.models import RawDelivery

listed(
    Source,
    "channel connection active wrong_signatures wrong_at store",
    "channel",
    filters="channel active",
    related="connection store",
)
listed(Sighting, "source external_id pushed_at pulled_at contents_at", "external_id", related="source")
listed(ServiceSchedule, "store version recorded_at recorded_by", "recorded_by", related="store")
listed(
    ClockPolicy,
    "store version reply_seconds return_seconds idle_hours recorded_at recorded_by",
    "recorded_by",
    related="store",
)
listed(Stage, "code type label position", "code label", filters="type")
listed(Reason, "code kind label archived_at", "code label", filters="kind")
listed(BookingRule, "store service slot_minutes capacity", "service", related="store")
listed(Snippet, "shortcut title position", "shortcut title")
listed(Contact, "name city created_at merged_into", "name city", related="merged_into")
listed(ContactIdentity, "contact platform external_id", "external_id", filters="platform", related="contact")
listed(
    ContactDetail, "contact kind masked recorded_at", "masked", filters="kind", keys="key", related="contact"
)
listed(ContactPair, "first second why state recorded_at", "why", filters="state", related="first second")
listed(
    Merge,
    "survivor absorbed merged_at merged_by undo_until undone_at",
    "merged_by",
    related="survivor absorbed",
)
listed(Agent, "name user presence capacity leads_shift left_at", "name", filters="presence", related="user")
listed(
    Conversation,
    "source external_id contact store skill",
    "source external_id",
    filters="source",
    related="contact store",
)
listed(
    Consultation,
    "enquired_at kind conversation number state agent due_at first_human_reply_at result",
    "conversation__external_id",
    filters="kind state result",
    related="conversation agent",
)
listed(
    Message,
    "sent_at conversation author kind delivery error",
    "external_id error",
    filters="author delivery",
    related="conversation",
)
listed(
    Consent,
    "recorded_at conversation act how wording stated_at recorded_by",
    "wording recorded_by",
    filters="act how",
    related="conversation",
)
listed(InternalNote, "written_at conversation author_name", "author_name", related="conversation")
listed(
    Decision, "decided_at session kind agent why", "why decided_by", filters="kind", related="session agent"
)


@admin.register(Lead)
class LeadAdmin(SupportAdmin):
    """One lead for support: how to reach the person stays masked, and what the source delivered stays sealed; its
    page says when, and what became of it."""

    list_display = ("began_at", "source", "external_id", "contact", "stage", "agent", "left_at", "merchant")
    search_fields = ("source", "external_id", "note_id", "campaign_id", "merchant__code")
    list_filter = ("source",)
    list_select_related = ("contact", "stage", "agent", "merchant")
    exclude = ("answers",)  # they may hold what is sealed elsewhere
    readonly_fields = ("reached_by", "delivered")

    @admin.display(description=_("contact details, masked"))
    def reached_by(self, lead: Lead) -> str:
        rows = ContactDetail.objects.using(OPERATOR).filter(contact=lead.contact_id).order_by("pk")
        return ", ".join(row.masked for row in rows)

    @admin.display(description=_("deliveries that told of it"))
    def delivered(self, lead: Lead) -> str:
        """Those of its sources that were received at the moments when the lead was seen."""
        found = Q(pk__in=[])
        for sighted in Sighting.objects.using(OPERATOR).filter(lead=lead.pk).select_related("source"):
            times = (sighted.pushed_at, sighted.pulled_at, sighted.contents_at)
            found |= Q(connection=sighted.source.connection_id, received_at__in=[at for at in times if at])
        rows = RawDelivery.objects.using(OPERATOR).filter(found, kind=RawDelivery.LEAD).order_by("pk")
        return format_html_join(
            ", ",
            '<a href="{}">{} {}</a>',
            (
                (reverse("admin:merchants_rawdelivery_change", args=[row.pk]), row, row.get_state_display())
                for row in rows
            ),
        )


listed(LeadChange, "recorded_at lead kind stated_at", "lead__external_id", filters="kind", related="lead")
listed(
    ContactAttempt,
    "happened_at lead how agent recorded_by",
    "lead__external_id recorded_by",
    filters="how",
    related="lead agent",
)
listed(
    StageMove,
    "moved_at lead before after reason seconds moved_by",
    "lead__external_id moved_by",
    related="lead before after reason",
)
listed(Appointment, "starts_at store service lead state", "service", filters="state", related="store lead")
listed(
    AppointmentEvent,
    "happened_at appointment kind reason recorded_by",
    "reason recorded_by",
    filters="kind",
    related="appointment",
)
listed(Reminder, "due_at appointment hours done_at done_by", "done_by", related="appointment")
listed(Visit, "visited_at lead store by_code evidence", "evidence", related="lead store")
listed(Deal, "closed_at lead fen order_number cancelled_at", "order_number evidence", related="lead")
listed(DealPosting, "posted_at deal kind fen reference", "reference", filters="kind", related="deal")
listed(
    Feedback,
    "happened_at lead verb code state attempts expires_at error",
    "lead__external_id error",
    filters="state",
    related="lead",
)
listed(
    Export,
    "asked_at person kind form with_contacts reason state rows_done size expires_at error",
    "reason error",
    filters="kind state with_contacts",
    related="person",
)
listed(
    Oversight,
    "version reveals_an_hour reveals_a_day rows_a_day letter_hour recorded_at recorded_by",
    "recorded_by",
)
listed(
    Alarm,
    "raised_at kind person count below first_at acknowledged_at acknowledged_by",
    "acknowledged_by",
    filters="kind",
    related="person",
)
listed(
    Letter,
    "written_at kind about person state attempts sent_at error",
    "about error",
    filters="kind state",
    related="person",
)
