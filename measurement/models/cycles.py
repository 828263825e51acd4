"""Decision cycles of single products, cycles learned from the merchant's own people, and what adopting one
would change. The cycles that hold by category stand in ``measurement.models.catalogue``."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from measurement.choices import CycleBasis
from merchants.tenancy import MerchantBulk, MerchantOwned


class Progress(models.TextChoices):
    """How far work in steps is; words for people in ``portal.words``."""

    RUNNING = "running", _("Running")
    DONE = "done", _("Done")


class SpuCycle(MerchantOwned):
    """A product's own decision cycle, before that of its category; history, the latest holds. Zero days:
    back to the category's."""

    spu = models.ForeignKey("measurement.Spu", models.CASCADE, related_name="+")
    days = models.PositiveSmallIntegerField(_("days"))
    basis = models.CharField(_("basis"), max_length=10, choices=[(b, b) for b in CycleBasis])
    source = models.CharField(_("source"), max_length=300)
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())
    recorded_by = models.CharField(_("by"), max_length=80)

    class Meta:
        verbose_name = _("decision cycle of a product")
        verbose_name_plural = _("decision cycles of products")
        indexes = [models.Index(fields=["merchant", "spu", "-id"], name="cycles_of_a_product")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(days__lte=730), name="a_product_cycle_lasts_at_most_730_days"
            )
        ]

    def __str__(self) -> str:
        return f"{self.spu} {self.days} d"


class CycleLearning(MerchantOwned):
    """One run of learning: the people of a merchant, counted part by part up to a day."""

    state = models.CharField(_("state"), max_length=10, choices=Progress, default=Progress.RUNNING)
    parts = models.PositiveSmallIntegerField(_("parts"))
    done = models.PositiveSmallIntegerField(_("parts done"), default=0)
    data_through = models.DateField(_("data to"))
    requested_by = models.CharField(_("by"), max_length=80)
    started_at = models.DateTimeField(_("started"), db_default=Now())
    touched_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(_("finished"), null=True)

    class Meta:
        verbose_name = _("learning of cycles")
        verbose_name_plural = _("learnings of cycles")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant"],
                condition=models.Q(state="running"),
                name="cycles_are_learned_once_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["merchant", "-id"], name="learnings_of_cycles_by_time")]

    def __str__(self) -> str:
        return f"{self.data_through} {self.state}"


class CycleTally(MerchantBulk):
    """Durations counted so far in a run that goes on: how many people bought so many days after their
    first touch with a product, and how many were open then. Deleted when the run is done."""

    learning = models.ForeignKey(CycleLearning, models.CASCADE, db_index=False, db_constraint=False)
    spu_id = models.BigIntegerField()
    day = models.IntegerField()
    bought = models.BigIntegerField()
    still_open = models.BigIntegerField()

    class Meta:
        verbose_name = _("tally of durations")
        verbose_name_plural = _("tallies of durations")
        indexes = [models.Index(fields=["merchant", "learning"], name="tallies_of_a_learning")]

    def __str__(self) -> str:
        return f"{self.spu_id} {self.day}"


class LearnedCycle(MerchantOwned):
    """What a run learned of one product or of one category (``measurement.cycles.learned``). ``refusal`` says
    why a cycle may not be shown; days are whole. ``curve`` holds (day, R, low, high, S, at risk, bought,
    open) and is kept for the latest run only."""

    learning = models.ForeignKey(CycleLearning, models.CASCADE, db_index=False, related_name="found")
    category = models.ForeignKey("measurement.Category", models.PROTECT, null=True, related_name="+")
    spu = models.ForeignKey("measurement.Spu", models.CASCADE, null=True, related_name="+")
    n = models.BigIntegerField(_("people"))
    buyers = models.BigIntegerField(_("buyers"))
    follow_up = models.IntegerField(_("follow-up, days"))
    refusal = models.CharField(_("refused because"), max_length=20, blank=True)
    plateau = models.FloatField(_("share who buy"))
    settled = models.BooleanField(_("settled"))
    p50 = models.IntegerField(null=True)
    p50_low = models.IntegerField(null=True)
    p50_high = models.IntegerField(null=True)
    p80 = models.IntegerField(null=True)
    p80_low = models.IntegerField(null=True)
    p80_high = models.IntegerField(null=True)
    p95 = models.IntegerField(null=True)
    p95_low = models.IntegerField(null=True)
    p95_high = models.IntegerField(null=True)
    naive_p50 = models.IntegerField(null=True)
    naive_p80 = models.IntegerField(null=True)
    naive_p95 = models.IntegerField(null=True)
    curve = models.JSONField(default=list)

    class Meta:
        verbose_name = _("learned cycle")
        verbose_name_plural = _("learned cycles")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(category=None, spu__isnull=False)
                | models.Q(category__isnull=False, spu=None),
                name="a_learned_cycle_is_of_a_product_or_a_category",
            ),
            models.UniqueConstraint(
                fields=["merchant", "learning", "category", "spu"],
                nulls_distinct=False,
                name="a_run_learns_a_cycle_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.spu or self.category}: {self.p50}/{self.p80}/{self.p95}"


class CyclePreview(MerchantOwned):
    """What another cycle would change, computed line by line without changing anything. Fen are those
    credited to content at grade A or B, which is the same under every model."""

    category = models.ForeignKey("measurement.Category", models.PROTECT, null=True, related_name="+")
    spu = models.ForeignKey("measurement.Spu", models.CASCADE, null=True, related_name="+")
    days = models.PositiveSmallIntegerField(_("days"))
    basis = models.CharField(_("basis"), max_length=10, choices=[(b, b) for b in CycleBasis])
    source = models.CharField(_("source"), max_length=300)
    state = models.CharField(_("state"), max_length=10, choices=Progress, default=Progress.RUNNING)
    requested_by = models.CharField(_("by"), max_length=80)
    requested_at = models.DateTimeField(_("requested"), db_default=Now())
    touched_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(_("finished"), null=True)
    adopted_at = models.DateTimeField(_("adopted"), null=True)
    total = models.BigIntegerField(_("lines"))
    done = models.BigIntegerField(_("lines done"), default=0)
    last_line = models.BigIntegerField(default=0)
    changed_lines = models.BigIntegerField(_("changed lines"), default=0)
    gained_lines = models.BigIntegerField(_("lines gained"), default=0)
    gained_fen = models.BigIntegerField(_("gained"), default=0)
    lost_lines = models.BigIntegerField(_("lines lost"), default=0)
    lost_fen = models.BigIntegerField(_("lost"), default=0)
    credited_before = models.BigIntegerField(default=0)
    credited_after = models.BigIntegerField(default=0)
    net_fen = models.BigIntegerField(_("paid less refunded"), default=0)

    class Meta:
        verbose_name = _("preview of a cycle")
        verbose_name_plural = _("previews of cycles")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(days__gte=1, days__lte=730), name="a_previewed_cycle_lasts_1_to_730_days"
            ),
            models.CheckConstraint(
                condition=models.Q(category=None, spu__isnull=False)
                | models.Q(category__isnull=False, spu=None),
                name="a_preview_is_of_a_product_or_a_category",
            ),
        ]
        indexes = [models.Index(fields=["merchant", "-id"], name="previews_of_cycles_by_time")]

    def __str__(self) -> str:
        return f"{self.spu or self.category} {self.days} d"
