"""What is asked of whom, in versions."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequirementSet(models.Model):
    """One version of a set. A draft may be changed; a published one never, not even by its owner: a trigger
    of the database refuses it (migration 0010). ``data`` is what ``merchants.onboarding.requirements.parsed``
    takes; ``starts_on`` is the day from which it holds."""

    code = models.CharField(_("set"), max_length=60)
    version = models.DateField(_("version"))
    starts_on = models.DateField(_("holds from"))
    data = models.JSONField(_("content"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.CharField(_("published by"), max_length=80, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("requirement set")
        verbose_name_plural = _("requirement sets")
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="a_set_has_each_version_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"
