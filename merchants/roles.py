"""Roles as code: who may do what. Tests repeat the table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    SEE_RESULTS = "see_results"
    SEE_EVIDENCE = "see_evidence"  # one order with its journey
    SEE_DATA = "see_data"
    BRING_DATA = "bring_data"
    EXPORT = "export"
    SET_RULES = "set_rules"  # decision cycles, margins, mapping of products
    PLAN = "plan"  # moves, experiments, audiences, annotations, saved reports, corrected labels
    MANAGE_MEMBERS = "manage_members"
    APPLY = "apply"  # describe the business, hand in papers, submit them
    MANAGE_TOKENS = "manage_tokens"
    AGREE = "agree"  # bindings and cooperations: who may see which figures
    SEE_TRAIL = "see_trail"
    SEE_DESK = "see_desk"  # consultations, leads and their funnel; contacts masked
    ANSWER = "answer"  # reply, move stages, book, close deals
    REVEAL_CONTACT = "reveal_contact"  # one phone or WeChat id in the clear; each look is in the trail
    RUN_DESK = "run_desk"  # agents, hours, policies, merges, handovers
    EXPORT_EVERYTHING = "export_everything"  # all rows of the merchant as one file
    EXPORT_DESK = "export_desk"  # consultations, leads and messages as files


@dataclass(frozen=True, slots=True)
class Role:
    code: str
    name: Any
    permissions: frozenset[Permission]


_READ = frozenset({Permission.SEE_RESULTS, Permission.SEE_DATA})
OWNER = Role("owner", _("Owner"), frozenset(Permission))
MARKETING = Role(
    "marketing",
    _("Marketing"),
    _READ
    | {
        Permission.SEE_EVIDENCE,
        Permission.BRING_DATA,
        Permission.EXPORT,
        Permission.SET_RULES,
        Permission.PLAN,
        Permission.AGREE,
    },
)
FINANCE = Role(
    "finance", _("Finance"), _READ | {Permission.SEE_EVIDENCE, Permission.EXPORT, Permission.SEE_TRAIL}
)
ANALYST = Role("analyst", _("Analyst"), _READ | {Permission.EXPORT})  # figures and files, no single person
VIEWER = Role("viewer", _("Viewer"), _READ)
_DESK = frozenset({Permission.SEE_DESK, Permission.ANSWER, Permission.REVEAL_CONTACT})
AGENT = Role("agent", _("Consultation agent"), _DESK)
MANAGER = Role(
    "manager",
    _("Shop manager"),
    _DESK
    | _READ
    | {
        Permission.RUN_DESK,
        Permission.EXPORT_DESK,
        Permission.BRING_DATA,
        Permission.EXPORT,
        Permission.SEE_TRAIL,
    },
)
OF_STORES = frozenset({AGENT.code, MANAGER.code})
"""Roles whose members can be kept to some stores."""

WITHIN_STORES = _DESK | {Permission.EXPORT_DESK}
"""What somebody who is kept to some stores may do at most: what the desk can show of a store by itself. Figures, data,
agents, hours and merges are of the whole merchant."""

ROLES = (OWNER, MARKETING, FINANCE, ANALYST, VIEWER, AGENT, MANAGER)
BY_CODE = {role.code: role for role in ROLES}


def permissions_of(role_code: str, *, kept_to_stores: bool = False) -> frozenset[Permission]:
    """What a role may do; an unknown role may do nothing."""
    role = BY_CODE.get(role_code)
    may = role.permissions if role else frozenset()
    return may & WITHIN_STORES if kept_to_stores else may
