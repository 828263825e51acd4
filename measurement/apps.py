"""What happened, who gets the credit, what it was worth."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeasurementConfig(AppConfig):
    name = "measurement"
    verbose_name = _("Measurement")

    def ready(self) -> None:
        from measurement import audit_events, intake_kinds  # noqa: F401 - both register themselves
        from measurement.operations import consultations
        from merchants import events

        events.register("leads.consultation.opened", consultations.consulted)
        events.register("leads.deal.changed", consultations.dealt)
