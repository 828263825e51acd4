"""A message of ours that its source tells us of: one message, whichever of the two we hear of first.

The source's answer to a sending names no id of its own (the sheet: ``code``, ``msg``, ``success``), so the two
are known as one by the number that we sent, where the source repeats it, else by what was said, to whom and when.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from leads import sealing
from leads.models import Conversation, Message
from merchants.models import Merchant
from merchants.tenancy import MerchantQuerySet

OURS = "ours:"  # before the numbers of what we write ourselves
BEFORE = timedelta(minutes=1)  # by which the source's clock may lie behind ours
AFTER = timedelta(minutes=15)  # a reply is tried for eight minutes; a copied one is noted soon
Delivery = Message.Delivery


def later(
    merchant: Merchant, thread: Conversation, *, message_id: str, text: str, kind: str, at: datetime
) -> Message | None:
    """Our message that the source tells of now; it is marked, and was sent whatever became of its sending. The
    oldest of alike ones is taken: they go out in their order."""
    mine = Message.objects.for_merchant(merchant).filter(
        conversation=thread, source=thread.source, external_id__startswith=OURS
    )
    row = mine.filter(external_id=f"{OURS}{message_id}").first() or _alike(
        merchant,
        mine.filter(pushed_as="", sent_at__range=(at - AFTER, at + BEFORE)),
        text=text,
        kind=kind,
    )
    if row is None:
        return None
    row.pushed_as = message_id
    if row.delivery != Delivery.COPIED:
        row.delivery, row.next_at, row.error = Delivery.SENT, None, ""
    row.save(update_fields=["pushed_as", "delivery", "next_at", "error"])
    return row


def earlier(
    merchant: Merchant, thread: Conversation, *, text: str, kind: str, at: datetime
) -> Message | None:
    """What the source told of before the agent noted it: written by somebody in its own tool."""
    told = Message.objects.for_merchant(merchant).filter(
        conversation=thread,
        author=Message.Author.AGENT,
        agent=None,
        delivery=Delivery.RECEIVED,
        sent_at__range=(at - AFTER, at + BEFORE),
    )
    return _alike(merchant, told, text=text, kind=kind)


def known(merchant: Merchant, source: str, message_id: str) -> Message | None:
    """The message that the source has told of under this id."""
    rows = Message.objects.for_merchant(merchant).filter(source=source)
    found: Message | None = (
        rows.filter(external_id=message_id).first() or rows.filter(pushed_as=message_id).first()
    )
    return found


def _alike(merchant: Merchant, rows: MerchantQuerySet[Message], *, text: str, kind: str) -> Message | None:
    """The oldest with these words; cards have none, and are alike as cards."""
    for row in rows.select_for_update(of=("self",)).order_by("sent_at", "pk"):
        same = _is_card(row.kind) == _is_card(kind) and (
            _is_card(kind) or (row.kind == kind and _words(merchant, row) == text.strip())
        )
        if same:
            found: Message = row
            return found
    return None


def _is_card(kind: str) -> bool:
    return "CARD" in kind.upper()


def _words(merchant: Merchant, row: Message) -> str:
    return sealing.unseal(merchant, "message", row.sealed).strip() if row.blanked_at is None else ""
