"""What codes of the desk are called."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from leads import house_rules
from leads.models import Appointment

STAGES: dict[str, Any] = {
    "new": pgettext_lazy("stage", "New"),
    "assigned": pgettext_lazy("stage", "Assigned"),
    "replied": pgettext_lazy("stage", "Answered once"),
    "qualified": pgettext_lazy("stage", "Valid"),
    "booked": pgettext_lazy("stage", "Booked"),
    "visited": pgettext_lazy("stage", "Visited"),
    "won": pgettext_lazy("stage", "Won"),
    "nurture": pgettext_lazy("stage", "To follow up"),
    "lost": pgettext_lazy("stage", "Lost"),
    "invalid": pgettext_lazy("stage", "Invalid"),
}
REASONS: dict[str, Any] = {
    "price": _("Price"),
    "chose_other": _("Chose another shop"),
    "no_answer": _("Answers no more"),
    "postponed": _("Put off"),
    "too_far": _("Too far"),
    "date_taken": _("No free date"),
    "other": _("Something else"),
    "spam": _("Spam"),
    "wrong_category": _("Wants something we do not offer"),
    "competitor": _("Competitor"),
    "duplicate": _("Duplicate"),
    "minor": _("Minor"),
    "empty_number": _("Number does not exist"),
    "denies": _("Says it left nothing"),
}
CHANGED: dict[str, Any] = {
    "name": _("Name"),
    "details": _("Contact details"),
    "landing_page_id": _("Landing page"),
    "page_url": _("Address of the page"),
    "form_id": _("Form"),
    "account_id": _("Account id"),
    "account_name": _("Account"),
    "campaign_id": _("Campaign id"),
    "campaign_name": _("Campaign"),
    "unit_id": _("Unit id"),
    "unit_name": _("Unit"),
    "creative_id": _("Creative id"),
    "keyword": _("Keyword"),
    "source_channel": _("Channel"),
    "platform_user_id": _("User of the platform"),
    "conversation_id": _("Conversation"),
    "note_id": _("Note id"),
    "live_room_id": _("Live room"),
}
"""What a source may tell otherwise later, besides the answers of a form."""
LACKS: dict[str, Any] = {
    "agent": _("an agent"),
    "reply": _("a reply by a human"),
    "reachable": _("a way to reach the person"),
    "category": _("the service that the person asks for"),
    "store": _("the store that it is for"),
    "appointment": _("an appointment"),
    "visit": _("a verified visit"),
    "deal": _("a deal with its value"),
    "reason": _("a reason"),
    "duplicate_of": _("the lead that it repeats"),
    "future_date": _("a day in the future for the next contact"),
    "deal_stands": _("that its deal is cancelled first"),
    "too_late": _("less than ten minutes since the move"),
    "taken_back": _("that it is the latest move"),
}
REFUSED: dict[str, Any] = {
    "stale": _("Somebody wrote meanwhile. Read it first; your text is still here."),
    "closed": _("This consultation has ended."),
    "empty": _("Nothing was written."),
    "taken": _("A colleague was quicker."),
    "full": _("That is as many at once as fit."),
    "left": _("This agent has left."),
    "ended_lead": _("This lead has ended."),
    "past": _("That time is over."),
    "booked": _("There is a standing appointment already."),
    "ended": _("This appointment stands no more."),
    "no_evidence": _("It needs an order number or evidence."),
    "standing": _("This lead has a deal already."),
    "amount": _("This amount makes no sense here."),
    "cancelled": _("This deal was cancelled."),
    "too_much": _("More than was agreed, or more back than was paid."),
    "unknown": _("Nobody has this code."),
    "moved": _("This appointment was moved to another time; its code is no longer taken."),
    "other_store": _("This code is for another store."),
    "early": _("This appointment is more than a day away."),
    "no_wording": _("Which version of the wording was agreed to?"),
    "future": _("That lies in the future."),
    "no_consent": _("There is no consent to revoke."),
    "guardian": _("Of a minor only a guardian's consent counts."),
    "no_reason": _("A cancellation needs a reason."),
    "not_begun": _("It has not begun yet: who has not come can still come."),
    "too_late": _("Ten minutes are over: this stands."),
}
WHY: dict[str, Any] = {
    "only": _("the only one who could take it"),
    "previous": _("answered this person before"),
    "lightest": _("had the least to do"),
    "longest_idle": _("waited longest since the last one"),
    "leaves": _("a colleague leaves"),
}
FAILS: dict[str, Any] = {
    "store": _("not for this store"),
    "skill": _("not for this service"),
    "shift": _("off shift"),
    "presence": _("not online"),
    "capacity": _("has as many as fit"),
    "excluded": _("had it and did not answer"),
}
HELPS: dict[str, Any] = {
    "presence": _("Quickest: ask %(names)s to come online."),
    "capacity": _("Quickest: close what %(names)s has finished, or raise how many fit on the page “Desk”."),
    "shift": _("Quickest: put %(names)s on shift on the page “Desk”."),
    "excluded": _("%(names)s had it and did not answer: ask, or hand it over by name."),
    "skill": _("Nobody who is here takes this service: give it to %(names)s on the page “Desk”."),
    "store": _("Nobody who is here answers for this store: give it to %(names)s on the page “Desk”."),
}
"""What would let somebody take it, by the nearest hindrance."""


def listed(names: Iterable[str]) -> str:
    """Names in a row."""
    return pgettext("between the things of a list", ", ").join(names)


REMINDER = pgettext_lazy(
    "to a customer",
    "Hello {name|there}, a reminder of your appointment at {store} on {time}. The code for your visit is {code}. "
    "If you cannot come, tell us and we find another time.",
)


def reminder(row: Appointment, text: str = "") -> str:
    """What a person may be told of their appointment, to copy or to send by hand; ``text`` is the merchant's
    own."""
    values = {
        "name": row.lead.contact.name,
        "store": row.store.name,
        "time": f"{timezone.localtime(row.starts_at):%m-%d %H:%M}",
        "code": row.code,
    }
    return house_rules.filled(text or str(REMINDER), values)


CARDS: dict[str, Any] = {"CARD_LEAD": _("Lead card"), "CARD_NAME": _("Name card")}
"""Kinds of the messages that say that a card was sent in the platform's tool."""


def kind(code: str) -> Any:
    """What stands for a message without words."""
    if code in CARDS:
        return _("%(card)s, sent in the platform's tool") % {"card": CARDS[code]}
    return _("A message of the kind %(kind)s; see it in the platform's tool") % {"kind": code}


RULES: dict[str, Any] = {
    "contact_in_text": _(
        "Contact details belong on the official card, not into the text: the platform penalises them."
    ),
    "unanswered": _(
        "%(messages)d messages without an answer, by guides of agencies: the platform counts more of them as "
        "harassment."
    ),
    "strangers": _(
        "This account has written to %(counted)d people today who had not written to it; by guides of agencies, "
        "more than about %(strangers)d a day are penalised."
    ),
}
STEPS: tuple[Any, ...] = (
    pgettext_lazy("funnel", "Enquiries"),
    pgettext_lazy("funnel", "Openings"),
    pgettext_lazy("funnel", "Leads"),
    pgettext_lazy("funnel", "Valid leads"),
    pgettext_lazy("funnel", "Visits"),
    pgettext_lazy("funnel", "Deals"),
)
TOLD: dict[int, Any] = {
    101: pgettext_lazy("feedback", "Form"),
    102: pgettext_lazy("feedback", "Valid form"),
    103: pgettext_lazy("feedback", "Phone"),
    104: pgettext_lazy("feedback", "Phone connected"),
    121: pgettext_lazy("feedback", "WeChat id copied"),
    122: pgettext_lazy("feedback", "WeChat added"),
    123: pgettext_lazy("feedback", "Registered"),
    124: pgettext_lazy("feedback", "Mini-app"),
    131: pgettext_lazy("feedback", "Identity verified"),
    141: pgettext_lazy("feedback", "Purchase"),
    200: pgettext_lazy("feedback", "Negative sample"),
    401: pgettext_lazy("feedback", "App opened"),
    402: pgettext_lazy("feedback", "App entered"),
    403: pgettext_lazy("feedback", "App used"),
    404: pgettext_lazy("feedback", "Paid in the app"),
}
"""What codes of the report-back list mean."""
NOT_OUT: dict[str, Any] = {
    "licence": _("A licence that backs this has run out: hand in the renewed one."),
    "no_source": _("No source of this kind is open."),
    "no_access": _("Its source was not given what it takes to tell it."),
    "unbound": _("The account has ended its binding with us."),
    "access": _("The source refuses what we log in with."),
    "not_mapped": _("Not mapped: not sent. The source's page lacks the number of this state."),
    "no_click": _("It is told of the ad's click, and the click of this lead is unknown."),
    "no_retract": _("This source takes nothing back."),
    "no_lead_id": _("The source's own id of this lead is unknown."),
    "before_lead": _("It happened before the lead began; the source drops such events."),
    "no_address": _("The ids of the person and of the account are unknown."),
    "address": _("The address is none of the source's own."),
    "paused": _("The operator has paused this platform for all merchants."),
}
"""Why something was not taken by its source."""


def not_out(why: str) -> Any:
    """The sentence of a code; the source's own words stand as they are."""
    if why.startswith("unreachable: "):
        return _("The source did not answer (%(why)s).") % {"why": why.removeprefix("unreachable: ")}
    return NOT_OUT.get(why, why)


def told(code: int | None, stage_code: str) -> Any:
    """What a piece of feedback says: its code's meaning, else the stage's name."""
    return TOLD[code] if code in TOLD else stage(stage_code)


def stage(code: str, label: str = "") -> Any:
    """The merchant's own name of a stage, else the usual one."""
    return label or STAGES.get(code, code)


PAIR_WHY: dict[str, Any] = {
    "detail": _("the same phone, WeChat id or address"),
    "phone": _("the same phone, WeChat id or address"),
    "wechat": _("the same phone, WeChat id or address"),
    "name": _("an alike name at one store within two days"),
}
MERGE_REFUSED: dict[str, Any] = {
    "same": _("These are one contact already."),
    "merged": _("One of them was merged with somebody else meanwhile."),
    "too_late": _("30 days are over: this merge stands."),
    "changed": _("This merge was taken back already."),
    "later": _("A later merge builds on this one: take that back first."),
}
