"""What the platform penalises, said before a message is sent (pure). A warning, never a refusal.

Source: public guides of agencies on its private messages (2025, 2026): contact details only by the official
card, about three messages before an answer. The platform publishes no exact rule, so these are settings.
"""

from __future__ import annotations

import re

BEFORE_AN_ANSWER = 3
_CONTACT = re.compile(
    r"(?<!\d)1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)|微信|薇信|vx|v信|wechat|加[我微vV]|手机号|电话", re.IGNORECASE
)


def warnings(text: str, *, sent_since_answer: int) -> tuple[str, ...]:
    """Codes of what a text, sent now, would risk; ``sent_since_answer`` counts ours since the person wrote."""
    found = []
    if _CONTACT.search(text):
        found.append("contact_in_text")
    if sent_since_answer >= BEFORE_AN_ANSWER:
        found.append("three_unanswered")
    return tuple(found)


_VARIABLE = re.compile(r"\{(\w+)(?:\|([^{}]*))?\}")


def filled(text: str, values: dict[str, str]) -> str:
    """A snippet with its variables filled in: ``{name|亲}`` falls back to 亲; one that is unknown and has no
    fallback stays as it is, so that nobody sends a gap unseen."""

    def put(found: re.Match[str]) -> str:
        value = values.get(found[1], "")
        return value or (found[2] if found[2] is not None else found[0])

    return _VARIABLE.sub(put, text)
