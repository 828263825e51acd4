"""The letter to who applied, when a case is decided: approved, or what was refused and what to do about it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from merchants.letters import Letter, hand_over, link
from merchants.models import Membership, Merchant
from merchants.onboarding.cases import Case
from merchants.onboarding.requirements import trades
from merchants.onboarding.standing import State
from merchants.onboarding_forms import said
from merchants.queries import onboarding, requirement_sets
from merchants.reasons import REASONS, REFUSALS
from merchants.roles import OWNER


def concluded(merchant: Merchant, told: Mapping[str, Any], _version: int) -> None:
    """Writes to every owner in their language; told twice the letters have the same message id. Nothing goes out
    about a case that is another by now. Raises what the mail server's client raises: the outbox tries again."""
    case = onboarding.application_of(merchant)
    if case is None or (case.state, case.round) != (told["state"], told["round"]):
        return
    owners = Membership.objects.filter(merchant=merchant, role=OWNER.code).exclude(user__email=None)
    for owner in owners.select_related("user").order_by("pk"):
        with translation.override(owner.user.language or settings.LANGUAGE_CODE):
            number = f"case-{case.pk}-{case.version}-{owner.user_id}"
            letter = compose(merchant, Case(case.state), told.get("further", ()))
            hand_over(letter, to=[str(owner.user.email)], number=number)


def compose(merchant: Merchant, state: Case, further: Collection[str] = ()) -> Letter:
    """Inside the merchant's transaction, in the language that is set. ``further``: trades that a merchant which was
    let in had applied for."""
    case = onboarding.application_of(merchant)
    assert case is not None
    items = onboarding.items_of(merchant)
    asked = onboarding.asked_of(case, timezone.localdate()).requirements
    refused = []
    for one in asked:
        item = items.get(one.key)
        if item is not None and item.state == State.CHANGES_NEEDED:
            what, remedy = REASONS.get(item.reason, ("", ""))
            refused.append(
                {
                    "label": said(one.label),
                    "what": what,
                    "remedy": remedy,
                    "note": item.note,
                    "example": said(one.example),
                }
            )
    approved = state == Case.APPROVED
    page = "portal:home" if approved else "merchants:onboarding"
    words = trades(requirement_sets.in_force(timezone.localdate()))
    named = ", ".join(said(words[code]) if code in words else code for code in further)
    context = {
        "merchant": merchant,
        "further": named,
        "approved": approved,
        "refusal": REFUSALS.get(case.refusal) if state == Case.REFUSED else None,
        "note": case.refusal_note,
        "final": case.is_final,
        "refused": refused,
        "url": link(merchant, page),
    }
    if state == Case.REFUSED:
        subject = _("%(merchant)s: the application is refused")
    elif not approved:
        subject = _("%(merchant)s: some answers need changes")
    elif further:
        subject = _("%(merchant)s is approved for %(what)s")
    else:
        subject = _("%(merchant)s is approved")
    return Letter(
        subject=subject % {"merchant": merchant.name, "what": named},
        text=render_to_string("merchants/letters/concluded.txt", context),
        html=render_to_string("merchants/letters/concluded.html", context),
    )
