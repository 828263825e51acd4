"""Who may do what, written down a second time: a role that gains or loses something must be meant."""

from __future__ import annotations

from merchants.roles import ROLES, Permission, permissions_of

MAY = {
    "owner": {
        "see_results", "see_evidence", "see_data", "bring_data", "export", "set_rules", "plan", "manage_members",
        "apply", "manage_tokens", "agree", "see_trail", "see_desk", "answer", "reveal_contact", "run_desk",
        "export_desk", "export_everything",
    },
    "marketing": {"see_results", "see_evidence", "see_data", "bring_data", "export", "set_rules", "plan", "agree"},
    "finance": {"see_results", "see_evidence", "see_data", "export", "see_trail"},
    "analyst": {"see_results", "see_data", "export"},
    "viewer": {"see_results", "see_data"},
    "agent": {"see_desk", "answer", "reveal_contact"},
    "manager": {
        "see_results", "see_data", "bring_data", "export", "see_trail", "see_desk", "answer", "reveal_contact",
        "run_desk", "export_desk",
    },
}  # fmt: skip


def test_each_role_may_do_what_is_written_here_and_no_more() -> None:
    assert {role.code: {str(one) for one in role.permissions} for role in ROLES} == MAY


def test_an_owner_may_do_everything_and_an_unknown_role_nothing() -> None:
    assert permissions_of("owner") == frozenset(Permission)
    assert permissions_of("nobody") == frozenset()
