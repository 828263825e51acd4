"""What the letter of an invitation says."""

from __future__ import annotations

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from merchants.letters import Letter, hand_over
from merchants.models import Invite
from merchants.roles import BY_CODE


def post(invite: Invite, secret: str, *, inviter: str) -> None:
    """Sends it in the language of who invites. Raises what ``letters.hand_over`` raises."""
    merchant = invite.merchant
    context = {
        "merchant": merchant,
        "invite": invite,
        "role": BY_CODE[invite.role].name,
        "inviter": inviter,
        "url": settings.SITE_URL + reverse("joining:page", args=[merchant.code, secret]),
    }
    letter = Letter(
        subject=_("%(inviter)s invites you to %(merchant)s")
        % {"inviter": inviter, "merchant": merchant.name},
        text=render_to_string("merchants/letters/invitation.txt", context),
        html=render_to_string("merchants/letters/invitation.html", context),
    )
    hand_over(letter, to=[invite.email], number=f"invitation-{invite.pk}-{invite.sent_at:%Y%m%d%H%M%S}")
