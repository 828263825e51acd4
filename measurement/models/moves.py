"""What people did about it: moves with what they expected, and rules they wrote down before a start."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from measurement.reports import Dimension
from measurement.ripening.stoprules import Action, Against, RuleMetric, RuleState
from measurement.waste.moves import Came, Direction, Measure, MoveKind
from merchants.tenancy import MerchantOwned


class Move(MerchantOwned):
    """A change of budget, a pause or a repeat, with its owner, its reason and what it should bring.

    The expectation is never edited. The outcome is written by a worker once it is complete: ``before`` and
    ``after`` are the figure over as many days before and after the move (fen, orders, or a ratio),
    ``low`` and ``high`` the 95 % interval of the relative change where one exists.
    """

    WRITES = ("INSERT", "UPDATE")

    kind = models.CharField(_("kind"), max_length=10, choices=[(k, k) for k in MoveKind])
    dimension = models.CharField(_("rows"), max_length=12, choices=[(d, d) for d in Dimension])
    key = models.CharField(_("row"), max_length=40)
    name = models.CharField(_("name"), max_length=200)  # of the row when the move was recorded
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("owner")
    )
    reason = models.CharField(_("reason"), max_length=500)
    starts_on = models.DateField(_("from"))
    measure = models.CharField(_("figure"), max_length=10, choices=[(m, m) for m in Measure])
    direction = models.CharField(_("direction"), max_length=5, choices=[(d, d) for d in Direction])
    size = models.DecimalField(_("size"), max_digits=6, decimal_places=4)  # 0.2 is a fifth
    due_on = models.DateField(_("by"))
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())
    recorded_by = models.CharField(_("by"), max_length=80)
    matures_on = models.DateField(_("matures on"))
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    before = models.FloatField(_("before"), null=True, blank=True)
    after = models.FloatField(_("after"), null=True, blank=True)
    low = models.FloatField(_("lower end"), null=True, blank=True)
    high = models.FloatField(_("upper end"), null=True, blank=True)
    came = models.CharField(_("outcome"), max_length=12, choices=[(c, c) for c in Came], blank=True)
    seen_at = models.DateTimeField(_("seen"), null=True, blank=True)

    class Meta:
        verbose_name = _("move")
        verbose_name_plural = _("moves")
        indexes = [models.Index(fields=["merchant", "-starts_on"], name="moves_by_day")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(due_on__gt=models.F("starts_on")), name="a_move_is_due_after_its_start"
            ),
            models.CheckConstraint(
                condition=models.Q(size__gte=0, size__lte=10), name="a_move_expects_up_to_ten_times"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class StopRule(MerchantOwned):
    """A rule for a campaign, written down before it starts: on day t this figure against that threshold.

    A row is never edited: another rule is another version, and one recorded after the launch says so.
    """

    WRITES = ("INSERT", "UPDATE")

    campaign = models.ForeignKey("measurement.Campaign", models.CASCADE, related_name="stop_rules")
    version = models.PositiveSmallIntegerField(_("version"))
    launches_on = models.DateField(_("launch"))
    day = models.PositiveSmallIntegerField(_("day t"))
    metric = models.CharField(_("figure"), max_length=12, choices=[(m, m) for m in RuleMetric])
    against = models.CharField(_("against"), max_length=5, choices=[(a, a) for a in Against])
    threshold = models.DecimalField(_("threshold"), max_digits=14, decimal_places=4)
    action = models.CharField(_("then"), max_length=5, choices=[(a, a) for a in Action])
    reason = models.CharField(_("reason"), max_length=500)
    after_launch = models.BooleanField(_("recorded after the launch"))
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())
    recorded_by = models.CharField(_("by"), max_length=80)
    replaced_at = models.DateTimeField(_("replaced"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=8, choices=[(s, s) for s in RuleState], default=RuleState.WAITING
    )
    value = models.FloatField(_("figure on that day"), null=True, blank=True)
    evaluated_at = models.DateTimeField(_("evaluated"), null=True, blank=True)
    seen_at = models.DateTimeField(_("seen"), null=True, blank=True)

    class Meta:
        verbose_name = _("stop rule")
        verbose_name_plural = _("stop rules")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "campaign", "version"], name="a_rule_of_a_campaign_has_one_version_each"
            ),
            models.UniqueConstraint(
                fields=["merchant", "campaign"],
                condition=models.Q(replaced_at=None),
                name="a_campaign_has_one_standing_rule",
            ),
            models.CheckConstraint(
                condition=models.Q(day__gte=1, day__lte=365), name="a_rule_is_read_on_day_1_to_365"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} v{self.version}"
