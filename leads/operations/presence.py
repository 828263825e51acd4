"""Who is really there: an agent says so, and a page of the desk that is open shows it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db.models import Q

from leads.models import Agent
from merchants.models import Merchant

WRITTEN_EVERY = timedelta(seconds=20)  # as often as an open inbox looks by itself
GONE_AFTER = timedelta(minutes=3)  # browsers slow a page in the background down to one look a minute


def is_here(agent: Agent, now: datetime) -> bool:
    """Whether the agent can be given something: said to be online, and a page has looked lately. A closed laptop
    is not there, and is again as soon as its page looks again."""
    lately = agent.seen_at is None or now - agent.seen_at <= GONE_AFTER
    return agent.presence == Agent.Presence.ONLINE and lately


def looked(merchant: Merchant, agent: Agent, *, now: datetime | None = None) -> None:
    """A page of the desk looked for the agent; written down every now and then."""
    moment = now or datetime.now(UTC)
    stale = Q(seen_at=None) | Q(seen_at__lt=moment - WRITTEN_EVERY)
    Agent.objects.for_merchant(merchant).filter(stale, pk=agent.pk).update(seen_at=moment)
