"""What is still to be computed. The marks are the truth; a message is a hint."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from merchants.tenancy import MerchantBulk, MerchantOwned


class DirtyMark(MerchantBulk):
    """This line is to be credited anew. Appended, never merged: a claim deletes the marks it found
    and only then reads the facts, so a mark that comes meanwhile stays."""

    bucket = models.SmallIntegerField()
    line_id = models.BigIntegerField()
    cause = models.CharField(max_length=20)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        indexes = [models.Index(fields=["merchant", "bucket"], name="marks_by_bucket")]

    def __str__(self) -> str:
        return f"{self.cause} {self.line_id}"


class BulkChange(MerchantOwned):
    """A change that touches many lines, committed with the change itself and expanded into marks in a
    later transaction, so that a line committed meanwhile is seen."""

    cause = models.CharField(max_length=20)  # touches, retention, identity, mapping, cycle, rule, code, all
    payload = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(db_default=Now())
    expanded_at = models.DateTimeField(null=True)
    lines = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = _("bulk change")
        verbose_name_plural = _("bulk changes")
        indexes = [
            models.Index(
                fields=["merchant", "id"], name="changes_to_expand", condition=models.Q(expanded_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.pk}"


class TouchedPerson(MerchantBulk):
    """A person whose touches changed in a bulk change, with the span of those touches."""

    change = models.ForeignKey(
        BulkChange, models.CASCADE, related_name="persons", db_index=False, db_constraint=False
    )
    person_key = models.UUIDField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        verbose_name = _("touched person")
        verbose_name_plural = _("touched persons")
        indexes = [models.Index(fields=["merchant", "change"], name="persons_of_a_change")]

    def __str__(self) -> str:
        return str(self.person_key)
