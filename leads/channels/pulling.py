"""Asking sources for leads: what is asked, and whether the answer holds any (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode

from leads.channels import calls, feiyu, meta, signatures
from leads.channels.calls import Answer, Call, Outcome
from merchants.wire.shapes import as_list, integer


def feiyu_page(given: Mapping[str, str], start: str, end: str, page: int, now: datetime) -> Call:
    """One page of the leads between two days (``2026-01-31``)."""
    timestamp = str(int(now.timestamp()))
    asked = urlencode({"start_time": start, "end_time": end, "page": page, "page_size": feiyu.PAGE})
    signed = signatures.feiyu_text(start, end, timestamp)
    return Call(
        "GET",
        f"{given['base']}{signatures.FEIYU_PULL}?{asked}",
        {
            "Access-Token": given["access_token"],
            "Timestamp": timestamp,
            "Signature": signatures.feiyu(given["signature_key"], signed),
        },
    )


def feiyu_answer(answer: Answer) -> tuple[Outcome, int, int | None]:
    """Whether a page came, its rows, and how many rows the whole span has if it says so."""
    told = answer.told
    rows = feiyu.rows(told)
    good = rows is not None and integer(told.get("status", 0)) == 0
    why = "" if good else calls.reason(told.get("msg"), told.get("message"), told.get("status"))
    refused = not good and any(word in why.lower() for word in ("token", "signature"))
    return calls.judged(answer, good, why, access=refused), len(as_list(rows)), feiyu.count(told)


def meta_lead(given: Mapping[str, str], lead: str) -> Call:
    """What a lead's form holds."""
    return meta.asked(given, f"{lead}?{urlencode({'fields': meta.FIELDS})}")


def meta_answer(answer: Answer) -> Outcome:
    outcome = calls.graph(answer, holds="id")
    if outcome.took is calls.Took.ACCEPTED and meta.contents(answer.told) is None:
        return Outcome(calls.Took.REJECTED, "no_id")
    return outcome
