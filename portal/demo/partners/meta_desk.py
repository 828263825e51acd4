"""Meta: tells what a lead's form holds, and takes names of stages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from leads.channels.calls import Answer, Call
from portal.demo.partners.wire import body_of, header, path_of, said


@dataclass(slots=True)
class Desk:
    """``leads`` is {leadgen id: contents}; ``events`` is {event id: event}, each once; ``busy`` answers that
    many calls as one that was called too often."""

    token: str
    dataset_id: str
    leads: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: dict[str, dict[str, Any]] = field(default_factory=dict)
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
        if call.method == "GET" and last in self.leads:
            return said(self.leads[last])
        return _wrong(400, 100, f"Unsupported get request. Object with ID '{last}' does not exist")

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


def _wrong(status: int, code: int, message: str, **more: Any) -> Answer:
    return said({"error": {"message": message, "type": "OAuthException", "code": code, **more}}, status)
