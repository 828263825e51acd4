"""What a delivery is, how it is judged, and the leads and messages it states."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from functools import reduce
from typing import Any, Protocol

from merchants.wire.times import iso_z

BODY_LIMIT = 1024 * 1024  # bytes; a lead has a few kilobytes


@dataclass(frozen=True, slots=True)
class Delivery:
    """One call of a source as it travelled. Names of ``headers`` are in lower case."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"
    path: str = ""
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a source and we share. ``tokens`` sign (two while one is being replaced), ``key_hex`` decrypts,
    ``verify_token`` answers the check of an address; ``labels`` says what the merchant's own labels mean, and
    ``automatic`` which of the source's own numbers for who wrote (``message_source``) stand for no human."""

    tokens: tuple[str, ...] = ()
    key_hex: str = ""
    verify_token: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    automatic: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a delivery is answered: the HTTP status, why (a code, empty when all is well), and the body."""

    status: int
    why: str = ""
    reply: Mapping[str, Any] | str = field(default_factory=dict)

    @property
    def kept(self) -> bool:
        """Whether there is something to store; the check of an address has nothing."""
        return self.status == 200 and not isinstance(self.reply, str)


@dataclass(frozen=True, slots=True)
class LeadFact:
    """A lead as its source states it. What the source does not tell is None.

    ``details`` are (kind, text) with kind phone (digits, without +86), wechat or email, in the order given;
    ``answers`` are the other questions of a form; ``stated_at`` is when the source said so.
    """

    platform: str
    external_id: str | None = None
    submitted_at: datetime | None = None
    stated_at: datetime | None = None
    name: str | None = None
    city: str | None = None
    details: tuple[tuple[str, str], ...] = ()
    answers: tuple[tuple[str, str | None], ...] = ()
    landing_page_id: str | None = None
    page_url: str | None = None
    form_id: str | None = None
    account_id: str | None = None
    account_name: str | None = None
    campaign_id: str | None = None
    campaign_name: str | None = None
    unit_id: str | None = None
    unit_name: str | None = None
    creative_id: str | None = None
    keyword: str | None = None
    source_channel: str | None = None
    platform_user_id: str | None = None
    conversation_id: str | None = None
    note_id: str | None = None
    live_room_id: str | None = None
    is_test: bool = False

    @property
    def key(self) -> str:
        """What makes two statements one lead: the source's id, else where, who, when and what. The time of
        sending is not in it, because it changes with each retry. It may hold contacts: it is never stored."""
        if self.external_id:
            return self.external_id
        told = [
            self.landing_page_id,
            self.form_id,
            self.platform_user_id,
            self.conversation_id,
            iso_z(self.submitted_at if self.submitted_at != self.stated_at else None),
            self.name,
            self.details,
            self.answers,
        ]
        return json.dumps(told, ensure_ascii=False)

    def detail(self, kind: str) -> str | None:
        """The first phone, WeChat id or e-mail address."""
        return next((text for one, text in self.details if one == kind), None)

    @property
    def origin(self) -> dict[str, str]:
        """What is known of how the person came; a missing name is unknown."""
        return {name: value for name in ORIGIN if (value := getattr(self, name)) is not None}


ORIGIN = (
    "landing_page_id",
    "page_url",
    "form_id",
    "account_id",
    "account_name",
    "campaign_id",
    "campaign_name",
    "unit_id",
    "unit_name",
    "creative_id",
    "keyword",
    "source_channel",
    "platform_user_id",
    "conversation_id",
    "note_id",
    "live_room_id",
)


USER, AGENT, BOT, AUTO = AUTHORS = ("user", "agent", "bot", "auto")


@dataclass(frozen=True, slots=True)
class MessageFact:
    """A private message. ``author`` is user, agent, bot or auto; ``user_id`` and ``nickname`` are the visitor's,
    whoever wrote. ``origin`` is what is told of how the visitor came, as of a lead."""

    message_id: str
    author: str
    user_id: str | None
    brand_id: str | None
    nickname: str | None
    type: str
    text: str
    sent_at: datetime | None
    origin: Mapping[str, str] = field(default_factory=dict)

    @property
    def from_user(self) -> bool:
        return self.author == USER


@dataclass(frozen=True, slots=True)
class AccountFact:
    """An account of the shop lets us read and answer its messages (``bound``), or does so no more."""

    user_id: str
    bound: bool
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a delivery or an answer states. ``problems`` are codes of what could not be read in it."""

    leads: tuple[LeadFact, ...] = ()
    messages: tuple[MessageFact, ...] = ()
    accounts: tuple[AccountFact, ...] = ()
    fetch: tuple[str, ...] = ()  # ids of leads whose contents are to be fetched
    problems: tuple[str, ...] = ()


class Channel(Protocol):
    """What a source's module gives."""

    def judge(self, delivery: Delivery, secrets: Secrets, now: datetime | None = None) -> Verdict:
        """How a delivery is answered; without ``now`` its age is not judged. Never raises."""

    def told(self, delivery: Delivery, secrets: Secrets) -> Told:
        """What a delivery that was judged good says; everything odd in it is read as unknown."""

    def signed(self, delivery: Delivery) -> bytes:
        """The exact bytes that the source's signature is made of."""


def combined(older: LeadFact, newer: LeadFact) -> LeadFact:
    """One lead of two statements: the newer one holds, but what it leaves out stays known."""
    kept = {
        one.name: getattr(older, one.name)
        for one in fields(LeadFact)
        if getattr(newer, one.name) in (None, ()) and getattr(older, one.name) not in (None, ())
    }
    return replace(newer, **kept)


def standing(facts: Iterable[LeadFact]) -> list[LeadFact]:
    """Each lead once, in the order of its first arrival, as its statements have it one upon the other, the
    latest last; of equal times, and where no time is told, in the order of their arrival."""
    found: dict[tuple[str, str], list[tuple[datetime, LeadFact]]] = {}
    for fact in facts:
        told = found.setdefault((fact.platform, fact.key), [])
        before = told[-1][0] if told else _LONG_AGO
        told.append((fact.stated_at or before, fact))
    return [
        reduce(combined, (fact for _, fact in sorted(told, key=lambda one: one[0])))
        for told in found.values()
    ]


_LONG_AGO = datetime.min.replace(tzinfo=UTC)
