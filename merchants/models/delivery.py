"""Where data comes from, and what came, byte by byte."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from merchants.tenancy import MerchantOwned


class Connection(MerchantOwned):
    """One source of data: a shop on a platform, a feed of touchpoints, files."""

    source = models.CharField(_("source"), max_length=40)  # taobao, jd, vipshop, xiaohongshu_ark, ...
    shop = models.CharField(_("shop"), max_length=60, blank=True)
    name = models.CharField(_("name"), max_length=120)
    legal_basis = models.CharField(
        _("legal basis"),
        max_length=200,
        blank=True,
        help_text=_("Without it, evidence of single orders stays off."),
    )
    last_received_at = models.DateTimeField(_("last received"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=400, blank=True)
    paused = models.BooleanField(_("paused"), default=False)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "source", "shop"], name="a_source_is_connected_once_per_shop"
            )
        ]

    def __str__(self) -> str:
        return self.name


class RawDelivery(MerchantOwned):
    """What a partner sent, encrypted, kept before anything is read out of it, and for a while after."""

    LEAD = "lead"  # the kind that the desk reads

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        APPLIED = "applied", _("Applied")
        REFUSED = "refused", _("Refused")
        FAILED = "failed", _("Failed")

    connection = models.ForeignKey(Connection, models.PROTECT, related_name="deliveries")
    received_at = models.DateTimeField(_("received"))
    kind = models.CharField(_("kind"), max_length=40)  # exchange, push, batch, lead
    content_hash = models.CharField(max_length=64)
    body = models.BinaryField(editable=False)
    size = models.PositiveIntegerField(_("bytes"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RECEIVED)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(_("error"), max_length=400, blank=True)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)
    expires_at = models.DateTimeField(_("kept until"))

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [
            models.Index(fields=["merchant", "-received_at"], name="deliveries_by_time"),
            models.Index(
                fields=["state", "received_at"],
                name="deliveries_to_apply",
                condition=models.Q(state="received"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
