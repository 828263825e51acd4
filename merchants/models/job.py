"""Work that takes a while, and answers that may be asked for twice."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from merchants.tenancy import MerchantOwned


class Job(MerchantOwned):
    """Long work as a row: the page polls it, not the broker."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    kind = models.CharField(_("kind"), max_length=40)
    key = models.CharField(max_length=120)  # the same request joins the running job
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    message = models.CharField(max_length=400, blank=True)
    requested_by = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "kind", "key"],
                condition=models.Q(state__in=["queued", "running"]),
                name="a_job_runs_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class IdempotentAnswer(MerchantOwned):
    """The first answer to a keyed request of a token; a repeat gets it again, another body is refused. Without a
    token: one of the time before keys belonged to tokens."""

    token = models.ForeignKey("merchants.ApiToken", models.CASCADE, null=True, related_name="+")
    route = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("kept answer")
        verbose_name_plural = _("kept answers")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "token", "route", "key"], name="a_request_key_is_answered_once"
            )
        ]

    def __str__(self) -> str:
        return self.key
