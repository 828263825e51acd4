"""The trail."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from merchants.tenancy import MerchantOwned


class AuditEvent(MerchantOwned):
    """One act: who, what, on which object, with what. Written by operations in their transaction,
    never changed or deleted (the app's role may only insert); no foreign key to what it names."""

    WRITES = ("INSERT",)

    at = models.DateTimeField(_("at"), db_default=Now())
    actor = models.CharField(_("by"), max_length=80)
    act = models.CharField(_("act"), max_length=80)
    object_kind = models.CharField(_("object"), max_length=40, blank=True)
    object_id = models.CharField(_("object id"), max_length=80, blank=True)
    data = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("event of the trail")
        verbose_name_plural = _("trail")
        indexes = [models.Index(fields=["merchant", "-at"], name="trail_by_time")]

    def __str__(self) -> str:
        return f"{self.act} · {self.actor}"
