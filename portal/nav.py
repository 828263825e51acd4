"""The menu as data: only pages that exist, and of those only what a role may see."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from merchants.roles import Permission


@dataclass(frozen=True)
class Entry:
    """A page of the menu; `also` names the pages that belong to it but lie at another address."""

    label: str | Promise
    url_name: str
    icon: str
    permission: Permission | None = None
    also: tuple[str, ...] = ()


BRAND = (
    Entry(pgettext_lazy("menu", "Home"), "portal:home", "home"),
    Entry(
        _("Results"),
        "measurement:results",
        "chart-bar",
        Permission.SEE_RESULTS,
        also=("measurement:evidence", "measurement:orders", "measurement:cycles", "measurement:dictionary"),
    ),
    Entry(_("Models"), "measurement:models", "scale", Permission.SEE_RESULTS),
    Entry(_("Data"), "measurement:data", "database", Permission.SEE_DATA),
    Entry(_("Settings"), "merchants:settings", "settings", Permission.MANAGE_MEMBERS),
)


def visible(permissions: frozenset[Permission], menu: tuple[Entry, ...] = BRAND) -> list[Entry]:
    return [entry for entry in menu if entry.permission is None or entry.permission in permissions]


def active(path: str, urls: list[str]) -> str | None:
    """The address whose page this is: itself, else the longest one below which it lies.

    The first address is the home, below which every page lies, so it is active only as the page itself.
    """
    if path in urls:
        return path
    return max((url for url in urls[1:] if path.startswith(url)), key=len, default=None)


def _address(entry: Entry, code: str) -> str:
    """Where the page lies; empty while there is no such page."""
    try:
        return reverse(entry.url_name, args=[code])
    except NoReverseMatch:
        return ""


def entries(request: HttpRequest) -> list[dict[str, Any]]:
    """The menu of this request's merchant and role: `[{label, url, icon, active}]`."""
    code = request.merchant.code
    pages = [(entry, _address(entry, code)) for entry in visible(request.permissions)]
    shown = [entry for entry, url in pages if url]
    urls = [url for _entry, url in pages if url]
    here = active(request.path, urls)
    page = request.resolver_match.view_name if request.resolver_match else ""
    return [
        {
            "label": entry.label,
            "url": url,
            "icon": entry.icon,
            "active": page in entry.also or (url == here and not any(page in other.also for other in shown)),
        }
        for entry, url in zip(shown, urls, strict=True)
    ]
