"""The foundation: tenant, people, access, trail, intake of files, money and periods."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class MerchantsConfig(AppConfig):
    name = "merchants"
    verbose_name = _("Merchants")

    def ready(self) -> None:
        from merchants import audit_events, events, review_letters, walls  # noqa: F401 - the acts register themselves
        from merchants.operations import application_events, requirement_sets, reviews, upload_events

        events.register(reviews.CONCLUDED, review_letters.concluded)
        events.publish(upload_events.FINISHED, _("a file was applied, refused or failed"))
        events.publish(application_events.MOVED, _("the application moved to another state"))
        events.publish(application_events.RECEIVED, _("a paper was handed in"))
        events.publish(application_events.DECIDED, _("a paper or an answer was decided on"))
        post_migrate.connect(walls.install_after_migrate, dispatch_uid="merchants.walls")
        post_migrate.connect(requirement_sets.load_after_migrate, dispatch_uid="merchants.requirement_sets")
