"""Feiyu: gives leads away by day and page, and keeps the state a lead is reported to be in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from leads.channels.calls import Answer, Call
from portal.demo.partners.wire import body_of, feiyu_proof, header, path_of, query_of, said

PULL, CALLBACK = "/crm/v2/openapi/pull-clues/", "/crm/v2/openapi/clue/callback/"
MOST = 100  # rows of a page


@dataclass(slots=True)
class Desk:
    """``clues`` are rows as they are pulled, with ``day`` as the key they are found by; ``states`` is
    {clue id: state}; ``busy`` answers that many calls with 429 first."""

    token: str
    key: str
    clues: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    states: dict[str, int] = field(default_factory=dict)
    known_states: frozenset[int] = frozenset({0, 1, 2, 3, 4})
    busy: int = 0

    def __call__(self, call: Call) -> Answer:
        if self.busy:
            self.busy -= 1
            return said({"status": -1, "msg": "too many requests"}, 429)
        if header(call, "Access-Token") != self.token:
            return said({"status": -1, "msg": "access token error"})
        stamp, path = header(call, "Timestamp"), path_of(call)
        if path.endswith(PULL) and call.method == "GET":
            asked = query_of(call)
            text = f"{PULL}?start_time={asked.get('start_time')}&end_time={asked.get('end_time')} {stamp}"
            return (
                self._page(asked)
                if self._proved(call, text)
                else said({"status": -1, "msg": "signature error"})
            )
        if path.endswith(CALLBACK) and call.method == "POST":
            good = self._proved(call, f"{CALLBACK} {stamp}")
            return self._take(body_of(call)) if good else said({"status": -1, "msg": "signature error"})
        return said({"status": -1, "msg": "not found"}, 404)

    def _proved(self, call: Call, text: str) -> bool:
        return header(call, "Signature") == feiyu_proof(self.key, text)

    def _page(self, asked: dict[str, str]) -> Answer:
        page, size = int(asked.get("page", 1)), int(asked.get("page_size", 10))
        if size > MOST:
            return said({"status": -1, "msg": "page_size error"})
        start, end = asked["start_time"], asked["end_time"]
        rows = [row for day, row in self.clues if start <= day <= end]
        return said({"status": 0, "count": len(rows), "data": rows[(page - 1) * size : page * size]})

    def _take(self, told: dict[str, Any]) -> Answer:
        if not isinstance(told.get("clue_id"), str):
            return said({"status": -1, "msg": "missing params"})
        if told.get("clue_convert_state") not in self.known_states:
            return said({"status": -1, "msg": "clue_convert_state error"})
        self.states[told["clue_id"]] = told["clue_convert_state"]
        return said({"status": 0, "msg": "success"})
