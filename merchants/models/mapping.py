"""What a person said of the columns of an export."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from merchants.tenancy import MerchantOwned


class ColumnMapping(MerchantOwned):
    """How files of one shape (``fingerprint`` of their headers) are read for one kind. Rows are history: the
    latest version that a confirmed file was read by (``proven_at``) holds for the next file, until somebody has
    the export forgotten (``forgotten_at``)."""

    kind = models.CharField(_("kind"), max_length=40)
    fingerprint = models.CharField(max_length=64)
    version = models.PositiveIntegerField(_("version"))
    headers = models.JSONField(_("headers"), default=list)
    told = models.JSONField(_("columns"), default=dict)  # merchants.intake.mapping.ColumnMap.told()
    created_at = models.DateTimeField(_("learned"), db_default=Now())
    created_by = models.CharField(_("by"), max_length=80)
    proven_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    forgotten_at = models.DateTimeField(_("forgotten"), null=True, blank=True)

    class Meta:
        verbose_name = _("learned export")
        verbose_name_plural = _("learned exports")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "kind", "fingerprint", "version"],
                name="a_learned_export_has_each_version_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} v{self.version}"
