"""The estimated whole: what sums alone tell of the effect of seeding. Grade C; it never enters the ledger."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from measurement.choices import WholeOutcome
from measurement.response.verdicts import Verdict
from merchants.tenancy import MerchantOwned


class ResponseEstimate(MerchantOwned):
    """One estimate of one series, and what it was made of. Rows are history: the latest of a series holds,
    none is changed but for ``confirmed_at``, the last time the same inputs gave it again.

    Amounts are fen where the outcome is revenue, else counts; empty ones could not be computed. ``daily``
    holds outcome and share of the effect (``course``) by day from ``first_day``. ``calibration`` is what a
    finished lift test made of it: effect, low, high, test_effect, test_low, test_high, experiment,
    contradicts.
    """

    spu = models.ForeignKey("measurement.Spu", models.CASCADE, null=True, blank=True, related_name="+")
    platform = models.CharField(_("platform"), max_length=30, blank=True)  # empty: all of them
    outcome = models.CharField(
        _("outcome"), max_length=20, choices=[(o.value, o.value) for o in WholeOutcome]
    )
    handed_in = models.BooleanField(_("from sums handed in"), default=False)  # else from order lines
    exposure = models.CharField(_("exposure"), max_length=20, blank=True)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    cycle_p50 = models.FloatField(_("cycle, P50"))
    cycle_p95 = models.FloatField(_("cycle, P95"))
    cycle_basis = models.CharField(_("cycle from"), max_length=10)
    verdict = models.CharField(_("verdict"), max_length=12, choices=[(v.value, v.value) for v in Verdict])
    reasons = models.JSONField(_("reasons"), default=list)
    total = models.FloatField(_("total"))
    effect = models.FloatField(_("effect"), null=True, blank=True)
    low = models.FloatField(null=True, blank=True)
    high = models.FloatField(null=True, blank=True)
    deviation = models.FloatField(null=True, blank=True)
    backtest_mape = models.FloatField(_("back-test error"), null=True, blank=True)
    placebo_rate = models.FloatField(_("placebo false alarms"), null=True, blank=True)
    floor_fen = models.BigIntegerField(_("joined floor"), null=True, blank=True)
    baseline = models.JSONField(_("in the baseline"), default=dict)
    daily = models.JSONField(default=dict)
    calibration = models.JSONField(default=dict)
    experiment = models.ForeignKey(
        "measurement.Experiment", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    rule_version = models.CharField(_("rule version"), max_length=40)
    inputs_hash = models.CharField(_("hash of the inputs"), max_length=64)
    computed_at = models.DateTimeField(_("computed"), db_default=Now())
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)

    class Meta:
        verbose_name = _("estimated whole")
        verbose_name_plural = _("estimated wholes")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")),
                name="an_estimate_ends_no_earlier_than_it_begins",
            )
        ]
        indexes = [
            models.Index(
                fields=["merchant", "outcome", "spu", "platform", "-id"], name="estimates_of_a_series"
            )
        ]

    def __str__(self) -> str:
        return f"{self.spu_id} {self.outcome} {self.last_day}"
