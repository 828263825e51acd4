"""What it cost."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from measurement.choices import SpendKind, Task
from merchants.tenancy import MerchantOwned


class Spend(MerchantOwned):
    """Cost of one day (or of one cooperation), as last stated; former statements stay with the time
    they were replaced, so that a past report can be asked again. Levels of a report are views of one
    spend: a merchant's cost is summed over the rows of one level only (``level``)."""

    source = models.CharField(_("source"), max_length=40)  # juguang, pugongying, file
    natural_key = models.CharField(max_length=300)
    level = models.CharField(_("level"), max_length=20)  # campaign, unit, creative, keyword, note, account
    kind = models.CharField(_("kind"), max_length=20, choices=[(k, k) for k in SpendKind])
    task = models.CharField(_("task"), max_length=12, choices=[(t, t) for t in Task], default=Task.UNKNOWN)
    day = models.DateField(_("day"))
    fen = models.BigIntegerField(_("amount"))
    note = models.ForeignKey("measurement.Note", models.SET_NULL, null=True, blank=True, related_name="+")
    campaign = models.ForeignKey(
        "measurement.Campaign", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    unit = models.ForeignKey("measurement.Unit", models.SET_NULL, null=True, blank=True, related_name="+")
    creative = models.ForeignKey(
        "measurement.Creative", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    keyword = models.ForeignKey(
        "measurement.Keyword", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    blogger = models.ForeignKey(
        "measurement.Blogger", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    agency = models.ForeignKey("measurement.Agency", models.SET_NULL, null=True, blank=True, related_name="+")
    live_stream = models.ForeignKey(
        "measurement.LiveStream", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    spu = models.ForeignKey("measurement.Spu", models.SET_NULL, null=True, blank=True, related_name="+")
    metrics = models.JSONField(default=dict)  # platform-reported counts of the same row
    realtime = models.BooleanField(default=False)
    stated_at = models.DateTimeField(_("stated"))  # modified time, or time of fetching
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("spend")
        verbose_name_plural = _("spend")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "source", "natural_key"],
                condition=models.Q(replaced_at=None),
                name="a_cost_is_stated_once_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["merchant", "day"], name="spend_by_day")]

    def __str__(self) -> str:
        return f"{self.day} {self.natural_key}"
