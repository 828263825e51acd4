"""Experiments: what was planned, who takes part, who saw it, what came out."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from measurement.lift.plan import ExperimentKind, ExperimentState
from merchants.tenancy import MerchantBulk, MerchantOwned


class Experiment(MerchantOwned):
    """A question to the world. A draft changes freely; registering fixes ``design`` with its hash, and
    from then on only state and result move, by time and by the worker.

    ``design``: outcome, hoped_lift, method, sequential, seed, population, groups … ``plan``: what a worker
    found before the start (power, curve, weeks needed). ``result``: incremental_response, relative, ci, p …
    ``asked_at``: a computation is waiting since then.
    """

    WRITES = ("INSERT", "UPDATE")

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=[(k.value, k.value) for k in ExperimentKind])
    spu = models.ForeignKey("measurement.Spu", models.SET_NULL, null=True, blank=True, related_name="+")
    hypothesis = models.TextField(_("hypothesis"), max_length=600)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    state = models.CharField(
        _("state"),
        max_length=12,
        choices=[(s.value, s.value) for s in ExperimentState],
        default=ExperimentState.DRAFT.value,
    )
    design = models.JSONField(default=dict)
    plan = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    reason = models.TextField(_("reason to start in spite of low power"), max_length=600, blank=True)
    design_hash = models.CharField(_("hash of the design"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("planned"), db_default=Now())
    created_by = models.CharField(max_length=80)
    registered_at = models.DateTimeField(_("registered"), null=True, blank=True)
    registered_by = models.CharField(max_length=80, blank=True)
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)
    stop_reason = models.TextField(_("why it was stopped"), max_length=600, blank=True)
    asked_at = models.DateTimeField(_("computation asked for"), null=True, blank=True)
    computed_at = models.DateTimeField(_("computed"), null=True, blank=True)
    failure = models.CharField(_("why it could not be computed"), max_length=400, blank=True)

    class Meta:
        verbose_name = _("experiment")
        verbose_name_plural = _("experiments")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="an_experiment_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(state=ExperimentState.DRAFT.value) | ~models.Q(design_hash=""),
                name="a_started_experiment_was_fixed",
            ),
        ]
        indexes = [models.Index(fields=["merchant", "-id"], name="experiments_by_time")]

    def __str__(self) -> str:
        return self.name


class ExperimentUnit(MerchantBulk):
    """A person who takes part, under the keyed hash, and the arm the coin gave: 0 control, 1 treatment."""

    experiment = models.ForeignKey(Experiment, models.CASCADE, db_index=False, related_name="units")
    person_key = models.UUIDField()
    arm = models.SmallIntegerField(_("arm"))

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "experiment", "person_key"], name="a_person_takes_part_once"
            ),
            models.CheckConstraint(condition=models.Q(arm__in=[0, 1]), name="an_arm_is_control_or_treatment"),
        ]

    def __str__(self) -> str:
        return f"{self.person_key} {self.arm}"


class Exposure(MerchantBulk):
    """Somebody of an experiment was really shown what the treatment shows; the log of the deliverer."""

    WRITES = ("INSERT",)

    experiment = models.ForeignKey(Experiment, models.CASCADE, db_index=False, related_name="exposures")
    person_key = models.UUIDField()
    exposed_at = models.DateTimeField(_("shown"))

    class Meta:
        verbose_name = _("exposure")
        verbose_name_plural = _("exposures")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "experiment", "person_key", "exposed_at"],
                name="an_exposure_is_logged_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.exposed_at:%Y-%m-%d %H:%M}"


class GeoDay(MerchantBulk):
    """What one place sold on one day, as handed in for a geo experiment; handed in again it replaces."""

    experiment = models.ForeignKey(Experiment, models.CASCADE, db_index=False, related_name="geo_days")
    day = models.DateField(_("day"))
    geo = models.CharField(_("place"), max_length=80)
    value = models.DecimalField(_("value"), max_digits=18, decimal_places=4)
    cost_fen = models.BigIntegerField(_("cost"), null=True)

    class Meta:
        verbose_name = _("day of a place")
        verbose_name_plural = _("days of places")
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "experiment", "day", "geo"], name="a_place_states_a_day_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.geo}"
