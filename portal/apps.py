"""The composing app: the only one that knows all others."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("Portal")

    def ready(self) -> None:
        from portal import celery  # noqa: F401 - binds shared tasks to the app in every process
