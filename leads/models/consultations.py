"""Conversations, their sessions with a clock each, messages, and every decision about who answers."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from leads.models.people import Agent, Contact
from leads.models.rules import ClockPolicy, ServiceSchedule
from merchants.tenancy import MerchantOwned


class Conversation(MerchantOwned):
    """A thread on a platform. ``revision`` grows with each change, so that a screen knows it is stale.
    ``origin`` holds what the source told of how the person came: note, campaign, live room; a missing name
    is unknown. ``came_by`` is the source row that brought it, null for one brought in by hand. ``of_minor``
    is what an agent marked: what is said needs a consent of its own (:class:`Consent`)."""

    STORE = "store"

    source = models.CharField(_("source"), max_length=40)
    external_id = models.CharField(_("id at the source"), max_length=128)
    came_by = models.ForeignKey("leads.Source", models.SET_NULL, null=True, blank=True, related_name="+")
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="conversations")
    store = models.ForeignKey("merchants.Store", models.PROTECT, null=True, blank=True, related_name="+")
    skill = models.CharField(_("skill"), max_length=60, blank=True)
    of_minor = models.BooleanField(_("of a minor"), default=False)
    origin = models.JSONField(_("origin"), default=dict, blank=True)
    revision = models.PositiveIntegerField(default=0)
    typing_agent = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")
    typing_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "source", "external_id"], name="a_conversation_of_a_source_is_kept_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}"


class Consultation(MerchantOwned):
    """A session of a conversation. Its clock starts with the person's first message, stops with the first
    human reply, and keeps the versions it ran by; seconds are whole, unknown is null.

    A lead that was left without a chat (``kind`` form) waits likewise, in a conversation of its own without
    messages: its clock stops when somebody first tries to reach the person."""

    class Kind(models.TextChoices):
        CHAT = "chat", pgettext_lazy("consultation", "Chat")
        FORM = "form", pgettext_lazy("consultation", "Form")

    STORE = "store"

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        ANSWERED = "answered", _("Answered")
        CLOSED = "closed", _("Closed")

    class Result(models.TextChoices):
        MET = "met", pgettext_lazy("clock", "In time")
        LATE = "late", _("Answered late")
        CANCELLED = "cancelled", _("Cancelled")

    conversation = models.ForeignKey(Conversation, models.PROTECT, related_name="sessions")
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="consultations")
    store = models.ForeignKey("merchants.Store", models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.CHAT)
    number = models.PositiveIntegerField(_("session"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)
    enquired_at = models.DateTimeField(_("enquired"))
    opened_at = models.DateTimeField(_("first message"), null=True, blank=True)
    last_message_at = models.DateTimeField(_("last message"))
    waiting_since = models.DateTimeField(_("waiting since"), null=True, blank=True)
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    first_human_reply_at = models.DateTimeField(_("first human reply"), null=True, blank=True)
    first_human = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")
    first_auto_reply_at = models.DateTimeField(_("first automatic reply"), null=True, blank=True)
    calendar_seconds = models.PositiveIntegerField(_("seconds by the calendar"), null=True, blank=True)
    service_seconds = models.PositiveIntegerField(_("seconds of service"), null=True, blank=True)
    ingest_lag_seconds = models.IntegerField(_("seconds until it reached us"), null=True, blank=True)
    schedule = models.ForeignKey(ServiceSchedule, models.PROTECT, null=True, related_name="+")
    policy = models.ForeignKey(ClockPolicy, models.PROTECT, null=True, related_name="+")
    result = models.CharField(_("result"), max_length=10, choices=Result, blank=True)
    breached_at = models.DateTimeField(_("due time passed"), null=True, blank=True)
    breached_by = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="consultations")
    assigned_at = models.DateTimeField(_("assigned"), null=True, blank=True)
    return_at = models.DateTimeField(_("taken back at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "conversation", "number"],
                name="a_session_of_a_conversation_has_one_number",
            ),
            models.UniqueConstraint(
                fields=["merchant", "conversation"],
                condition=~models.Q(state="closed"),
                name="a_conversation_has_one_open_session",
            ),
        ]
        indexes = [
            models.Index(
                fields=["merchant", "due_at"],
                name="consultations_waiting_by_due",
                condition=models.Q(state="waiting"),
            ),
            models.Index(
                fields=["merchant", "agent"],
                name="consultations_open_by_agent",
                condition=~models.Q(state="closed"),
            ),
            models.Index(fields=["merchant", "-enquired_at"], name="consultations_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}.{self.number}"


class Message(MerchantOwned):
    """One message; its words rest sealed. ``external_id`` is the source's, of what we write our own number:
    the source's answer names none, and the same number twice is one message there. ``pushed_as`` is the id
    under which the source told us of a message of ours; ``blanked_at`` is when its words were deleted."""

    STORE = "session__store"

    class Author(models.TextChoices):
        USER = "user", _("Customer")
        AGENT = "agent", _("agent")
        BOT = "bot", _("Bot")
        AUTO = "auto", _("Automatic reply")

    class Delivery(models.TextChoices):
        RECEIVED = "received", _("Received")
        QUEUED = "queued", _("On its way")
        SENT = "sent", _("Sent")
        COPIED = "copied", _("Copied by hand")
        FAILED = "failed", _("Not sent")

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="messages")
    session = models.ForeignKey(Consultation, models.CASCADE, related_name="messages")
    source = models.CharField(_("source"), max_length=40)
    external_id = models.CharField(_("id at the source"), max_length=128)
    author = models.CharField(_("author"), max_length=10, choices=Author)
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")
    kind = models.CharField(_("kind"), max_length=20, default="TEXT")
    sealed = models.BinaryField(editable=False)
    sent_at = models.DateTimeField(_("sent"))
    received_at = models.DateTimeField(_("received"), db_default=Now())
    delivery = models.CharField(_("delivery"), max_length=10, choices=Delivery, default=Delivery.RECEIVED)
    error = models.CharField(_("error"), max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt"), null=True, blank=True)
    pushed_as = models.CharField(_("told back as"), max_length=128, blank=True)
    blanked_at = models.DateTimeField(_("words deleted"), null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("conversation", "message")
        verbose_name_plural = pgettext_lazy("conversation", "messages")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "source", "external_id"], name="a_message_of_a_source_is_kept_once"
            ),
            models.UniqueConstraint(
                fields=["merchant", "source", "pushed_as"],
                condition=~models.Q(pushed_as=""),
                name="a_message_of_ours_is_told_back_once",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "conversation", "sent_at"], name="messages_in_order"),
            models.Index(
                fields=["merchant", "next_at"], name="messages_to_send", condition=models.Q(delivery="queued")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author} {self.sent_at:%H:%M}"


class Consent(MerchantOwned):
    """What a person said to the keeping of health data, or a guardian to that of a minor's; appended. The
    latest of a conversation holds. ``wording`` is the version of the text that was agreed to."""

    WRITES = ("INSERT",)

    class Act(models.TextChoices):
        GIVEN = "given", pgettext_lazy("consent", "Given")
        REVOKED = "revoked", pgettext_lazy("consent", "Revoked")

    class How(models.TextChoices):
        CHAT = "chat", _("Written in this chat")
        FORM = "form", _("Signed form")
        CALL = "call", _("Said on the phone")
        GUARDIAN = "guardian", _("By a guardian, in writing")

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="consents")
    act = models.CharField(_("what"), max_length=10, choices=Act)
    how = models.CharField(_("how"), max_length=10, choices=How)
    wording = models.CharField(_("version of the wording"), max_length=40)
    stated_at = models.DateTimeField(_("stated"))
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())
    recorded_by = models.CharField(_("by"), max_length=80)

    class Meta:
        verbose_name = _("consent of a conversation")
        verbose_name_plural = _("consents of conversations")
        indexes = [models.Index(fields=["merchant", "conversation", "id"], name="consents_of_a_conversation")]

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.act}"


class InternalNote(MerchantOwned):
    """What colleagues tell each other about a conversation; it never leaves the desk."""

    STORE = "conversation__store"

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="internal_notes")
    sealed = models.BinaryField(editable=False)
    written_at = models.DateTimeField(_("written"), db_default=Now())
    written_by = models.CharField(_("by"), max_length=80)
    author_name = models.CharField(_("name"), max_length=60)

    class Meta:
        verbose_name = _("internal note")
        verbose_name_plural = _("internal notes")
        indexes = [models.Index(fields=["merchant", "conversation"], name="internal_notes_by_thread")]

    def __str__(self) -> str:
        return f"{self.author_name} {self.written_at:%H:%M}"


class Decision(MerchantOwned):
    """Why somebody, or nobody, got a consultation; appended. ``candidates`` is
    [{"agent": id, "fails": "" or why, "load": units, "capacity": units}] as they stood then."""

    class Kind(models.TextChoices):
        ROUTED = "routed", _("Assigned by the rule")
        TAKEN = "taken", _("Taken by the agent")
        NOBODY = "nobody", _("Nobody was free")
        RETURNED = "returned", _("Taken back: no answer")
        HANDED = "handed", _("Handed over")

    session = models.ForeignKey(Consultation, models.CASCADE, related_name="decisions")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    agent = models.ForeignKey(Agent, models.SET_NULL, null=True, blank=True, related_name="+")
    why = models.CharField(_("why"), max_length=30, blank=True)
    candidates = models.JSONField(_("candidates"), default=list)
    decided_at = models.DateTimeField(_("decided"), db_default=Now())
    decided_by = models.CharField(_("by"), max_length=80)

    class Meta:
        verbose_name = _("decision who answers")
        verbose_name_plural = _("decisions who answers")
        indexes = [models.Index(fields=["merchant", "session", "id"], name="decisions_of_a_session")]

    def __str__(self) -> str:
        return f"{self.kind} {self.agent_id or '–'}"
