"""Leads and their way: stages, appointments, visits, deals, and what is reported back to the source."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from leads.models.consultations import Consultation, Conversation
from leads.models.people import Agent, Contact
from leads.models.rules import Reason, Stage
from merchants.tenancy import MerchantOwned


class Lead(MerchantOwned):
    """A person's wish that can be followed up. ``origin`` holds what the source told of how it came (note,
    campaign, unit, creative, keyword, live room, account; a missing name is unknown), ``answers`` the rest of
    a form. Times of the first arrival in each step of the funnel are null while it was not reached."""

    STORE = "store"

    source = models.CharField(_("source"), max_length=40)
    external_id = models.CharField(_("id at the source"), max_length=128)
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="leads")
    conversation = models.ForeignKey(
        Conversation, models.PROTECT, null=True, blank=True, related_name="leads"
    )
    session = models.ForeignKey(Consultation, models.SET_NULL, null=True, blank=True, related_name="leads")
    store = models.ForeignKey("merchants.Store", models.PROTECT, null=True, blank=True, related_name="+")
    skill = models.CharField(_("skill"), max_length=60, blank=True)
    stage = models.ForeignKey(Stage, models.PROTECT, related_name="leads")
    staged_at = models.DateTimeField(_("in this stage since"))
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="leads")
    origin = models.JSONField(_("origin"), default=dict, blank=True)
    note_id = models.CharField(_("note id"), max_length=64, blank=True)
    campaign_id = models.CharField(_("campaign id"), max_length=64, blank=True)
    answers = models.JSONField(_("answers"), default=list, blank=True)
    content_hash = models.CharField(max_length=64, blank=True, editable=False)
    began_at = models.DateTimeField(_("began"), db_default=Now())
    left_at = models.DateTimeField(_("contact left"), null=True, blank=True)
    received_at = models.DateTimeField(_("received"), db_default=Now())
    stated_at = models.DateTimeField(_("stated"), null=True, blank=True, editable=False)
    content_at = models.DateTimeField(_("content stated"), null=True, blank=True, editable=False)
    valid_at = models.DateTimeField(_("valid since"), null=True, blank=True)
    visited_at = models.DateTimeField(_("visited"), null=True, blank=True)
    won_at = models.DateTimeField(_("won"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    reason = models.ForeignKey(Reason, models.PROTECT, null=True, blank=True, related_name="+")
    duplicate_of = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    next_contact_on = models.DateField(_("next contact"), null=True, blank=True)

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "source", "external_id"], name="a_lead_of_a_source_is_kept_once"
            )
        ]
        indexes = [
            models.Index(fields=["merchant", "-began_at"], name="leads_by_time"),
            models.Index(fields=["merchant", "stage", "-staged_at"], name="leads_by_stage"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class LeadChange(MerchantOwned):
    """The source told something else about a lead: ``before`` and ``after`` hold the changed names only, and
    of contact details no value."""

    WRITES = ("INSERT",)

    class Kind(models.TextChoices):
        CONTENT = "content", _("Content")
        ORIGIN = "origin", _("Origin")

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="changes")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    before = models.JSONField(_("before"))
    after = models.JSONField(_("after"))
    stated_at = models.DateTimeField(_("stated"))
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())

    class Meta:
        verbose_name = _("change of a lead")
        verbose_name_plural = _("changes of leads")
        indexes = [models.Index(fields=["merchant", "lead"], name="changes_of_a_lead")]

    def __str__(self) -> str:
        return f"{self.lead_id} {self.kind}"


class ContactAttempt(MerchantOwned):
    """An agent tried to reach the person of a lead outside a chat; appended."""

    WRITES = ("INSERT",)

    class How(models.TextChoices):
        PHONE = "phone", _("Reached by phone")
        WECHAT = "wechat", _("Added on WeChat")
        UNREACHED = "unreached", _("Called, nobody answered")

    REACHED = (How.PHONE, How.WECHAT)

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="attempts")
    how = models.CharField(_("how"), max_length=10, choices=How)
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")
    happened_at = models.DateTimeField(_("happened"))
    recorded_by = models.CharField(_("by"), max_length=80)

    class Meta:
        verbose_name = _("attempt to reach a lead")
        verbose_name_plural = _("attempts to reach leads")
        indexes = [models.Index(fields=["merchant", "lead", "id"], name="attempts_to_reach_a_lead")]

    def __str__(self) -> str:
        return f"{self.lead_id} {self.how}"


class StageMove(MerchantOwned):
    """A lead went from one stage to another; appended, never changed. An undo is a move that names the one it
    takes back. ``seconds`` is how long it stood in the former stage."""

    WRITES = ("INSERT",)

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="moves")
    before = models.ForeignKey(Stage, models.PROTECT, null=True, related_name="+")
    after = models.ForeignKey(Stage, models.PROTECT, related_name="+")
    reason = models.ForeignKey(Reason, models.PROTECT, null=True, blank=True, related_name="+")
    remark = models.CharField(_("remark"), max_length=200, blank=True)
    undoes = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    former = models.JSONField(default=dict)
    seconds = models.PositiveIntegerField(_("seconds in the former stage"), null=True)
    moved_at = models.DateTimeField(pgettext_lazy("lead", "moved"))
    moved_by = models.CharField(_("by"), max_length=80)

    class Meta:
        verbose_name = _("move of a lead")
        verbose_name_plural = _("moves of leads")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "undoes"], name="a_move_is_taken_back_once")
        ]
        indexes = [models.Index(fields=["merchant", "lead", "id"], name="moves_of_a_lead")]

    def __str__(self) -> str:
        return f"{self.lead_id}: {self.before_id} → {self.after_id}"


class Appointment(MerchantOwned):
    """A time kept for a lead at a store. Another time is another row; the former one says so."""

    STORE = "store"

    class State(models.TextChoices):
        BOOKED = "booked", _("Booked")
        ARRIVED = "arrived", _("Arrived")
        NO_SHOW = "no_show", _("Did not come")
        CANCELLED = "cancelled", _("Cancelled")
        MOVED = "moved", _("Moved to another time")

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="appointments")
    store = models.ForeignKey("merchants.Store", models.PROTECT, related_name="+")
    service = models.CharField(_("service"), max_length=60, blank=True)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.BOOKED)
    code = models.CharField(_("code of the visit"), max_length=12, editable=False)
    moved_to = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    booked_at = models.DateTimeField(_("booked"), db_default=Now())
    booked_by = models.CharField(_("by"), max_length=80)

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "code"], name="a_code_means_one_appointment"),
            models.UniqueConstraint(
                fields=["merchant", "lead"],
                condition=models.Q(state="booked"),
                name="a_lead_has_one_standing_appointment",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="an_appointment_ends_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["merchant", "store", "starts_at"], name="appointments_of_a_store")]

    def __str__(self) -> str:
        return f"{self.starts_at:%m-%d %H:%M}"


class AppointmentEvent(MerchantOwned):
    """What happened to an appointment; appended, never changed. An undo names the one it takes back, and is
    itself final."""

    WRITES = ("INSERT",)

    class Kind(models.TextChoices):
        BOOKED = "booked", _("Booked")
        MOVED = "moved", _("Moved to another time")
        CANCELLED = "cancelled", _("Cancelled")
        NO_SHOW = "no_show", _("Did not come")
        ARRIVED = "arrived", _("Arrived")
        UNDONE = "undone", pgettext_lazy("appointment", "Taken back")

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="events")
    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    undoes = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    happened_at = models.DateTimeField(_("happened"))
    recorded_by = models.CharField(_("by"), max_length=80)

    class Meta:
        verbose_name = _("event of an appointment")
        verbose_name_plural = _("events of appointments")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "undoes"], name="an_end_is_taken_back_once")
        ]
        indexes = [models.Index(fields=["merchant", "appointment", "id"], name="events_of_an_appointment")]

    def __str__(self) -> str:
        return f"{self.appointment_id} {self.kind}"


class Reminder(MerchantOwned):
    """It is time to remind somebody of an appointment, so many ``hours`` before it. The assignee hears of it;
    what the person is told is an agent's act, and ``done_at`` says that it was done."""

    STORE = "appointment__store"

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="reminders")
    hours = models.PositiveSmallIntegerField(_("hours before"))
    due_at = models.DateTimeField(_("due"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    done_by = models.CharField(_("by"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("reminder of an appointment")
        verbose_name_plural = _("reminders of appointments")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "appointment", "hours"], name="an_appointment_is_reminded_of_once_an_hour"
            )
        ]
        indexes = [
            models.Index(
                fields=["merchant", "due_at"], name="reminders_to_do", condition=models.Q(done_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.appointment_id} -{self.hours} h"


class Visit(MerchantOwned):
    """Somebody came, verified by a code or by hand with evidence. ``nonce`` is the scanning device's own
    number of the scan: the same scan sent again is the same visit."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="visits")
    appointment = models.ForeignKey(Appointment, models.PROTECT, null=True, blank=True, related_name="visits")
    store = models.ForeignKey("merchants.Store", models.PROTECT, null=True, blank=True, related_name="+")
    nonce = models.UUIDField()
    by_code = models.BooleanField(_("by code"), default=True)
    evidence = models.CharField(_("evidence"), max_length=200, blank=True)
    visited_at = models.DateTimeField(_("visited"))
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())
    recorded_by = models.CharField(_("by"), max_length=80)

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "nonce"], name="a_scan_is_counted_once"),
            models.UniqueConstraint(fields=["merchant", "appointment"], name="an_appointment_is_kept_once"),
            models.CheckConstraint(
                condition=models.Q(by_code=True) | ~models.Q(evidence=""),
                name="a_visit_without_a_code_has_evidence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} {self.visited_at:%m-%d}"


class Deal(MerchantOwned):
    """What a lead bought; ``fen`` is the agreed value. What was paid is the sum of its postings."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="deals")
    fen = models.BigIntegerField(_("agreed value (fen)"))
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    closed_at = models.DateTimeField(_("closed"))
    order_number = models.CharField(_("order number"), max_length=64, blank=True)
    evidence = models.CharField(_("evidence"), max_length=200, blank=True)
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())
    recorded_by = models.CharField(_("by"), max_length=80)

    class Meta:
        verbose_name = _("deal")
        verbose_name_plural = _("deals")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "lead"],
                condition=models.Q(cancelled_at=None),
                name="a_lead_has_one_standing_deal",
            ),
            models.CheckConstraint(condition=models.Q(fen__gte=0), name="a_deal_is_worth_nothing_or_more"),
            models.CheckConstraint(
                condition=~(models.Q(order_number="") & models.Q(evidence="")),
                name="a_deal_names_an_order_or_its_evidence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} {self.fen}"


class DealPosting(MerchantOwned):
    """Money of a deal in fen, appended: deposits and balances add, refunds take away; a cancellation keeps
    what is not refunded. ``reference`` is the payment's own number: the same one again changes nothing."""

    WRITES = ("INSERT",)

    class Kind(models.TextChoices):
        DEPOSIT = "deposit", _("Deposit")
        BALANCE = "balance", _("Balance")
        REFUND = "refund", _("Refund")
        CANCEL = "cancel", _("Cancellation")

    deal = models.ForeignKey(Deal, models.PROTECT, related_name="postings")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    fen = models.BigIntegerField(_("amount (fen)"))
    reference = models.CharField(_("reference"), max_length=64)
    posted_at = models.DateTimeField(pgettext_lazy("money", "posted"))
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())
    recorded_by = models.CharField(_("by"), max_length=80)

    class Meta:
        verbose_name = _("posting of a deal")
        verbose_name_plural = _("postings of deals")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "deal", "kind", "reference"], name="a_payment_is_posted_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.fen}"


class Feedback(MerchantOwned):
    """What a source is told about its lead, in the codes of its report-back list (102 valid form, 141
    purchase, 200 negative sample …; null where that list has no word for the ``stage``); sent until the source
    took it or the time is over. ``error`` is why it was not taken yet: a code of ours or the source's words."""

    STORE = "lead__store"

    class Verb(models.TextChoices):
        SEND = "send", _("Send")
        RESTATE = "restate", _("Restate")
        RETRACT = "retract", _("Retract")

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        SENT = "sent", _("Sent")
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Rejected")
        EXPIRED = "expired", _("Expired")

    lead = models.ForeignKey(Lead, models.CASCADE, related_name="feedback")
    verb = models.CharField(_("what"), max_length=10, choices=Verb, default=Verb.SEND)
    code = models.PositiveSmallIntegerField(_("code"), null=True, blank=True)
    stage = models.CharField(_("stage"), max_length=30, blank=True)
    happened_at = models.DateTimeField(_("happened"))
    expires_at = models.DateTimeField(_("to be told by"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt"), db_default=Now())
    error = models.CharField(_("error"), max_length=200, blank=True)
    told_at = models.DateTimeField(_("told"), null=True, blank=True)
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())

    class Meta:
        verbose_name = _("feedback to a source")
        verbose_name_plural = _("feedback to sources")
        indexes = [
            models.Index(fields=["merchant", "lead"], name="feedback_of_a_lead"),
            models.Index(
                fields=["merchant", "next_at"],
                name="feedback_to_send",
                condition=models.Q(state="queued"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} {self.verb} {self.code}"
