"""What the platform penalises, said before a message is sent (pure). A warning, never a refusal.

Source: public guides of agencies on its private messages (2025, 2026): contact details only by the official
card, about three messages before an answer, about twenty people a day who have not written to the account. The
platform publishes no exact rule, so the numbers are settings of the installation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from leads import duplicates

_CONTACT = re.compile(r"微信|薇信|vx|v信|wechat|加[我微vV]|手机号|电话", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many are sent before they are too many: messages before an answer, strangers of an account a day."""

    before_an_answer: int
    strangers_a_day: int


@dataclass(frozen=True, slots=True)
class Sent:
    """What went out before: ours ``since_answer``, since the person wrote; how many ``strangers`` the account
    has written to today, without this one; whether this one ``is_new``: has not written, and is none of them."""

    since_answer: int
    strangers: int
    is_new: bool


def warnings(text: str, sent: Sent, limits: Limits) -> tuple[str, ...]:
    """Codes of what a text, sent now, would risk: the first one beyond a limit is warned of."""
    found = []
    if _CONTACT.search(text) or duplicates.without_numbers(text) != text:
        found.append("contact_in_text")
    if sent.since_answer >= limits.before_an_answer:
        found.append("unanswered")
    if sent.is_new and sent.strangers >= limits.strangers_a_day:
        found.append("strangers")
    return tuple(found)


_VARIABLE = re.compile(r"\{(\w+)(?:\|([^{}]*))?\}")


def filled(text: str, values: dict[str, str]) -> str:
    """A snippet with its variables filled in: ``{name|亲}`` falls back to 亲; one that is unknown and has no
    fallback stays as it is, so that nobody sends a gap unseen."""

    def put(found: re.Match[str]) -> str:
        value = values.get(found[1], "")
        return value or (found[2] if found[2] is not None else found[0])

    return _VARIABLE.sub(put, text)
