"""What leaves for programs of a merchant: endpoints, messages and every attempt to hand one over."""

import uuid

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from merchants.tenancy import MerchantOwned


class WebhookEndpoint(MerchantOwned):
    """An address of the merchant's own that is told of events, by Standard Webhooks.

    ``kinds`` names the events. ``sealed`` is the secret; ``former_sealed`` the one before it, which signs too until
    ``former_until``. ``failures`` counts the attempts that failed since the last that did not, ``failing_since``
    says when the first of them was.
    """

    class Pause(models.TextChoices):
        NONE = "", _("active")
        PERSON = "person", _("paused by a person")
        FAILING = "failing", _("paused: it failed for a day")
        GONE = "gone", _("ended: it answered that it is gone")

    url = models.CharField(_("address"), max_length=500)
    description = models.CharField(_("what listens there"), max_length=80, blank=True)
    kinds = models.JSONField(_("events"))
    sealed = models.BinaryField(editable=False)
    former_sealed = models.BinaryField(null=True, editable=False)
    former_until = models.DateTimeField(_("former secret signs until"), null=True, blank=True)
    paused = models.CharField(_("state"), max_length=10, choices=Pause, default=Pause.NONE, blank=True)
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    created_at = models.DateTimeField(_("added"), db_default=Now())

    class Meta:
        verbose_name = _("webhook endpoint")
        verbose_name_plural = _("webhook endpoints")
        indexes = [models.Index(fields=["merchant"], name="endpoints_of_a_merchant")]

    def __str__(self) -> str:
        return self.url


class WebhookMessage(MerchantOwned):
    """One event for one endpoint; ``body`` is what travels, the same at each attempt. A round of attempts began
    at ``began_at`` and has had ``tries``; a replay begins a new one. ``event`` is null for a test."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        HELD = "held", _("Held while paused")
        SENT = "sent", pgettext_lazy("webhook", "Delivered")
        FAILED = "failed", _("Given up")

    endpoint = models.ForeignKey(WebhookEndpoint, models.CASCADE, related_name="messages")
    event = models.PositiveBigIntegerField(null=True, editable=False)
    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    kind = models.CharField(_("event"), max_length=60)
    body = models.TextField(_("content"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(_("attempts"), default=0)
    began_at = models.DateTimeField(_("began"), db_default=Now())
    next_at = models.DateTimeField(_("next attempt"), db_default=Now())
    created_at = models.DateTimeField(_("written"), db_default=Now())

    class Meta:
        verbose_name = _("webhook message")
        verbose_name_plural = _("webhook messages")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "endpoint", "event"], name="an_event_is_told_an_endpoint_once"
            )
        ]
        indexes = [
            models.Index(fields=["merchant", "endpoint", "-created_at"], name="messages_of_an_endpoint"),
            models.Index(
                fields=["next_at", "merchant", "endpoint"],
                name="webhooks_to_send",
                condition=models.Q(state="waiting"),
            ),
        ]

    def __str__(self) -> str:
        return self.webhook_id

    @property
    def webhook_id(self) -> str:
        """``webhook-id``, by which a receiver knows what it has had."""
        return f"msg_{self.public_id.hex}"


class WebhookAttempt(MerchantOwned):
    """One attempt to hand a message over, never changed; it goes with its message when that is kept no longer.
    ``error`` is a code, empty for success; ``signatures`` is the header that went along."""

    WRITES = ("INSERT", "DELETE")

    message = models.ForeignKey(WebhookMessage, models.CASCADE, related_name="attempts")
    began_at = models.DateTimeField(_("began"))
    signatures = models.CharField(_("signatures"), max_length=200)
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    took_ms = models.PositiveIntegerField(_("milliseconds"))
    error = models.CharField(_("error"), max_length=20, blank=True)
    head = models.TextField(_("beginning of the answer"), blank=True)

    class Meta:
        verbose_name = _("attempt of a webhook")
        verbose_name_plural = _("attempts of webhooks")
        indexes = [models.Index(fields=["merchant", "message"], name="attempts_of_a_message")]

    def __str__(self) -> str:
        return f"{self.message_id} {self.began_at:%Y-%m-%d %H:%M:%S}"
