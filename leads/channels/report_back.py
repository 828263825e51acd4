"""What a source is told about its leads: one vocabulary, worded as each takes it (pure).

Codes are those of the platform's list: 101 form, 102 valid form, 103 phone, 104 phone connected, 121 WeChat
copied, 122 WeChat added, 123 registered, 124 mini-app, 131 identity, 141 purchase, 200 negative sample, 401 to
404 app. Meta takes names of stages instead.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from leads.channels import access, calls, signatures
from leads.channels.calls import Answer, Ask, Outcome, Took
from merchants.wire.shapes import as_mapping, integer, text_or_none

CODES = (101, 102, 103, 104, 121, 122, 123, 124, 131, 141, 200, 401, 402, 403, 404)
VALID = 102
BY_STAGE = frozenset({"meta"})
"""Sources that are told every stage, the first too, in their order."""
STATEFUL = frozenset({"feiyu"})
"""Sources that keep the last state they were told: taking one back is telling the one before."""
STATES = {"new": 101, "visited": None}
"""Stages that such a source has a state for besides those of the list: its first (101), and the visit, which is told by
the stage's name."""
RETURNED = "/api/hawking/leads/return"
METHOD, TOKEN_METHOD, VERSION = "aurora.leads", "oauth.getAccessToken", "1.0"
_META_ID = re.compile(r"[0-9]{15,17}")


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing to tell. ``code`` is of :data:`CODES`, None where only the stage says it; ``number`` makes two
    tellings of it one; ``lead`` is the source's own id, ``origin`` what it told of how the lead came."""

    verb: str  # send, restate, retract
    code: int | None
    stage: str
    number: str
    happened_at: datetime
    began_at: datetime
    lead: str
    origin: Mapping[str, Any] = field(default_factory=dict)


def tell(channel: str, ask: Ask, said: Statement, given: Mapping[str, str], now: datetime) -> Outcome:
    """Tells a source one thing. Raises :class:`~leads.channels.calls.Unreachable`; then it may have arrived."""
    return _TELLERS[channel](ask, said, given, now)


def takes(channel: str) -> bool:
    """Whether there is a way to tell this source anything."""
    return channel in _TELLERS


def click_of(origin: Mapping[str, Any]) -> str | None:
    """The click that brought the lead: told by the source, or in the address of the landing page."""
    told = text_or_none(origin.get("click_id"))
    if told:
        return told
    try:
        asked = parse_qs(urlsplit(str(origin.get("page_url") or "")).query)
    except ValueError:
        return None
    return next((values[0] for name in ("click_id", "clickid") if (values := asked.get(name))), None)


def aurora_sign(advertiser_id: str, method: str, timestamp: str) -> str:
    """MD5 over names and values written without ``=``, in upper hex as the one code base that signs has it."""
    pairs = (
        ("advertiser_id", advertiser_id), ("method", method), ("timestamp", timestamp), ("version", VERSION),
    )  # fmt: skip
    text = "&".join(name + value for name, value in pairs)
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()


def aurora(advertiser_id: str, method: str, now: datetime, base: str, **told: Any) -> calls.Call:
    """A call of ``/common``: which of its methods is meant stands in the body."""
    timestamp = _milliseconds(now)
    body = {
        "advertiser_id": advertiser_id,
        "method": method,
        "version": VERSION,
        "timestamp": timestamp,
        "sign": aurora_sign(advertiser_id, method, str(timestamp)),
        **told,
    }
    return calls.posted(f"{base}/api/open/common", body)


def _red(ask: Ask, said: Statement, given: Mapping[str, str], now: datetime) -> Outcome:
    """A valid landing-page lead is marked by the lead's ids, everything else is told of its click. Nothing
    that was told can be taken back or put otherwise."""
    if said.verb != "send":
        return Outcome(Took.REJECTED, "no_retract")
    if said.code == VALID and (marked := _returned(said, given)):
        return calls.red(ask(marked))
    click = click_of(said.origin)
    if click is None:
        return Outcome(Took.REJECTED, "no_click")
    if not access.has(given, "advertiser_id"):
        return Outcome(Took.WAITS, "no_access")
    advertiser_id, base = given["advertiser_id"], given["base"]
    answer = ask(aurora(advertiser_id, TOKEN_METHOD, now, base))
    token = text_or_none(as_mapping(answer.told.get("data")).get("access_token"))
    if token is None:
        refused = calls.red(answer)
        return Outcome(Took.WAITS, refused.why or "access") if refused.took is not Took.AGAIN else refused
    event = {
        "access_token": token,
        "event_type": str(said.code),
        "conv_time": _milliseconds(said.happened_at),
        "click_id": click,
    }
    return calls.red(ask(aurora(advertiser_id, METHOD, now, base, **event)))


def _returned(said: Statement, given: Mapping[str, str]) -> calls.Call | None:
    """Marks a landing-page lead as valid by its ids; None where one of them is unknown."""
    names = {"campaignId": "campaign_id", "unitId": "unit_id", "creativityId": "creative_id"}
    ids = {name: text_or_none(said.origin.get(ours)) for name, ours in names.items()}
    if "site" not in given or not all(ids.values()) or not _is_theirs(said.lead):
        return None
    return calls.posted(given["site"] + RETURNED, {**ids, "leadsId": said.lead})


def _feiyu(ask: Ask, said: Statement, given: Mapping[str, str], now: datetime) -> Outcome:
    """Feiyu keeps one state for a lead. Its numbers are the merchant's to name, as they stand in its own
    account; a lead that is taken back stands again as one that just came (101)."""
    if not _is_theirs(said.lead):
        return Outcome(Took.REJECTED, "no_lead_id")
    state = given.get(f"state_{101 if said.verb == 'retract' else said.code or said.stage}", "")
    if not access.open_to("feiyu", access.TELL, given):
        return Outcome(Took.WAITS, "no_access")
    if integer(state) is None:
        return Outcome(Took.WAITS, "not_mapped")
    timestamp = str(int(now.timestamp()))
    call = calls.posted(
        given["base"] + signatures.FEIYU_CALLBACK,
        {"clue_id": said.lead, "clue_convert_state": integer(state)},
        Access_Token=given["access_token"],
        Timestamp=timestamp,
        Signature=signatures.feiyu(given["signature_key"], f"{signatures.FEIYU_CALLBACK} {timestamp}"),
    )
    return feiyu_outcome(ask(call))


def feiyu_outcome(answer: Answer) -> Outcome:
    """``status`` 0 is good (``code`` in other answers of theirs); what is wrong stands in ``msg``."""
    told = answer.told
    good = integer(told.get("status", told.get("code"))) == 0
    why = reason_of(told)
    refused = not good and any(word in why.lower() for word in ("token", "signature"))
    return calls.judged(answer, good, "" if good else why, access=refused)


def reason_of(told: Mapping[str, Any]) -> str:
    return calls.reason(told.get("msg"), told.get("message"), told.get("status"), told.get("code"))


def _meta(ask: Ask, said: Statement, given: Mapping[str, str], now: datetime) -> Outcome:
    """Every stage by its name. An event is named by its number, so that the same one twice counts once; one
    from before the lead is dropped there, so it is not sent. A stage that is left again cannot be unsaid: the
    one that holds now is told."""
    if not _META_ID.fullmatch(said.lead):
        return Outcome(Took.REJECTED, "no_lead_id")
    if said.verb == "retract":
        return Outcome(Took.REJECTED, "no_retract")
    if said.happened_at < said.began_at:
        return Outcome(Took.REJECTED, "before_lead")
    if not access.open_to("meta", access.TELL, given):
        return Outcome(Took.WAITS, "no_access")
    event = {
        "event_name": said.stage,
        "event_time": int(said.happened_at.timestamp()),
        "event_id": said.number,
        "action_source": "system_generated",
        "user_data": {"lead_id": int(said.lead)},
        "custom_data": {"event_source": "crm", "lead_event_source": "Seedbed"},
    }
    url = f"{given['base']}/{given['dataset_id']}/events"
    outcome = calls.graph(
        ask(calls.posted(url, {"data": [event]}, Authorization=f"Bearer {given['access_token']}")),
        holds="events_received",
    )
    return Outcome(Took.SENT) if outcome.took is Took.ACCEPTED else outcome


def _is_theirs(lead: str) -> bool:
    """Whether the source itself gave this id: ours are made where it told none."""
    return bool(lead) and not lead.startswith(("h-", "conversation:"))


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


_TELLERS: Mapping[str, Callable[[Ask, Statement, Mapping[str, str], datetime], Outcome]] = {
    "xiaohongshu_form": _red,
    "xiaohongshu_im": _red,
    "feiyu": _feiyu,
    "meta": _meta,
}
