"""Letters that tell of papers running out."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from merchants.tenancy import MerchantOwned


class ExpiryLetter(MerchantOwned):
    """A letter to one person that a paper has ``days`` left, or fewer; written once for each last day of it. The
    row is the outbox; what the letter says is composed when it goes out."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("letter", "Waiting")
        SENT = "sent", pgettext_lazy("letter", "Sent")
        FAILED = "failed", pgettext_lazy("letter", "Failed")

    key = models.CharField(_("requirement"), max_length=60)
    last_day = models.DateField(_("last day"))
    days = models.PositiveSmallIntegerField(_("days before"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("to")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt"))
    written_at = models.DateTimeField(_("written"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("letter of a paper running out")
        verbose_name_plural = _("letters of papers running out")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "key", "last_day", "days", "person"],
                name="a_reminder_is_written_once_to_each",
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.last_day} −{self.days}"
