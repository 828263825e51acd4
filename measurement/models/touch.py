"""One event of a person with content."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from merchants.tenancy import MerchantBulk


class Touch(MerchantBulk):
    """A touchpoint. Immutable: a corrected one is a further version and retracts the former. It goes as a
    whole when its source's time is over (``measurement.operations.purge``).

    The table is partitioned by month of ``occurred_at`` (migration 0002), with the key (id,
    occurred_at); Django is told that ``id`` is the key, because the admin needs one. ``tie`` orders
    touches of one instant; ``natural_key`` is source and source id, ``revision`` the content. ``device`` is
    64 bits of a keyed hash: enough to count devices, and no key of a person.
    """

    WRITES = ("INSERT", "UPDATE (retracted)", "DELETE")

    id = models.BigIntegerField(primary_key=True)
    person_key = models.UUIDField()
    spu = models.ForeignKey(
        "measurement.Spu", models.DO_NOTHING, null=True, db_constraint=False, related_name="+"
    )
    channel = models.ForeignKey(
        "measurement.Channel", models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    occurred_at = models.DateTimeField(_("occurred"))
    tie = models.CharField(max_length=120, db_collation="C")
    natural_key = models.UUIDField()
    revision = models.UUIDField()
    modified_at = models.DateTimeField(null=True)
    retracted = models.BooleanField(default=False)
    dwell_seconds = models.IntegerField(_("seconds"), null=True)
    device = models.BigIntegerField(null=True)
    source = models.BigIntegerField(null=True)  # the KeptSource; null: stored before there was a register

    class Meta:
        managed = False  # the partitioned table is made by hand in the migration
        db_table = "measurement_touch"
        verbose_name = _("touchpoint")
        verbose_name_plural = _("touchpoints")

    def __str__(self) -> str:
        return f"{self.occurred_at:%Y-%m-%d %H:%M}"
