"""A desk to test with: a merchant with a store, agents, and people who ask."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from leads.models import Agent, Consultation, Feedback, Lead, Letter
from leads.operations import exports, sessions, setup, sources
from leads.queries.asked import Asked
from merchants import tenancy
from merchants.models import Archive, Membership, Merchant, Store, User, WebhookEndpoint, WebhookMessage

SHANGHAI = ZoneInfo("Asia/Shanghai")
BY = "user:1"
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=SHANGHAI)  # a Wednesday, within 09:00 to 23:00
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=n) for n in (1, 60, 3600, 86_400))
_NUMBERS = count(1)


class Desk:
    """``ask`` brings in a person's message through the product's own door."""

    def __init__(self, merchant: Merchant) -> None:
        self.merchant = merchant
        setup.ensure(merchant)
        with tenancy.acting_for(merchant):
            self.store, _ = Store.objects.get_or_create(
                merchant=merchant, code="sea", defaults={"name": "Sea studio"}
            )

    def agent(self, name: str, **fields: Any) -> Agent:
        user = User.objects.create(username=f"{name}-{self.merchant.code}")
        Membership.objects.create(user=user, merchant=self.merchant, role="agent")
        return setup.set_agent(
            self.merchant, user=user, name=name, by=BY, **({"presence": "online"} | fields)
        )

    def say(self, who: str, text: str = "hello", *, at: datetime = NOON, **fields: Any) -> Consultation:
        """A message of a conversation named after the person; the session it belongs to."""
        stated = {
            "source": "xiaohongshu_im",
            "conversation": f"with {who}",
            "message_id": f"m{next(_NUMBERS)}",
            "platform_user": who,
            "received_at": at + SECOND,
        }
        message = sessions.take_message(self.merchant, text=text, sent_at=at, by=BY, **(stated | fields))
        found: Consultation = message.session
        return found

    def fresh(self, session: Consultation) -> Consultation:
        with tenancy.acting_for(self.merchant):
            found: Consultation = Consultation.objects.get(pk=session.pk)
            return found

    def lead_of(self, session: Consultation) -> Lead:
        with tenancy.acting_for(self.merchant):
            found: Lead = (
                Lead.objects.select_related("stage", "contact")
                .filter(conversation_id=session.conversation_id)
                .latest("pk")
            )
            return found


def busy_desk(merchant: Merchant) -> None:
    """A desk with something of everything that goes out, is pulled or written: a message, feedback, a source, an
    export, a file of everything, a letter, a webhook."""
    desk = Desk(merchant)
    lead = desk.lead_of(desk.say("ann"))
    Feedback.objects.create(merchant=merchant, lead=lead, code=200, happened_at=NOON, expires_at=NOON)
    sources.open_source(merchant, channel="feiyu", name="Feiyu", by=BY)
    person = desk.agent("lin").user
    exports.ask(merchant, person, kind="leads", form="csv", asked=Asked(), language="en")
    Letter.objects.create(
        merchant=merchant, kind="shift", about="2026-11-25", person=person, next_at=NOON, written_at=NOON
    )
    Archive.objects.create(merchant=merchant, asked_at=NOON, touched_at=NOON)
    listener = WebhookEndpoint.objects.create(merchant=merchant, url="x", kinds=[], sealed=b"sealed")
    WebhookMessage.objects.create(merchant=merchant, endpoint=listener, kind="lead.moved", body="{}")
