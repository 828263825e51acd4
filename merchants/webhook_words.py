"""Webhooks in words: why an address is refused, and what came of an attempt."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from merchants import events
from merchants.models import WebhookAttempt, WebhookEndpoint, WebhookMessage
from merchants.operations.webhooks import TEST

REFUSED: dict[str, Any] = {
    "form": _("This is no address. Write it as https://example.com/hooks."),
    "scheme": _("The address must begin with https://."),
    "credentials": _("Leave name and password out of the address; messages are signed instead."),
    "inside": _(
        "This address lies inside a network (loopback, link-local or private). Use one on the open Internet."
    ),
}
ATTEMPTS: dict[str, Any] = {
    **REFUSED,
    "": _("accepted"),
    "status": _("answered with a failure"),
    "gone": _("answered that it is gone (410)"),
    "redirect": _("answered with a redirect, which is not followed: put in the final address"),
    "unknown_name": _("the name of the host is not known"),
    "timeout": _("did not answer within 12 seconds"),
    "refused": _("refused the connection"),
    "tls": _("its certificate was not accepted"),
    "lost": _("the connection broke off"),
    "no_http": _("answered with something that is not HTTP"),
}
STATES = {"": "accent", "person": "muted", "failing": "danger", "gone": "danger"}
MESSAGES = {"waiting": "", "held": "muted", "sent": "accent", "failed": "danger"}


def kind(code: str) -> Any:
    """What a person reads for a kind of event; one that nobody publishes any more by its code."""
    return _("a test") if code == TEST else events.published().get(code, code)


def attempt(row: WebhookAttempt) -> Any:
    return ATTEMPTS.get(row.error, row.error)


def state(row: WebhookEndpoint) -> tuple[Any, str]:
    """(words, tone) of an endpoint."""
    return row.get_paused_display(), STATES[row.paused]


def message(row: WebhookMessage) -> tuple[Any, str]:
    """(words, tone) of a message."""
    return row.get_state_display(), MESSAGES[row.state]
