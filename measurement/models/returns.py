"""What a worker found out about spend, for pages to read: the class of each row, and what looks wrong."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from measurement.metrics import Verdict
from measurement.reports import Dimension
from merchants.tenancy import MerchantBulk, MerchantOwned


class Judging(MerchantOwned):
    """The state of the judging of one merchant: what was asked for, and what stands.

    ``asked_at`` is set by whatever changed costs or margins; a newer run of credit or a new day asks by
    itself. The rows of the former judging stay until those of the next one are there.
    """

    WRITES = ("INSERT", "UPDATE")

    asked_at = models.DateTimeField(_("asked"), null=True, blank=True)
    judged_at = models.DateTimeField(_("judged"), null=True, blank=True)
    run = models.ForeignKey(
        "measurement.Run", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("run")
    )
    through = models.DateField(_("data through"), null=True, blank=True)
    took_ms = models.PositiveIntegerField(_("took, milliseconds"), default=0)

    class Meta:
        verbose_name = _("judging")
        verbose_name_plural = _("judgings")
        constraints = [models.UniqueConstraint(fields=["merchant"], name="a_merchant_has_one_judging")]

    def __str__(self) -> str:
        return f"{self.through or '–'}"


class JudgedRow(MerchantBulk):
    """One row of one dimension over the last ``days`` full days of touches before ``end``: what it cost in
    full, what came back, and what can be said of that. Amounts are fen; ``low`` and ``high`` are the ends
    of the 95 % interval of net return, ``net`` is return less full cost.

    ``key`` empty: what belongs to no row. ``shared`` says how much of each shared kind of cost it carries.
    """

    days = models.PositiveSmallIntegerField(_("days"))
    end = models.DateField(_("up to"))
    dimension = models.CharField(_("rows"), max_length=12, choices=[(d, d) for d in Dimension])
    key = models.CharField(_("row"), max_length=40, blank=True)
    cost = models.BigIntegerField(_("full cost"), null=True)
    direct = models.BigIntegerField(_("own cost"), null=True)
    shared = models.JSONField(_("shared cost"), default=dict)
    credited = models.BigIntegerField(_("credited"))
    returned = models.BigIntegerField(_("return"))
    by_margin = models.BooleanField(_("by gross profit"))
    net = models.BigIntegerField(_("net return"), null=True)
    low = models.BigIntegerField(_("lower end"), null=True)
    high = models.BigIntegerField(_("upper end"), null=True)
    people = models.PositiveIntegerField(_("people"))
    orders = models.PositiveIntegerField(_("orders"))
    maturity = models.DecimalField(_("maturity"), max_digits=5, decimal_places=4, null=True)
    full_on = models.DateField(_("complete on"), null=True)
    verdict = models.CharField(_("class"), max_length=10, choices=[(v, v) for v in Verdict], blank=True)
    shrunk = models.DecimalField(_("shrunk return per yuan"), max_digits=12, decimal_places=4, null=True)
    own_share = models.DecimalField(_("share of its own figure"), max_digits=5, decimal_places=4, null=True)
    place = models.PositiveSmallIntegerField(_("rank"), null=True)
    best = models.PositiveSmallIntegerField(_("best rank"), null=True)
    worst = models.PositiveSmallIntegerField(_("worst rank"), null=True)
    more_people = models.PositiveIntegerField(_("more people to know"), null=True)
    more_weeks = models.PositiveIntegerField(_("more weeks to know"), null=True)

    class Meta:
        verbose_name = _("judged row")
        verbose_name_plural = _("judged rows")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "days", "dimension", "key"], name="a_row_is_judged_once_per_span"
            )
        ]

    def __str__(self) -> str:
        return f"{self.dimension} {self.key or '–'}"


class SpendFlag(MerchantBulk):
    """Something about what was bought that does not look right: a question, not a verdict."""

    kind = models.CharField(_("kind"), max_length=10)  # flood, dwell, devices
    dimension = models.CharField(_("rows"), max_length=12, choices=[(d, d) for d in Dimension])
    key = models.CharField(_("row"), max_length=40)
    day = models.DateField(_("day"), null=True)
    value = models.FloatField(_("seen"))
    usual = models.FloatField(_("held against"))
    fen = models.BigIntegerField(_("cost of the day"), null=True)
    source = models.CharField(_("source"), max_length=40)

    class Meta:
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        indexes = [models.Index(fields=["merchant", "-day"], name="flags_by_day")]

    def __str__(self) -> str:
        return f"{self.kind} {self.dimension} {self.key}"
