"""What the messages of a session say, whatever the order in which they arrived."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

USER, AGENT = "user", "agent"


@dataclass(frozen=True, slots=True)
class Told:
    """``opened_at``: the person's first message; replies count from then on, so what an agent wrote before
    was no answer. ``waiting_since``: the first message that no human has answered yet."""

    began_at: datetime
    last_at: datetime
    opened_at: datetime | None
    first_human_at: datetime | None
    first_auto_at: datetime | None
    waiting_since: datetime | None


def told(messages: Iterable[tuple[str, datetime]]) -> Told:
    """Reads authors (user, agent, bot, auto) and times of at least one message. Bots stop no clock."""
    rows = list(messages)
    asked = [at for author, at in rows if author == USER]
    opened = min(asked, default=None)
    human = [at for author, at in rows if author == AGENT and opened is not None and at >= opened]
    machine = [
        at for author, at in rows if author not in {USER, AGENT} and opened is not None and at >= opened
    ]
    answered = max(human, default=None)
    return Told(
        began_at=min(at for _, at in rows),
        last_at=max(at for _, at in rows),
        opened_at=opened,
        first_human_at=min(human, default=None),
        first_auto_at=min(machine, default=None),
        waiting_since=min((at for at in asked if answered is None or at > answered), default=None),
    )
