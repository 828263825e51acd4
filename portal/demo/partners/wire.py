"""What fakes of partners that are called share: a refusal, a body, a proof."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from leads.channels.calls import Answer, Call


def body_of(call: Call) -> dict[str, Any]:
    """The JSON object of a body; empty when it is none."""
    try:
        told = json.loads(call.body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def path_of(call: Call) -> str:
    return urlsplit(call.url).path


def query_of(call: Call) -> dict[str, str]:
    """What stands behind the question mark; of a name that stands there twice the last."""
    return dict(parse_qsl(urlsplit(call.url).query))


def header(call: Call, name: str) -> str:
    """A header whatever the case of its name."""
    return next((text for key, text in call.headers.items() if key.lower() == name.lower()), "")


def said(told: Mapping[str, Any], status: int = 200) -> Answer:
    return Answer(status, json.dumps(told, ensure_ascii=False).encode())


def feiyu_proof(key: str, text: str) -> str:
    """Base64 of the hex text of HMAC-SHA256, as its sheet has it."""
    digest = hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
    return base64.b64encode(digest.encode()).decode()
