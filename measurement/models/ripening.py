"""How far campaigns have ripened, as a worker found it; pages read these rows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from merchants.tenancy import MerchantBulk


class RipeningRow(MerchantBulk):
    """One campaign: the money, the share of its orders that should be in, what came and what was expected.

    ``curve`` is [[day, expected, low, high, actual], …] over its life, for the chart; ``signals`` what
    platforms report of its first days, and how that stands to the merchant's other campaigns.
    """

    campaign = models.ForeignKey(
        "measurement.Campaign", models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    fen = models.BigIntegerField(_("cost"))
    cycle_days = models.PositiveSmallIntegerField(_("decision cycle, days"))
    learned = models.BooleanField(_("learned cycle"))
    share_in = models.FloatField(_("share that is in"))
    p80_on = models.DateField(_("four fifths are in on"))
    full_on = models.DateField(_("complete on"))
    orders = models.PositiveIntegerField(_("orders"))
    expected = models.FloatField(_("expected orders"), null=True)
    low = models.PositiveIntegerField(_("lower end"), null=True)
    high = models.PositiveIntegerField(_("upper end"), null=True)
    past = models.PositiveSmallIntegerField(_("other campaigns"))
    curve = models.JSONField(default=list)
    signals = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("ripening campaign")
        verbose_name_plural = _("ripening campaigns")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "campaign"], name="a_campaign_ripens_in_one_row")
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.share_in:.2f}"


class SignalRelation(MerchantBulk):
    """What an early signal was worth in this merchant's past: its rank correlation with orders."""

    signal = models.CharField(_("signal"), max_length=30)
    rho = models.FloatField(_("rank correlation"), null=True)
    low = models.FloatField(_("lower end"), null=True)
    high = models.FloatField(_("upper end"), null=True)
    n = models.PositiveSmallIntegerField(_("past cohorts"))

    class Meta:
        verbose_name = _("relation of a signal")
        verbose_name_plural = _("relations of signals")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "signal"], name="a_signal_has_one_relation")
        ]

    def __str__(self) -> str:
        return self.signal
