"""Meta: tells what a lead's form holds, lists the forms of a page and their leads, and takes names of stages."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from leads.channels.calls import Answer, Call
from portal.demo.partners.wire import body_of, header, path_of, query_of, said


@dataclass(slots=True)
class Desk:
    """``leads`` is {leadgen id: contents}; ``forms`` are the ids of the page's forms, ``gone`` those of them that
    can be listed and not read; ``events`` is {event id: event}, each once; ``busy`` answers that many calls as one
    that was called too often."""

    token: str
    dataset_id: str
    leads: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
    forms: list[str] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    busy: int = 0

    def __call__(self, call: Call) -> Answer:
        if self.busy:
            self.busy -= 1
            return _wrong(400, 4, "Application request limit reached", is_transient=True)
        if header(call, "Authorization") != f"Bearer {self.token}":
            return _wrong(401, 190, "Error validating access token")
        *_, before, last = ["", *path_of(call).split("/")]
        if call.method == "POST" and (before, last) == (self.dataset_id, "events"):
            return self._take(body_of(call))
        if call.method == "GET" and (before, last) == ("me", "leadgen_forms"):
            return _page(call, [{"id": one} for one in self.forms])
        if call.method == "GET" and last == "leads" and before in set(self.forms) - self.gone:
            return _page(call, self._left_in(before, call))
        if call.method == "GET" and last in self.leads:
            return said(self.leads[last])
        return _wrong(400, 100, f"Unsupported get request. Object with ID '{last}' does not exist")

    def _left_in(self, form: str, call: Call) -> list[dict[str, Any]]:
        """The leads of a form that pass the one filter that is documented, newest first as they are given."""
        newer = 0
        for one in json.loads(query_of(call).get("filtering", "[]")):
            if (one["field"], one["operator"]) == ("time_created", "GREATER_THAN"):
                newer = int(one["value"])
        mine = [one for one in self.leads.values() if one.get("form_id") == form]
        left = [(datetime.fromisoformat(one["created_time"]).timestamp(), one) for one in mine]
        return [one for at, one in sorted(left, key=lambda each: -each[0]) if at > newer]

    def _take(self, told: dict[str, Any]) -> Answer:
        events = told.get("data")
        if not isinstance(events, list) or not events:
            return _wrong(400, 100, "(#100) The parameter data is required")
        for event in events:
            if not isinstance(event.get("event_time"), int) or not event.get("event_name"):
                return _wrong(400, 100, "Invalid parameter")
            if event.get("action_source") != "system_generated":
                return _wrong(400, 100, "Invalid parameter")
            if not isinstance(event.get("user_data", {}).get("lead_id"), int):
                return _wrong(400, 100, "Invalid parameter")
        for event in events:
            self.events.setdefault(event["event_id"], event)
        return said({"events_received": len(events), "messages": [], "fbtrace_id": "demo"})


def _page(call: Call, rows: list[dict[str, Any]]) -> Answer:
    """A page of a list; ``next`` is there while more follows, the cursors always."""
    told = query_of(call)
    start, limit = int(told.get("after", 0)), int(told.get("limit", 25))
    paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(start + limit)}}
    if start + limit < len(rows):
        paging["next"] = f"{call.url.partition('?')[0]}?{urlencode({**told, 'after': start + limit})}"
    return said({"data": rows[start : start + limit], "paging": paging})


def _wrong(status: int, code: int, message: str, **more: Any) -> Answer:
    return said({"error": {"message": message, "type": "OAuthException", "code": code, **more}}, status)
