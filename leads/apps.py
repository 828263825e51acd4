"""Consultations: the desk that answers people who ask."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LeadsConfig(AppConfig):
    name = "leads"
    verbose_name = _("Leads")

    def ready(self) -> None:
        from leads import arrival_words, audit_events, intake_kinds  # noqa: F401 - each registers itself
        from leads.operations import programs
        from leads.queries import readiness
        from merchants import events
        from merchants.operations.supervision import partners
        from merchants.readiness import figures

        events.publish(programs.CREATED, _("a lead was created"))
        events.publish(programs.MOVED, _("a lead moved to another stage"))
        figures.count(figures.Rule.REPLY_IN_TIME, readiness.replies)
        figures.show("reply_in_time", readiness.slow_beside_lost)
        partners.declare(arrival_words.PARTNERS)
