"""Requirement sets: what is asked of whom, as versioned data.

A set names the country, the categories and the legal forms it applies to, the day from which it holds, and its
requirements. Requirements of one ``any_of`` group are alternatives of each other. Each states the capability
that it blocks, where the rule was read and when. Published sets never change; another version takes over on its
day. A checklist, not legal advice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from merchants.onboarding.checks import FAULTS, valid_until

Words = Mapping[str, str]
"""A text in each language, under ``zh-hans`` and ``en``."""

LANGUAGES = ("zh-hans", "en")
PAPERS = ("pdf", "jpg", "png", "webp")


class Kind(StrEnum):
    COMPUTED = "computed"  # told by figures that Seedbed has
    ATTESTED = "attested"  # the merchant says so
    VERIFIED = "verified"  # a reviewer has seen the proof


class Capability(StrEnum):
    GO_LIVE = "go_live"
    RECEIVE_LEADS = "receive_leads"
    ASSIGN_LEADS = "assign_leads"
    REPORT_BACK = "report_back"
    SELL = "sell"
    REPRESENT = "represent"  # an agency for its bloggers


class Form(StrEnum):
    PERSON = "person"
    SELF_EMPLOYED = "self_employed"
    COMPANY = "company"


class Brand(StrEnum):
    OWN = "own"
    EXCLUSIVE = "exclusive"
    AUTHORISED = "authorised"
    NONE = "none"


class Portal(StrEnum):
    """Which portal the merchants of a trade get."""

    BRAND = "brand"
    SERVICE = "service"  # sells by consultation
    AGENCY = "agency"
    BLOGGER = "blogger"


SELLS_NOTHING = (Portal.AGENCY, Portal.BLOGGER)


class Stage(StrEnum):
    ENTRY = "entry"  # asked on the way in
    LAUNCH = "launch"  # asked before a category is launched


class Invalid(ValueError):
    """A set that cannot be used: ``path`` says where, the text why and what would be right."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path, self.why = path, why


@dataclass(frozen=True, slots=True)
class Field:
    key: str
    type: str
    label: Words
    allow_permanent: bool = False

    def fault(self, text: str) -> str:
        """The code of what is wrong with an answer; empty if nothing."""
        if self.allow_permanent and text == "permanent":
            return ""
        return FAULTS[self.type](text)


@dataclass(frozen=True, slots=True)
class Expiry:
    """``field`` holds the last day; reminders come so many days before it, and so many days after it the
    capabilities are restricted."""

    field: str
    remind_days: tuple[int, ...] = (60, 30, 7, 1)
    grace_days: int = 7


@dataclass(frozen=True, slots=True)
class Requirement:
    """``example`` tells what a good answer looks like; ``costs`` whether somebody charges for it, ``amount_fen``
    how much: None where no source tells, until the operator writes it into a version of their own. ``brands`` or
    ``forms`` empty: of whoever; ``deadline_days``: due so long after the set begins to hold for a merchant that
    is live, None for at once; ``rule`` names the figure of a computed one and ``limit`` its bound as ``<= 0.05``;
    ``area`` is the part of readiness it belongs to; ``holds_from`` the day on which its set began to hold."""

    key: str
    kind: Kind
    label: Words
    why: Words
    source: str
    source_date: date
    blocks: tuple[Capability, ...]
    fields: tuple[Field, ...] = ()
    accept: tuple[str, ...] = ()
    max_mb: int = 10
    any_of: str = ""
    brands: tuple[Brand, ...] = ()
    forms: tuple[Form, ...] = ()
    deadline_days: int | None = None
    expiry: Expiry | None = None
    eyes: int = 1
    reasons: tuple[str, ...] = ()
    rule: str = ""
    limit: str = ""
    area: str = ""
    example: Words = field(default_factory=dict)
    costs: bool = False
    amount_fen: int | None = None
    holds_from: date = date.min

    def faults(self, values: Mapping[str, str], today: date) -> dict[str, str]:
        """What is wrong with an answer, as a code by field; ``past`` for a proof that has run out."""
        found = {field.key: field.fault(values.get(field.key, "")) for field in self.fields}
        if self.expiry and not found[self.expiry.field]:
            last = valid_until(values[self.expiry.field])
            found[self.expiry.field] = "past" if last is not None and last < today else ""
        return {key: code for key, code in found.items() if code}


@dataclass(frozen=True, slots=True)
class RequirementSet:
    """``alone``: asked in place of the sets without categories, which are asked of everybody else. ``portal``: what
    the merchants of its categories get."""

    code: str
    version: date
    starts_on: date
    label: Words
    country: str
    categories: tuple[str, ...]
    forms: tuple[Form, ...]
    requirements: tuple[Requirement, ...]
    stage: Stage = Stage.ENTRY
    alone: bool = False
    portal: Portal = Portal.BRAND

    def applies(self, about: Applicant) -> bool:
        return (
            about.country == self.country
            and about.form in self.forms
            and (not self.categories or not about.categories.isdisjoint(self.categories))
        )


@dataclass(frozen=True, slots=True)
class Applicant:
    """What decides which requirements hold: where, in which legal form, in which trades, with whose brand."""

    country: str
    form: Form
    categories: frozenset[str]
    brand: Brand


def in_force(sets: Iterable[RequirementSet], day: date) -> list[RequirementSet]:
    """The latest version of each set that holds on a day, by code."""
    latest: dict[str, RequirementSet] = {}
    for one in sets:
        known = latest.get(one.code)
        if one.starts_on <= day and (known is None or known.starts_on <= one.starts_on):
            latest[one.code] = one
    return [latest[code] for code in sorted(latest)]


def to_come(sets: Iterable[RequirementSet], day: date) -> list[RequirementSet]:
    """Versions that begin to hold later, the next one first."""
    return sorted((one for one in sets if one.starts_on > day), key=lambda one: (one.starts_on, one.code))


def trades(sets: Iterable[RequirementSet]) -> dict[str, Words]:
    """The trades one can apply for, each with the label of the first set that names it."""
    found: dict[str, Words] = {}
    for one in sets:
        for code in one.categories:
            found.setdefault(code, one.label)
    return found


def portals(sets: Iterable[RequirementSet]) -> dict[str, Portal]:
    """The portal of each trade, as the first set that names the trade says."""
    found: dict[str, Portal] = {}
    for one in sets:
        for code in one.categories:
            found.setdefault(code, one.portal)
    return found


def closed_trades(sets: Iterable[RequirementSet], about: Applicant) -> list[str]:
    """Trades of an applicant that no set opens to their legal form: nothing would be asked of them there."""
    open_to = {code for one in sets if one.applies(about) for code in one.categories}
    return sorted(about.categories - open_to)


def applying(sets: Iterable[RequirementSet], about: Applicant) -> list[RequirementSet]:
    """The sets that hold for an applicant."""
    found = [one for one in sets if one.applies(about)]
    alone = any(one.alone for one in found)
    return [one for one in found if one.categories or not alone]


def asked(sets: Iterable[RequirementSet], about: Applicant) -> list[Requirement]:
    """What is asked of an applicant. One answer satisfies every set that asks for the same key; the stricter
    number of eyes holds, and every capability that any of them blocks."""
    found: dict[str, Requirement] = {}
    for one in applying(sets, about):
        for requirement in one.requirements:
            if about.brand not in (requirement.brands or Brand) or about.form not in (
                requirement.forms or Form
            ):
                continue
            dated = replace(requirement, holds_from=one.starts_on)
            known = found.get(requirement.key)
            found[requirement.key] = dated if known is None else _both(known, dated)
    return list(found.values())


def _both(one: Requirement, other: Requirement) -> Requirement:
    blocks = tuple(dict.fromkeys((*one.blocks, *other.blocks)))
    deadlines = [days for days in (one.deadline_days, other.deadline_days) if days is not None]
    at_once = None in (one.deadline_days, other.deadline_days)
    return replace(
        one,
        blocks=blocks,
        eyes=max(one.eyes, other.eyes),
        deadline_days=None if at_once else min(deadlines),
        holds_from=min(one.holds_from, other.holds_from),
    )


def differ(one: Requirement, other: Requirement) -> bool:
    """Whether they ask for something else, whenever they hold and wherever they were read."""
    return replace(one, holds_from=other.holds_from, source="", source_date=date.min) != replace(
        other, source="", source_date=date.min
    )
