"""The foundation: tenant, people, access, trail, intake of files, money and periods."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class MerchantsConfig(AppConfig):
    name = "merchants"
    verbose_name = _("Merchants")

    def ready(self) -> None:
        from allauth.account.decorators import secure_admin_login
        from allauth.mfa import signals
        from django.contrib import admin
        from django.contrib.auth.signals import user_logged_in

        from merchants import (  # noqa: F401 - the acts register themselves
            audit_events,
            events,
            review_letters,
            signing_in,
            walls,
        )
        from merchants.operations import application_events, requirement_sets, reviews, upload_events

        events.register(reviews.CONCLUDED, review_letters.concluded)
        events.publish(upload_events.FINISHED, _("a file was applied, refused or failed"))
        events.publish(application_events.MOVED, _("the application moved to another state"))
        events.publish(application_events.RECEIVED, _("a paper was handed in"))
        events.publish(application_events.DECIDED, _("a paper or an answer was decided on"))
        user_logged_in.connect(signing_in.begin, dispatch_uid="merchants.signing_in")
        signals.authenticator_added.connect(signing_in.factor_added, dispatch_uid="merchants.signing_in")
        signals.authenticator_removed.connect(signing_in.factor_removed, dispatch_uid="merchants.signing_in")
        # Django's own form would ask for a password only
        admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
        post_migrate.connect(walls.install_after_migrate, dispatch_uid="merchants.walls")
        post_migrate.connect(requirement_sets.load_after_migrate, dispatch_uid="merchants.requirement_sets")
