"""What happened, who gets the credit, what it was worth."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeasurementConfig(AppConfig):
    name = "measurement"
    verbose_name = _("Measurement")

    def ready(self) -> None:
        from measurement import audit_events, intake_kinds  # noqa: F401 - both register themselves
