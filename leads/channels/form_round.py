"""A round through the forms of a page, to find leads that no push brought: where it stands, as plain data (pure).

First the forms are listed, page by page, then the leads of each are read. A round in progress is a mapping
``{"asked_at", "since", "listed", "forms", "after", "failures", "again_at"}``: when it began and from when on it
reads (ISO times), whether the list of forms is complete, the forms that are still to be read, where the next page
begins, how often that page was not given, and from when on it is asked for. A round that has ended is an empty
mapping.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from leads.channels import calls, meta
from leads.channels.calls import Answer, Call, Outcome, Took
from merchants.wire.shapes import as_mapping

FORMS = 1_000  # of a page; more is no list that ends
Round = dict[str, Any]


def begun(now: datetime, since: datetime) -> Round:
    return {
        "asked_at": now.isoformat(),
        "since": since.isoformat(),
        "listed": False,
        "forms": [],
        "after": "",
        "failures": 0,
        "again_at": now.isoformat(),
    }


def is_due(at: Round, now: datetime) -> bool:
    """Whether its next page may be asked for; a round that has ended has none."""
    return bool(at) and now >= datetime.fromisoformat(at["again_at"])


def call(given: Mapping[str, str], at: Round) -> Call:
    """What is asked next."""
    if at["listed"]:
        newer = {
            "field": "time_created",
            "operator": "GREATER_THAN",
            "value": int(datetime.fromisoformat(at["since"]).timestamp()),
        }
        asked = {"fields": f"id,{meta.FIELDS}", "filtering": json.dumps([newer], separators=(",", ":"))}
        path = f"{at['forms'][0]}/leads"
    else:
        asked, path = {"fields": "id"}, f"{given['page_id']}/leadgen_forms"
    asked["limit"] = str(meta.PAGE)
    if at["after"]:
        asked["after"] = at["after"]
    return meta.asked(given, f"{path}?{urlencode(asked)}")


def judged(answer: Answer) -> Outcome:
    """Whether a page of forms or of leads came."""
    outcome = calls.graph(answer, holds="data")
    if outcome.took is Took.ACCEPTED and meta.rows(answer.told) is None:
        return Outcome(Took.REJECTED, "no_rows")
    return outcome


def gone_on(at: Round, answer: Mapping[str, Any]) -> Round:
    """The round after a page of forms or of leads came."""
    after = meta.next_page(answer)
    at = {**at, "failures": 0}
    if at["listed"]:
        return {**at, "after": after} if after else skipped(at)
    found = [str(one["id"]) for one in map(as_mapping, meta.rows(answer) or []) if one.get("id")]
    forms = list(dict.fromkeys([*at["forms"], *found]))[:FORMS]
    if after and found and len(forms) < FORMS:
        return {**at, "forms": forms, "after": after}
    return {**at, "forms": forms, "after": "", "listed": True} if forms else {}


def skipped(at: Round) -> Round:
    """The round without its present form."""
    return {**at, "forms": at["forms"][1:], "after": "", "failures": 0} if at["forms"][1:] else {}


def put_off(at: Round, now: datetime, longest: timedelta) -> Round:
    """The round after its page was not given: asked for again after a pause that grows."""
    failures = at["failures"] + 1
    return {**at, "failures": failures, "again_at": (now + calls.pause(failures, longest)).isoformat()}
