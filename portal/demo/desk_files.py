"""What leaves the studio's desk: two files somebody asked for, and an agent who looked at many phones."""

from __future__ import annotations

from leads.models import Agent, ContactDetail, Export
from leads.operations import contacts, exports
from leads.queries.asked import Asked
from leads.watching import REVEALS_AN_HOUR
from merchants import tenancy
from merchants.models import Merchant


def put(merchant: Merchant, owner: Agent, curious: Agent) -> None:
    """Once: a masked file and one with contacts of the owner's, and as many looks as raise an alarm."""
    with tenancy.acting_for(merchant):
        if Export.objects.for_merchant(merchant).exists():
            return
        details = list(ContactDetail.objects.for_merchant(merchant).order_by("-pk")[: REVEALS_AN_HOUR + 1])
    for detail in details:
        contacts.reveal(merchant, detail, by=f"user:{curious.user_id}")
    for kind, asked, reason in (
        (Export.Kind.CONSULTATIONS, Asked(), ""),
        (Export.Kind.LEADS, Asked(stage="qualified"), "本周回访"),
    ):
        row = exports.ask(
            merchant,
            owner.user,
            kind=kind,
            form=Export.Form.XLSX,
            asked=asked,
            language="zh-hans",
            with_contacts=bool(reason),
            reason=reason,
        )
        exports.write(merchant, row.pk)
