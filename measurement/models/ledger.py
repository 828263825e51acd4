"""The ledger: credit as it stands, every change of it, and the sums that pages read.

Each model of sharing is a column (``choices.Model``), because the five are always computed together.
A row without channel is what could not be credited: per line, credited + unattributed = paid − refunded.
"""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from merchants.tenancy import MerchantBulk, MerchantOwned


class Run(MerchantOwned):
    """One computation: what was computed, from which state, under which rule."""

    WRITES = ("INSERT", "UPDATE")

    cause = models.CharField(_("cause"), max_length=60)
    rule_version = models.CharField(_("rule version"), max_length=40)
    started_at = models.DateTimeField(_("started"), db_default=Now())
    lines = models.PositiveIntegerField(_("lines"))
    changed_lines = models.PositiveIntegerField(_("changed lines"), default=0)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        indexes = [models.Index(fields=["merchant", "-id"], name="runs_by_time")]

    def __str__(self) -> str:
        return f"{_('Run')} {self.pk}"


class _Grain(models.Model):
    """Where credit belongs: channel × SPU × platform × grade × touch day × order day."""

    channel = models.ForeignKey(
        "measurement.Channel",
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )
    spu = models.ForeignKey(
        "measurement.Spu", models.DO_NOTHING, null=True, db_constraint=False, db_index=False, related_name="+"
    )
    platform = models.CharField(max_length=30)
    grade = models.CharField(max_length=1)
    touch_day = models.DateField(null=True)  # null: nothing was touched, or nothing is known
    order_day = models.DateField()

    class Meta:
        abstract = True


class _Shares(models.Model):
    """Fen under each model."""

    fen_first = models.BigIntegerField()
    fen_last = models.BigIntegerField()
    fen_linear = models.BigIntegerField()
    fen_position = models.BigIntegerField()
    fen_decay = models.BigIntegerField()

    class Meta:
        abstract = True


class Credit(MerchantBulk, _Grain, _Shares):
    """Share of one line given to one touch, as it stands now; replaced, never added to.

    ``id`` is ``line_id * 65,536 + position``: the key says what the row is, and one index serves both.
    Position 0 is the unattributed row. Weights are integers; their sums stand beside them.
    """

    id = models.BigIntegerField(primary_key=True)
    line = models.ForeignKey(
        "measurement.OrderLine", models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    position = models.IntegerField()
    touch_count = models.IntegerField()
    touch_id = models.BigIntegerField(null=True)  # null: declared by the order, or unattributed
    touched_at = models.DateTimeField(null=True)
    weight_position = models.BigIntegerField(null=True)
    weight_decay = models.BigIntegerField(null=True)
    run = models.ForeignKey(Run, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")

    class Meta:
        verbose_name = _("credit")
        verbose_name_plural = _("credits")

    def __str__(self) -> str:
        return f"{self.line_id}/{self.position}"


class Posting(MerchantBulk, _Grain, _Shares):
    """A change of credit: new − old per touch and model. Appended, never changed; as of T is the sum
    of postings recorded up to T."""

    WRITES = ("INSERT",)

    line = models.ForeignKey(
        "measurement.OrderLine", models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    touch_id = models.BigIntegerField(null=True)
    recorded_at = models.DateTimeField(db_default=Now())
    cause = models.CharField(max_length=60)
    run = models.ForeignKey(Run, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")

    class Meta:
        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        indexes = [
            models.Index(fields=["merchant", "line"], name="postings_of_a_line"),
            models.Index(fields=["merchant", "order_day", "recorded_at"], name="postings_by_days"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.recorded_at:%Y-%m-%d}"


class Rollup(MerchantBulk, _Grain, _Shares):
    """Sums of postings by grain and the day they were recorded; what pages read."""

    recorded_day = models.DateField()

    class Meta:
        verbose_name = _("rollup")
        verbose_name_plural = _("rollups")
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "merchant",
                    "order_day",
                    "channel",
                    "spu",
                    "platform",
                    "grade",
                    "touch_day",
                    "recorded_day",
                ],
                nulls_distinct=False,
                name="a_sum_is_kept_once_per_grain",
            )
        ]
        indexes = [models.Index(fields=["merchant", "touch_day"], name="rollups_by_touch_day")]

    def __str__(self) -> str:
        return f"{self.order_day} {self.channel_id}"


class Presence(MerchantBulk, _Grain):
    """Which order and person stand behind a cell, once per line, channel and touch day: distinct
    orders and people are counted for the slice asked, because they do not add up."""

    line = models.ForeignKey(
        "measurement.OrderLine", models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    order_id = models.BigIntegerField()
    person = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        indexes = [
            models.Index(fields=["merchant", "line"], name="presence_of_a_line"),
            models.Index(fields=["merchant", "order_day"], name="presence_by_order_day"),
            models.Index(fields=["merchant", "touch_day"], name="presence_by_touch_day"),
            models.Index(fields=["merchant", "person", "order_day"], name="presence_of_a_person"),
        ]

    def __str__(self) -> str:
        return str(self.line_id)


class CreditDay(MerchantBulk):
    """The credit of one order day in columns (``measurement.attribution.cells``): a copy that reports read
    instead of the rows. It holds while no mark names the day; until then the rows are read."""

    day = models.DateField(_("order day"))
    oldest = models.DateField(_("oldest touch day"))  # the order day where nothing was touched
    counted_at = models.DateTimeField(_("counted"))
    platforms = models.JSONField()
    keys = models.BinaryField()
    fen_first = models.BinaryField()
    fen_last = models.BinaryField()
    fen_linear = models.BinaryField()
    fen_position = models.BinaryField()
    fen_decay = models.BinaryField()

    class Meta:
        verbose_name = _("credit of a day in columns")
        verbose_name_plural = _("credit of days in columns")
        constraints = [
            models.UniqueConstraint(fields=["merchant", "day"], name="credit_of_a_day_is_kept_once")
        ]

    def __str__(self) -> str:
        return f"{self.day}"


class CreditDayMark(MerchantBulk):
    """The credit of an order day changed. Appended in the transaction that changed it, never merged."""

    day = models.DateField(_("order day"))
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("mark of a credit day")
        verbose_name_plural = _("marks of credit days")
        indexes = [models.Index(fields=["merchant", "day"], name="credit_day_marks_by_day")]

    def __str__(self) -> str:
        return f"{self.day}"
