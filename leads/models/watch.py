"""What leaves the desk as files, what the owner watches over, and the letters that tell of it."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from leads import watching
from merchants.tenancy import MerchantOwned


class Export(MerchantOwned):
    """A list of the desk as a file, written by a worker; the row is its progress. ``sealed`` is what was asked
    for (``leads.queries.asked.Asked`` as JSON; it may hold a phone that was searched). ``path`` names the sealed file
    below the state folder and stands only once the file is whole."""

    class Kind(models.TextChoices):
        CONSULTATIONS = "consultations", pgettext_lazy("export", "Consultations")
        LEADS = "leads", pgettext_lazy("export", "Leads")
        MESSAGES = "messages", pgettext_lazy("export", "Messages")

    class Form(models.TextChoices):
        XLSX = "xlsx", "XLSX"
        CSV = "csv", "CSV"

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        WRITING = "writing", _("Being written")
        DONE = "done", pgettext_lazy("export", "Ready")
        CANCELLED = "cancelled", pgettext_lazy("export", "Stopped")
        FAILED = "failed", _("Failed")
        EXPIRED = "expired", pgettext_lazy("export", "Deleted")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("asked by")
    )
    kind = models.CharField(_("what"), max_length=20, choices=Kind)
    form = models.CharField(_("file"), max_length=5, choices=Form)
    sealed = models.BinaryField(editable=False)
    language = models.CharField(_("language"), max_length=10)
    with_contacts = models.BooleanField(_("with contacts in the clear"), default=False)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    rows_total = models.PositiveIntegerField(_("rows"), null=True)
    rows_done = models.PositiveIntegerField(_("rows written"), default=0)
    path = models.CharField(max_length=300, blank=True, editable=False)
    size = models.PositiveBigIntegerField(_("bytes"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.CharField(_("error"), max_length=200, blank=True)
    asked_at = models.DateTimeField(_("asked"))
    touched_at = models.DateTimeField(_("last sign of life"))
    expires_at = models.DateTimeField(_("kept until"), null=True, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("desk", "export")
        verbose_name_plural = pgettext_lazy("desk", "exports")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(with_contacts=False) | ~models.Q(reason=""),
                name="an_export_with_contacts_has_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(state="done", expires_at__isnull=False) & ~models.Q(path="")
                | ~models.Q(state="done") & models.Q(path=""),
                name="an_export_has_a_file_only_while_it_is_ready",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "person", "-asked_at"], name="exports_of_a_person"),
            models.Index(
                fields=["touched_at"],
                name="exports_to_write",
                condition=models.Q(state__in=["waiting", "writing"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.asked_at:%Y-%m-%d %H:%M}"


class Oversight(MerchantOwned):
    """A version of what the owner watches over: limits of alarms (``leads.watching`` tells where the usual ones
    come from) and the hour, by the merchant's clock, at which who leads the shift hears of the day before."""

    version = models.PositiveIntegerField(_("version"))
    reveals_an_hour = models.PositiveIntegerField(
        _("contacts looked at in an hour"), default=watching.REVEALS_AN_HOUR
    )
    reveals_a_day = models.PositiveIntegerField(
        _("contacts looked at in a day"), default=watching.REVEALS_A_DAY
    )
    rows_a_day = models.PositiveIntegerField(
        _("rows with contacts exported in a day"), default=watching.ROWS_A_DAY
    )
    letter_hour = models.PositiveSmallIntegerField(_("hour of the letter to who leads the shift"), default=8)
    recorded_at = models.DateTimeField(_("recorded"), db_default=Now())
    recorded_by = models.CharField(_("by"), max_length=80)

    class Meta:
        verbose_name = _("oversight of the desk")
        verbose_name_plural = _("oversight of the desk")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "version"], name="oversight_of_a_desk_has_one_row_a_version"
            ),
            models.CheckConstraint(
                condition=models.Q(reveals_an_hour__gt=0, reveals_a_day__gt=0, rows_a_day__gt=0),
                name="a_limit_of_an_alarm_is_one_or_more",
            ),
            models.CheckConstraint(
                condition=models.Q(letter_hour__lte=23), name="a_letter_of_the_desk_goes_out_at_a_full_hour"
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.version}"


class Alarm(MerchantOwned):
    """Somebody looked at, or took away, as many contacts as the limit says, within its window. ``count`` goes
    on while the window of the alarm lasts; then another one may be raised."""

    class Kind(models.TextChoices):
        REVEALS_AN_HOUR = "reveals_an_hour", _("Contacts looked at in an hour")
        REVEALS_A_DAY = "reveals_a_day", _("Contacts looked at in a day")
        ROWS_A_DAY = "rows_a_day", _("Rows with contacts exported in a day")

    kind = models.CharField(_("what"), max_length=20, choices=Kind)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("who")
    )
    first_at = models.DateTimeField(_("since"))
    raised_at = models.DateTimeField(_("raised"))
    count = models.PositiveIntegerField(_("how many"))
    below = models.PositiveIntegerField(_("limit"))
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    acknowledged_by = models.CharField(_("by"), max_length=80, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("desk", "alarm")
        verbose_name_plural = pgettext_lazy("desk", "alarms")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "kind", "person", "first_at"],
                name="an_alarm_is_raised_once_for_what_it_counts",
            )
        ]
        indexes = [models.Index(fields=["merchant", "-raised_at"], name="alarms_by_time")]

    def __str__(self) -> str:
        return f"{self.kind} {self.raised_at:%Y-%m-%d %H:%M}"


class Letter(MerchantOwned):
    """A letter of the desk to one person, written once for what it is ``about``: the number of an alarm, or the day of
    a shift or of an agent's work. The row is the outbox; what the letter says is composed when it goes out."""

    class Kind(models.TextChoices):
        ALARM = "alarm", pgettext_lazy("letter", "Alarm")
        SHIFT = "shift", pgettext_lazy("letter", "The day before")
        AGENT = "agent", pgettext_lazy("letter", "What waits for an agent")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    about = models.CharField(_("about"), max_length=40)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("to")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt"))
    written_at = models.DateTimeField(_("written"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=200, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("desk", "letter")
        verbose_name_plural = pgettext_lazy("desk", "letters")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "kind", "about", "person"],
                name="a_letter_of_the_desk_is_written_once_to_each",
            )
        ]
        indexes = [
            models.Index(
                fields=["next_at"], name="letters_of_desks_to_send", condition=models.Q(state="waiting")
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"
