"""Calls that we make to a source, and what its answers mean for us (pure: whoever asks is handed in)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from leads.channels.words import json_object
from merchants.wire.shapes import as_mapping, integer, text_or_none, truth

REASON_LIMIT = 200  # characters of a platform's own words that are kept
FIRST_PAUSE = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it will travel. Names of ``headers`` as the source writes them."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes = b""

    @property
    def told(self) -> Mapping[str, Any]:
        """The JSON object in it; empty when it is none."""
        return json_object(self.body) or {}


class Unreachable(Exception):
    """No answer came: the name is not known, nobody listens, it took too long. ``args[0]`` says which."""


Ask = Callable[[Call], Answer]


class Took(StrEnum):
    """What became of something that was told to a source."""

    SENT = "sent"  # it arrived; the source judges it later and does not tell us
    ACCEPTED = "accepted"
    REJECTED = "rejected"  # it will not be taken, however often it is told
    WAITS = "waits"  # a setting is missing or wrong: told once that is put right
    AGAIN = "again"  # nothing is wrong with it: told again after a pause


@dataclass(frozen=True, slots=True)
class Outcome:
    """``why`` is a code of ours, or the source's own words."""

    took: Took
    why: str = ""


def pause(attempts: int, longest: timedelta) -> timedelta:
    """How long to wait after that many attempts: 15 s, twice as long each time."""
    return min(FIRST_PAUSE * (1 << min(max(attempts - 1, 0), 20)), longest)


def posted(url: str, told: Mapping[str, Any], **headers: str) -> Call:
    """A POST of JSON; underscores of header names become dashes."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
    return Call("POST", url, {"Content-Type": "application/json", **named}, body)


def reason(*told: Any) -> str:
    """The first of the given that is a text or a number, cut to what is kept."""
    return next((text[:REASON_LIMIT] for one in told if (text := text_or_none(one))), "")


def judged(answer: Answer, good: bool, why: str, *, access: bool = False) -> Outcome:
    """What an answer comes to: busy and broken servers are asked again; ``access`` says that it is our
    credentials which were refused."""
    if answer.status == 429 or answer.status >= 500:
        return Outcome(Took.AGAIN, why or f"HTTP {answer.status}")
    if access or answer.status in (401, 403):
        return Outcome(Took.WAITS, why or "access")
    if good and answer.status < 300:
        return Outcome(Took.ACCEPTED)
    return Outcome(Took.REJECTED, why or f"HTTP {answer.status}")


def red(answer: Answer) -> Outcome:
    """An answer of Xiaohongshu: good when ``code`` is 0 and ``success`` does not say otherwise; the words
    stand in ``msg`` or ``message``, sometimes in ``errorMsg``. Errors of the token are told by their words,
    because their numbers are not published."""
    told = answer.told
    code = integer(told.get("code", told.get("errorCode")))
    good = code == 0 and ("success" not in told or truth(told["success"]))
    why = reason(told.get("msg"), told.get("message"), told.get("errorMsg"))
    access = not good and (code == 40001 or "token" in why.lower())
    return judged(answer, good, "" if good else why or reason(code), access=access)


def graph(answer: Answer, holds: str) -> Outcome:
    """An answer of Meta's graph, good when it ``holds`` that name: ``error`` has its message, code and whether
    it passes by itself."""
    error = as_mapping(answer.told.get("error"))
    if error.get("is_transient") is True or integer(error.get("code")) in (4, 17, 32, 613):  # too many calls
        return Outcome(Took.AGAIN, reason(error.get("message"), error.get("code")))
    good = not error and holds in answer.told
    why = reason(error.get("error_user_msg"), error.get("message"), error.get("code"))
    return judged(answer, good, why, access=integer(error.get("code")) in (102, 190))
