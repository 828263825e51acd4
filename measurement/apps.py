"""What happened, who gets the credit, what it was worth."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeasurementConfig(AppConfig):
    name = "measurement"
    verbose_name = _("Measurement")

    def ready(self) -> None:
        from measurement import audit_events, intake_kinds  # noqa: F401 - both register themselves
        from measurement.operations import consultations, programs
        from measurement.queries import readiness
        from merchants import events
        from merchants.readiness import figures

        events.register("leads.consultation.opened", consultations.consulted)
        events.register("leads.deal.changed", consultations.dealt)
        figures.count(figures.Rule.REFUND, readiness.refunds)
        figures.count(figures.Rule.LATE_SHIPMENT, readiness.late_shipments)
        figures.show("late_shipment", readiness.late_beside_lost)
        figures.show("refund", readiness.reasons_beside_refunds)
        events.publish(programs.CREDITED, _("the credit of orders changed"))
        events.publish(programs.FINISHED, _("a run of the credit rule is done"))
