"""The queues of cases, as filters of the list, and the list."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from merchants.models import Application
from merchants.queries import queues

OLDEST, EVERYTHING = "oldest", "everything"


class Queue(admin.SimpleListFilter):
    """Without a choice the oldest that wait."""

    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            (OLDEST, _("Waiting, oldest first")),
            ("mine", _("Kept for me")),
            ("second", _("Second look")),
            ("appeal", pgettext_lazy("noun", "Appeal")),
            ("expiring", _("Expiring within 60 days")),
            (EVERYTHING, _("Everything")),
        ]

    def value(self) -> str:
        return super().value() or OLDEST

    def choices(self, changelist: Any) -> Iterator[Any]:
        yield from islice(super().choices(changelist), 1, None)  # without Django's own "All"

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Application]) -> Any:
        if self.value() == EVERYTHING:
            return queryset
        return queues.queue(queryset, self.value(), request.user.pk, timezone.localtime())


class Cases(ChangeList):
    """The list with what waits in each case; the filters count without it."""

    def get_results(self, request: HttpRequest) -> None:
        self.queryset = queues.counted(self.queryset)
        super().get_results(request)


def ordering(request: HttpRequest) -> tuple[str, ...]:
    """Who waits longest stands first; of everything the newest."""
    return ("-pk",) if request.GET.get(Queue.parameter_name) == EVERYTHING else ("submitted_at",)
