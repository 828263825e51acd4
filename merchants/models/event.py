"""What one app tells the others."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from merchants.tenancy import MerchantOwned


class Event(MerchantOwned):
    """Something that happened, written in the transaction in which it did, and handed to every handler of its
    kind later, at least once. ``payload`` is plain JSON in the shape of ``version``; it names rows and holds
    no contact of a person."""

    kind = models.CharField(_("kind"), max_length=60)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    payload = models.JSONField(_("content"))
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())
    next_at = models.DateTimeField(_("next attempt"), db_default=Now())
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.CharField(_("error"), max_length=200, blank=True)
    handled_at = models.DateTimeField(_("handled"), null=True, blank=True)

    class Meta:
        verbose_name = _("event between apps")
        verbose_name_plural = _("events between apps")
        indexes = [
            models.Index(
                fields=["next_at", "merchant"],
                name="events_to_hand_out",
                condition=models.Q(handled_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
