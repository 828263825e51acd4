"""The rows of an export, batch by batch, the newest first: one each, with the words of the screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from leads import arrival_words, duplicates, sealing, words
from leads.models import ContactDetail, Export
from leads.queries import asked as lists
from leads.queries import privacy
from leads.queries.asked import Asked
from merchants.models import Merchant

BATCH = 500


@dataclass(frozen=True, slots=True)
class Asking:
    """What is exported for whom; ``contacts`` are those that the searched text finds as a phone, ``clear`` whether
    phones and ids stand there as they are."""

    merchant: Merchant
    kind: str
    asked: Asked
    contacts: Sequence[int]
    clear: bool


@dataclass(frozen=True, slots=True)
class Column:
    name: Any
    cell: Callable[[Asking, Any], str]


def total(asking: Asking) -> int:
    """How many rows there are now; more may come, and they do not count."""
    return int(_rows(asking).count())


def left_out(asking: Asking) -> int:
    """How many messages the list has that no file may hold."""
    if asking.kind != Export.Kind.MESSAGES:
        return 0
    return int(lists.messages(asking.merchant, asking.asked).count()) - total(asking)


def heads(asking: Asking) -> list[str]:
    return [str(column.name) for column in COLUMNS[asking.kind]]


def batch(asking: Asking, below: int | None) -> tuple[list[list[str]], int | None]:
    """The next rows whose numbers are smaller than ``below`` (None: from the newest on), and the smallest
    number of them, None when there are none. So each row is read once, as it stands then, whatever happens to
    the list meanwhile."""
    rows = _rows(asking)
    if below is not None:
        rows = rows.filter(pk__lt=below)
    found = list(_with_relations(asking.kind, rows).order_by("-pk")[:BATCH])
    cells = [[column.cell(asking, row) for column in COLUMNS[asking.kind]] for row in found]
    return cells, found[-1].pk if found else None


def _rows(asking: Asking) -> Any:
    match asking.kind:
        case Export.Kind.LEADS:
            return lists.leads(asking.merchant, asking.asked, contacts=asking.contacts)
        case Export.Kind.CONSULTATIONS:
            return lists.consultations(asking.merchant, asking.asked)
    return privacy.exportable(lists.messages(asking.merchant, asking.asked))


def _with_relations(kind: str, rows: Any) -> Any:
    match kind:
        case Export.Kind.LEADS:
            rows = rows.select_related("contact", "stage", "store", "agent", "reason")
            return rows.prefetch_related("contact__details", "deals")
        case Export.Kind.CONSULTATIONS:
            rows = rows.select_related("conversation", "contact", "store", "agent")
            return rows.prefetch_related("contact__details")
    return rows.select_related("conversation__contact", "session", "agent").order_by()


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _time(name: str) -> Callable[[Asking, Any], str]:
    def cell(asking: Asking, row: Any) -> str:
        """With its distance from Greenwich, so that no reader has to guess whose clock it is."""
        at: datetime | date | None = getattr(row, name)
        if isinstance(at, datetime):
            return at.astimezone(ZoneInfo(asking.merchant.time_zone)).isoformat(" ", "seconds")
        return _text(at)

    return cell


def _plain(*names: str) -> Callable[[Asking, Any], str]:
    """A value of the row, or of what it points at; nothing where something on the way is missing."""

    def cell(asking: Asking, row: Any) -> str:
        for name in names:
            row = getattr(row, name, None)
        return _text(row)

    return cell


def _reach(kind: str) -> Callable[[Asking, Any], str]:
    def cell(asking: Asking, row: Any) -> str:
        details: list[ContactDetail] = [one for one in row.contact.details.all() if one.kind == kind]
        found = sorted(details, key=lambda one: one.pk)
        if asking.clear:
            return "; ".join(sealing.unseal(asking.merchant, kind, one.sealed) for one in found)
        return "; ".join(one.masked for one in found)

    return cell


def _origin(*names: str) -> Callable[[Asking, Any], str]:
    """The first of these that the source told, of the row or of its conversation."""

    def cell(asking: Asking, row: Any) -> str:
        told = row.origin if hasattr(row, "origin") else row.conversation.origin
        return next((_text(told[name]) for name in names if told.get(name)), "")

    return cell


def _label(name: str) -> Callable[[Asking, Any], str]:
    def cell(asking: Asking, row: Any) -> str:
        return str(getattr(row, f"get_{name}_display")())

    return cell


def _source(asking: Asking, row: Any) -> str:
    return arrival_words.source(row.source if hasattr(row, "source") else row.conversation.source)


def _stage(asking: Asking, row: Any) -> str:
    return str(words.stage(row.stage.code, row.stage.label))


def _reason(asking: Asking, row: Any) -> str:
    if row.reason is None:
        return ""
    return str(row.reason.label or words.REASONS.get(row.reason.code, row.reason.code))


def _deal(asking: Asking, row: Any) -> str:
    """The agreed value of the standing deal in yuan."""
    standing = [deal.fen for deal in row.deals.all() if deal.cancelled_at is None]
    return f"{Decimal(standing[0]) / 100:.2f}" if standing else ""


def _words(asking: Asking, row: Any) -> str:
    said = sealing.unseal(asking.merchant, "message", row.sealed)
    return said if asking.clear else duplicates.without_numbers(said)


_REACHED = (
    Column(_("Phone"), _reach("phone")),
    Column(_("WeChat"), _reach("wechat")),
    Column(_("E-mail"), _reach("email")),
)
COLUMNS: dict[str, tuple[Column, ...]] = {
    Export.Kind.LEADS: (
        Column(_("Lead"), _plain("pk")),
        Column(_("Source"), _source),
        Column(_("Id at the source"), _plain("external_id")),
        Column(_("Name"), _plain("contact", "name")),
        Column(_("City"), _plain("contact", "city")),
        *_REACHED,
        Column(pgettext_lazy("pipeline", "Stage"), _stage),
        Column(_("In this stage since"), _time("staged_at")),
        Column(_("Reason of an end"), _reason),
        Column(_("Store"), _plain("store", "name")),
        Column(_("Agent"), _plain("agent", "name")),
        Column(_("Began"), _time("began_at")),
        Column(_("Contact left"), _time("left_at")),
        Column(_("Valid since"), _time("valid_at")),
        Column(pgettext_lazy("lead", "Visited"), _time("visited_at")),
        Column(pgettext_lazy("lead", "Deal"), _time("won_at")),
        Column(_("Agreed value (yuan)"), _deal),
        Column(_("Next contact on"), _time("next_contact_on")),
        Column(_("Note id"), _plain("note_id")),
        Column(pgettext_lazy("content", "Note"), _origin("note_title")),
        Column(_("Campaign id"), _plain("campaign_id")),
        Column(_("Campaign"), _origin("campaign_name")),
    ),
    Export.Kind.CONSULTATIONS: (
        Column(_("Consultation"), _plain("pk")),
        Column(_("Conversation at the source"), _plain("conversation", "external_id")),
        Column(_("Session"), _plain("number")),
        Column(_("Kind"), _label("kind")),
        Column(_("Source"), _source),
        Column(_("Name"), _plain("contact", "name")),
        *_REACHED,
        Column(_("State"), _label("state")),
        Column(_("Store"), _plain("store", "name")),
        Column(_("Agent"), _plain("agent", "name")),
        Column(_("Enquired"), _time("enquired_at")),
        Column(_("First message"), _time("opened_at")),
        Column(_("To be answered by"), _time("due_at")),
        Column(_("First automatic reply"), _time("first_auto_reply_at")),
        Column(_("First reply by a human"), _time("first_human_reply_at")),
        Column(_("Seconds by the calendar"), _plain("calendar_seconds")),
        Column(_("Seconds of service"), _plain("service_seconds")),
        Column(_("Answered in time"), _label("result")),
        Column(_("Closed"), _time("closed_at")),
        Column(pgettext_lazy("content", "Note"), _origin("note_title", "note_id")),
        Column(_("Campaign"), _origin("campaign_name", "campaign_id")),
    ),
    Export.Kind.MESSAGES: (
        Column(pgettext_lazy("desk", "Message"), _plain("pk")),
        Column(_("Sent"), _time("sent_at")),
        Column(_("Conversation at the source"), _plain("conversation", "external_id")),
        Column(_("Session"), _plain("session", "number")),
        Column(_("Source"), _source),
        Column(_("Name"), _plain("conversation", "contact", "name")),
        Column(pgettext_lazy("message", "By"), _label("author")),
        Column(_("Agent"), _plain("agent", "name")),
        Column(_("Kind"), _plain("kind")),
        Column(_("Words"), _words),
        Column(_("Delivery"), _label("delivery")),
    ),
}
"""What stands in each row, by kind of export."""
