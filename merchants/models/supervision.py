"""What the operator of the installation does about merchants."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from merchants.roles import ROLES
from merchants.tenancy import MerchantOwned


class OperatorAct(models.Model):
    """What an operator did about a merchant, and why. It stays when the merchant is deleted, so it names it by code and
    name instead of pointing at it; it is appended, never changed."""

    at = models.DateTimeField(_("at"), db_default=Now())
    actor = models.CharField(_("by"), max_length=80)
    act = models.CharField(_("act"), max_length=80)
    merchant_code = models.CharField(_("merchant"), max_length=40, blank=True)  # empty: of all merchants
    merchant_name = models.CharField(_("name"), max_length=120, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    data = models.JSONField(_("details"), default=dict)

    class Meta:
        verbose_name = _("act of an operator")
        verbose_name_plural = _("acts of operators")
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="an_operator_says_why"),
        ]
        indexes = [models.Index(fields=["merchant_code", "-at"], name="acts_about_a_merchant")]

    def __str__(self) -> str:
        return f"{self.act} · {self.merchant_code}"


class SupportView(MerchantOwned):
    """An operator looks at the merchant's pages with the eyes of a role, for a reason and a while. ``pages`` are the
    addresses that were opened, each once."""

    WRITES = ("INSERT", "UPDATE")

    operator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    role = models.CharField(_("role"), max_length=20, choices=[(role.code, role.name) for role in ROLES])
    reason = models.CharField(_("reason"), max_length=300)
    began_at = models.DateTimeField(_("began"), db_default=Now())
    until = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    pages = models.JSONField(_("pages"), default=list)

    class Meta:
        verbose_name = _("look of an operator")
        verbose_name_plural = _("looks of operators")
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="an_operator_looks_for_a_reason"),
            models.UniqueConstraint(
                fields=["merchant", "operator"],
                condition=models.Q(ended_at=None),
                name="an_operator_looks_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operator} · {self.role}"


class Archive(MerchantOwned):
    """Everything a merchant has, as one file; the row is its progress. ``path`` names the sealed file below the state
    folder and stands only once the file is whole; ``told`` is {table: rows} of what is in it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        WRITING = "writing", _("Being written")
        DONE = "done", pgettext_lazy("export", "Ready")
        FAILED = "failed", _("Failed")
        EXPIRED = "expired", pgettext_lazy("export", "Deleted")

    UNFINISHED = (State.WAITING, State.WRITING)

    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    asked_by = models.CharField(_("by"), max_length=80)
    reason = models.CharField(_("reason"), max_length=300)
    language = models.CharField(_("language"), max_length=10)
    tables_total = models.PositiveIntegerField(_("tables"), default=0)
    tables_done = models.PositiveIntegerField(_("tables written"), default=0)
    told = models.JSONField(_("rows of each table"), default=dict)
    path = models.CharField(max_length=300, blank=True, editable=False)
    size = models.PositiveBigIntegerField(_("bytes"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.CharField(_("error"), max_length=200, blank=True)
    asked_at = models.DateTimeField(_("asked"))
    touched_at = models.DateTimeField(_("last sign of life"))
    expires_at = models.DateTimeField(_("kept until"), null=True, blank=True)

    class Meta:
        verbose_name = _("archive")
        verbose_name_plural = _("archives")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant"],
                condition=models.Q(state__in=["waiting", "writing"]),
                name="one_archive_of_a_merchant_is_written_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state="done", expires_at__isnull=False) & ~models.Q(path="")
                | ~models.Q(state="done") & models.Q(path=""),
                name="an_archive_has_a_file_only_while_it_is_ready",
            ),
        ]
        indexes = [
            models.Index(
                fields=["touched_at"],
                name="archives_to_write",
                condition=models.Q(state__in=["waiting", "writing"]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"


class Deletion(models.Model):
    """That a merchant is to be deleted, by two operators and not before a day: a function of the database looks at this
    row before it deletes anything. It stays when the merchant is gone; ``counts`` is {table: rows} of what went."""

    of_merchant = models.BigIntegerField(editable=False)
    merchant_code = models.CharField(_("merchant"), max_length=40)
    merchant_name = models.CharField(_("name"), max_length=120)
    reason = models.CharField(_("reason"), max_length=300)
    # only the operator's role may look here, so Django does not: Postgres itself keeps the two people
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        related_name="+",
        null=True,
        verbose_name=_("confirmed by"),
    )
    due_at = models.DateTimeField(_("not before"), null=True)
    cancelled_at = models.DateTimeField(_("called off"), null=True)
    counts = models.JSONField(_("rows that went"), default=dict)
    done_at = models.DateTimeField(_("done"), null=True)

    class Meta:
        verbose_name = _("deletion of a merchant")
        verbose_name_plural = _("deletions of merchants")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None) | ~models.Q(confirmed_by=models.F("asked_by")),
                name="a_merchant_is_deleted_by_two_operators",
            ),
            models.CheckConstraint(
                condition=models.Q(confirmed_by=None, due_at=None)
                | models.Q(confirmed_by__isnull=False, due_at__isnull=False),
                name="a_deletion_has_a_day_once_it_is_confirmed",
            ),
            models.UniqueConstraint(
                fields=["of_merchant"],
                condition=models.Q(cancelled_at=None, done_at=None),
                name="a_merchant_is_deleted_once_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.merchant_code


class PausedPartner(models.Model):
    """A partner that is asked, sent and told nothing just now, for any merchant; without a row it is spoken to."""

    partner = models.CharField(_("partner"), max_length=40, unique=True)
    reason = models.CharField(_("reason"), max_length=300)
    paused_by = models.CharField(_("by"), max_length=80)
    paused_at = models.DateTimeField(_("paused"), db_default=Now())

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners, paused for all")

    def __str__(self) -> str:
        return self.partner
