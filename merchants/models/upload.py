"""A file somebody handed in."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from merchants.tenancy import MerchantOwned


class Upload(MerchantOwned):
    """Read and checked as a whole, shown, confirmed, then applied once; the row is its progress."""

    class State(models.TextChoices):
        RECEIVED = "received", _("Received")
        CHECKING = "checking", _("Being checked")
        UNMAPPED = "unmapped", _("Waiting for you to name its columns")
        CHECKED = "checked", _("Checked, waiting for you")
        APPLYING = "applying", _("Being applied")
        APPLIED = "applied", _("Applied")
        REFUSED = "refused", _("Refused")
        FAILED = "failed", _("Failed")
        DISCARDED = "discarded", _("Discarded")

    kind = models.CharField(_("kind"), max_length=40)
    filename = models.CharField(_("file"), max_length=200)
    content_hash = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(_("bytes"))
    path = models.CharField(max_length=300, editable=False)  # below the state folder, a random name
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RECEIVED)
    rows_read = models.PositiveBigIntegerField(_("rows read"), default=0)
    rows_good = models.PositiveBigIntegerField(_("good rows"), default=0)
    rows_rejected = models.PositiveBigIntegerField(_("rejected rows"), default=0)
    rows_applied = models.PositiveBigIntegerField(_("applied rows"), default=0)
    errors = models.JSONField(default=list)  # the first ones; all of them stand in the rejected file
    preview = models.JSONField(default=list)
    mapping = models.ForeignKey(  # what its columns were said to be; none: they are known by name
        "merchants.ColumnMapping", models.SET_NULL, null=True, blank=True, related_name="uploads"
    )
    message = models.CharField(max_length=400, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)  # workers that began; too many lost ones end it
    uploaded_by = models.CharField(_("by"), max_length=80)
    created_at = models.DateTimeField(_("handed in"), auto_now_add=True)
    touched_at = models.DateTimeField(auto_now=True)
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        indexes = [models.Index(fields=["merchant", "-created_at"], name="uploads_by_time")]

    def __str__(self) -> str:
        return self.filename
