"""Persons' identifiers leave a piece before it is stored.

``veil`` puts a person key in the place of every buyer id that a piece carries, so that no table ever
holds the clear one; ``person_of`` reads the key back from a join key of the order made from it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from measurement.alliance.facts import JoinKey, JoinKind, OrderFact, Piece

MARK = "person:"

# Where the platforms' pieces carry a buyer, and the name space it is stable in.
FIELDS: dict[str, dict[str, str]] = {
    "taobao": {"buyer_open_uid": "taobao"},
    "jd": {"open_id_buyer": "jd", "xid": "jd:xid"},
    "vipshop": {"open_user_id": "vipshop"},
    "xiaohongshu_ark": {"user_id": "xiaohongshu_ark", "userId": "xiaohongshu_ark"},
}

KeyOf = Callable[[str, str], uuid.UUID]  # (name space, identifier) -> person key


def veil(piece: Piece, key_of: KeyOf) -> Piece:
    """The same piece with every buyer id replaced by ``person:<hex>``; repeatable."""
    fields = FIELDS.get(piece.platform, {})
    return replace(
        piece, body={name: _veiled(name, value, fields, key_of) for name, value in piece.body.items()}
    )


def person_of(fact: OrderFact) -> uuid.UUID | None:
    """The order's own person key: its first buyer key, as veiled."""
    for key in fact.join_keys:
        if key.kind == JoinKind.BUYER and key.value.startswith(MARK):
            return uuid.UUID(hex=key.value.removeprefix(MARK))
    return None


def channel_codes(fact: OrderFact) -> list[tuple[str, JoinKey]]:
    """(line id or "", key) of every join key that names content, not a person."""
    own = [("", key) for key in fact.join_keys]
    of_lines = [(line.line_id, key) for line in fact.lines for key in line.join_keys]
    return [(line_id, key) for line_id, key in own + of_lines if key.kind != JoinKind.BUYER]


def _veiled(name: str, value: Any, fields: dict[str, str], key_of: KeyOf) -> Any:
    if isinstance(value, str) and name in fields and value:
        return _mark(fields[name], value, key_of)
    if isinstance(value, (list, tuple)):
        if len(value) == 3 and value[0] == JoinKind.BUYER:  # [kind, name space, value]
            return [value[0], value[1], _mark(str(value[1]), str(value[2]), key_of)]
        return [_veiled("", item, fields, key_of) for item in value]
    if isinstance(value, dict):
        return {inner: _veiled(inner, item, fields, key_of) for inner, item in value.items()}
    return value


def _mark(namespace: str, value: str, key_of: KeyOf) -> str:
    return value if value.startswith(MARK) else f"{MARK}{key_of(namespace, value).hex}"
