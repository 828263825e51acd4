"""The menu as data: sections and the pages in them; only pages that exist, and only what a role may see.

A section with several visible pages shows them as tabs. A page without an address yet is left out, so an
entry can be named here before its page is built and nothing in the menu is ever empty.
"""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from merchants.models import Membership, Merchant
from merchants.roles import Permission
from portal import ways


@dataclass(frozen=True)
class Tab:
    """A page of a section; `also` names the pages that belong to it but lie at another address."""

    label: str | Promise
    url_name: str
    permission: Permission | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """A section of the menu; it opens the first of its pages that the role may see."""

    label: str | Promise
    icon: str
    tabs: tuple[Tab, ...]


RESULTS = (
    Tab(
        pgettext_lazy("tab", "Overview"),
        "measurement:results",
        Permission.SEE_RESULTS,
        also=("measurement:evidence", "measurement:orders"),
    ),
    Tab(pgettext_lazy("tab", "Over time"), "measurement:curve", Permission.SEE_RESULTS),
    Tab(_("Models"), "measurement:models", Permission.SEE_RESULTS),
    Tab(pgettext_lazy("tab", "Alliance"), "measurement:alliance", Permission.SEE_RESULTS),
    Tab(_("Estimated whole"), "measurement:whole", Permission.SEE_RESULTS),
    Tab(
        _("Experiments"),
        "measurement:experiments",
        Permission.SEE_RESULTS,
        also=("measurement:experiment", "measurement:new_experiment", "measurement:change_experiment"),
    ),
    Tab(
        _("Decision cycles"),
        "measurement:cycles",
        Permission.SEE_RESULTS,
        also=("measurement:cycle", "measurement:cycle_preview"),
    ),
)
CROWDS = (
    Tab(
        pgettext_lazy("tab", "Layers"),
        "measurement:crowds",
        Permission.SEE_RESULTS,
        also=("measurement:crowd_rule", "measurement:try_crowd_rule"),
    ),
    Tab(pgettext_lazy("tab", "Flow"), "measurement:flow", Permission.SEE_RESULTS),
    Tab(
        _("Audiences"),
        "measurement:audiences",
        Permission.SEE_RESULTS,
        also=("measurement:save_audience",),
    ),
    Tab(_("Empathy"), "measurement:empathy", Permission.SEE_RESULTS, also=("measurement:comments",)),
)
CAMPAIGNS = (
    Tab(pgettext_lazy("tab", "Performance"), "measurement:process", Permission.SEE_RESULTS),
    Tab(pgettext_lazy("tab", "Ripening"), "measurement:ripening", Permission.SEE_RESULTS),
    Tab(_("Waste and moves"), "measurement:moves", Permission.SEE_RESULTS),
    Tab(_("Who, what, where"), "measurement:matrix", Permission.SEE_RESULTS),
    Tab(pgettext_lazy("tab", "Live"), "measurement:live", Permission.SEE_RESULTS),
)
DATA = (
    Tab(_("Sources"), "measurement:data", Permission.SEE_DATA, also=("measurement:deliveries",)),
    Tab(_("Files"), "merchants:uploads", Permission.SEE_DATA),
    Tab(
        _("Products"),
        "measurement:products",
        Permission.SEE_DATA,
        also=("measurement:add_product", "measurement:change_product", "measurement:map_item"),
    ),
    Tab(_("Purpose and retention"), "measurement:keeping", Permission.SEE_DATA),
    Tab(_("Definitions"), "measurement:dictionary", Permission.SEE_RESULTS),
    Tab(_("Saved reports"), "measurement:saved", Permission.SEE_RESULTS, also=("measurement:digest",)),
)
LEAD_SOURCES = Tab(
    _("Sources of leads"),
    "lead_sources:sources",
    Permission.RUN_DESK,
    also=("lead_sources:source", "lead_sources:push", "lead_sources:open"),
)
INBOX = (Tab(_("Inbox"), "leads:inbox", Permission.SEE_DESK, also=("leads:conversation",)),)
LEADS = (
    Tab(
        pgettext_lazy("menu", "Leads"),
        "leads:leads",
        Permission.SEE_DESK,
        also=("leads:lead", "leads:redeem"),
    ),
    Tab(_("Calendar"), "leads:calendar", Permission.SEE_DESK, also=("leads:calendar_rule",)),
    Tab(_("Funnel"), "portal:funnel", Permission.SEE_DESK, also=("portal:funnel-rows",)),
    Tab(_("Costs per lead"), "portal:lead-costs", Permission.SEE_RESULTS),
    Tab(_("Duplicates"), "leads:duplicates", Permission.RUN_DESK, also=("leads:judge_pair",)),
    Tab(pgettext_lazy("menu", "Exports"), "leads:exports", Permission.EXPORT_DESK, also=("leads:export",)),
    Tab(pgettext_lazy("menu", "Alarms"), "leads:alarms", Permission.RUN_DESK, also=("leads:set_limits",)),
)
DESK = Tab(
    _("Desk"),
    "leads:desk",
    Permission.RUN_DESK,
    also=(
        "leads:add_agent",
        "leads:change_agent",
        "leads:agent_leaves",
        "leads:set_hours",
        "leads:set_policy",
    ),
)
DESK_LISTS = Tab(
    _("Snippets and stages"),
    "leads:lists",
    Permission.RUN_DESK,
    also=(
        "leads:add_snippet",
        "leads:change_snippet",
        "leads:add_stage",
        "leads:change_stage",
        "leads:add_reason",
        "leads:change_reason",
    ),
)
ONBOARDING = Tab(
    _("Onboarding"),
    "merchants:onboarding",
    Permission.APPLY,
    also=("merchants:describe", "merchants:answer_requirement"),
)
PAPERS = Tab(pgettext_lazy("menu", "Papers"), ONBOARDING.url_name, Permission.APPLY, also=ONBOARDING.also)
"""The same page for who was let in and sells nothing: papers that run out are renewed there."""
READINESS = Tab(
    _("Readiness"),
    "merchants:readiness",
    Permission.APPLY,
    also=("merchants:launch", "merchants:onboarding", "merchants:describe", "merchants:answer_requirement"),
)
PARTNERS = Tab(
    _("Partners"),
    "merchants:partners",
    Permission.AGREE,
    also=(
        "portal:shared",
        "merchants:offer_agreement",
        "merchants:blogger_profile",
        "merchants:partner_rates",
    ),
)
CLAIMS = Tab(
    pgettext_lazy("menu", "Claims"),
    "merchants:claims",
    Permission.AGREE,
    also=("merchants:make_claim", "merchants:open_dispute"),
)
MEMBERS = Tab(_("Settings"), "merchants:settings", Permission.MANAGE_MEMBERS)
SETTINGS = (
    MEMBERS,
    Tab(_("API quick start"), "merchants:quick_start", Permission.MANAGE_TOKENS),
    Tab(
        _("Webhooks"),
        "merchants:webhooks",
        Permission.MANAGE_TOKENS,
        also=(
            "merchants:webhook",
            "merchants:webhook_message",
            "merchants:add_webhook",
            "merchants:rotate_webhook",
        ),
    ),
    READINESS,
    PARTNERS,
    CLAIMS,
)
BRAND = (
    Entry(pgettext_lazy("menu", "Home"), "home", (Tab(pgettext_lazy("menu", "Home"), "portal:home"),)),
    Entry(_("Results"), "chart-bar", RESULTS),
    Entry(_("Crowds"), "users", CROWDS),
    Entry(_("Campaigns"), "note", CAMPAIGNS),
    Entry(_("Data"), "database", DATA),
    Entry(_("Settings"), "settings", SETTINGS),
)
SERVICE = (
    Entry(_("Inbox"), "message-circle", INBOX),
    Entry(pgettext_lazy("menu", "Leads"), "users", LEADS),
    Entry(
        _("Results"),
        "chart-bar",
        (Tab(pgettext_lazy("menu", "Home"), "portal:home", Permission.SEE_RESULTS), *RESULTS),
    ),
    Entry(_("Campaigns"), "note", (*CAMPAIGNS, *CROWDS)),
    Entry(_("Data"), "database", (LEAD_SOURCES, *DATA)),
    Entry(_("Settings"), "settings", (DESK, DESK_LISTS, *SETTINGS)),
)
AGENCY = (
    Entry(
        _("Bloggers"),
        "users",
        (
            Tab(
                _("Bloggers"),
                "portal:bloggers",
                Permission.SEE_RESULTS,
                also=("portal:blogger", "portal:shared"),
            ),
        ),
    ),
    Entry(_("Partners"), "link", (PARTNERS, CLAIMS)),
    Entry(_("Settings"), "settings", (MEMBERS, PAPERS)),
)
BLOGGER = (
    Entry(
        _("Cooperations"),
        "users",
        (
            Tab(_("Cooperations"), "portal:bloggers", Permission.SEE_RESULTS, also=("portal:shared",)),
            Tab(pgettext_lazy("blogger", "Record"), "portal:record", Permission.SEE_RESULTS),
        ),
    ),
    Entry(_("Rate card"), "note", (Tab(_("Rate card"), "merchants:rates", Permission.AGREE),)),
    *AGENCY[1:],
)
"""The menus of those who sell nothing themselves."""

APPLYING = (Entry(_("Onboarding"), "list-check", (ONBOARDING,)),)
"""The menu of a merchant that was not let in."""


def sections_of(kind: str) -> tuple[Entry, ...]:
    """The sections of a merchant's menu: who lives on consultations begins with the desk."""
    return {
        Merchant.Kind.SERVICE: SERVICE,
        Merchant.Kind.AGENCY: AGENCY,
        Merchant.Kind.BLOGGER: BLOGGER,
    }.get(Merchant.Kind(kind), BRAND)


@dataclass(frozen=True)
class Page:
    """A tab with its address at one merchant."""

    tab: Tab
    url: str


def pages(entry: Entry, permissions: frozenset[Permission], code: str) -> list[Page]:
    """The pages of a section that exist and that these permissions open, in order."""
    found = [
        Page(tab, _address(tab, code))
        for tab in entry.tabs
        if tab.permission is None or tab.permission in permissions
    ]
    return [page for page in found if page.url]


def active(path: str, page_name: str, shown: list[Page]) -> Page | None:
    """The page one is on: the one that says so, else the one at this address, else the nearest above it.

    The first page is the home, below which every page lies, so it is active only as itself.
    """
    for page in shown:
        if page_name == page.tab.url_name or page_name in page.tab.also or path == page.url:
            return page
    above = (page for page in shown[1:] if path.startswith(page.url))
    return max(above, key=lambda page: len(page.url), default=None)


def entry(membership: Membership) -> str:
    """Where a member begins: the desk for whom results are none of their business."""
    may = membership.permissions
    desk = Permission.SEE_RESULTS not in may and Permission.SEE_DESK in may
    return reverse("leads:inbox" if desk else "portal:home", args=[membership.merchant.code])


def _address(tab: Tab, code: str) -> str:
    """Where the page lies; empty while there is no such page."""
    try:
        return reverse(tab.url_name, args=[code])
    except NoReverseMatch:
        return ""


def _way_back(request: HttpRequest, code: str) -> dict[str, Any] | None:
    url = ways.way_back(request, code)
    name = ways.name_of(url) if url else ""
    if not name:
        return None
    tabs = [tab for entry in (*SERVICE, *BRAND) for tab in entry.tabs]
    labels = {tab.url_name: tab.label for tab in tabs}
    beside = {other: tab.label for tab in tabs for other in tab.also}
    return {
        "url": url,
        "label": labels.get(name) or BEHIND.get(name) or beside.get(name) or _("the page before"),
    }


BEHIND = {"measurement:orders": _("Orders"), "measurement:comments": _("Comments")}
REPORTS = frozenset(tab.url_name for tab in (*RESULTS, *CROWDS, *CAMPAIGNS)) | {"measurement:products"}
"""Pages whose whole state is their address: what is on the screen can be saved as a view."""


def menu(request: HttpRequest) -> dict[str, Any]:
    """``nav``: the sections of this request's merchant and role, `[{label, url, icon, active}]`; ``tabs``:
    the pages of the section one is in, `[{label, url, active}]`, none when it has but one; ``saveable``: the
    name of a report page that this person may save as it is, else empty; ``printable``: the name of a report page
    whose file this person may take away; ``way_back``: `{label, url}` of the page this one was opened from."""
    merchant, code = request.merchant, request.merchant.code
    entries = APPLYING if merchant.is_outside else sections_of(merchant.kind)
    sections = [(entry, pages(entry, request.permissions, code)) for entry in entries]
    sections = [(entry, shown) for entry, shown in sections if shown]
    page_name = request.resolver_match.view_name if request.resolver_match else ""
    here = active(request.path, page_name, [page for _entry, shown in sections for page in shown])
    inside = next((shown for _entry, shown in sections if here in shown), [])
    return {
        "nav": [
            {"label": entry.label, "url": shown[0].url, "icon": entry.icon, "active": here in shown}
            for entry, shown in sections
        ],
        "saveable": page_name if page_name in REPORTS and Permission.PLAN in request.permissions else "",
        "printable": page_name.partition(":")[2]
        if page_name in REPORTS and Permission.EXPORT in request.permissions
        else "",
        "way_back": _way_back(request, code),
        "tabs": [{"label": page.tab.label, "url": page.url, "active": page == here} for page in inside]
        if len(inside) > 1
        else [],
    }
