"""What the description of the API (OpenAPI 3.0) says of every call: who asks, what may be refused and how that looks,
how much is left. Views say only what is their own."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from merchants.api_auth import MEANT
from merchants.api_contract import ERROR

SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["error"],
    "additionalProperties": False,
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "additionalProperties": False,
            "properties": {
                "code": {
                    "type": "string",
                    "description": "For programs. New codes may come; take one you do not know by its status.",
                },
                "message": {
                    "type": "string",
                    "description": "For people, in the language of Accept-Language.",
                },
                "details": {
                    "type": "array",
                    "description": "What was refused, one by one.",
                    "items": {
                        "type": "object",
                        "required": ["code"],
                        "properties": {
                            "index": {
                                "type": "integer",
                                "description": "Place of the row in the body, from 0.",
                            },
                            "field": {"type": "string", "description": "Of the row, or the parameter."},
                            "value": {"type": "string", "description": "As it came; • where it is secret."},
                            "code": {"type": "string"},
                            "remedy": {"type": "string", "description": "What would be taken."},
                        },
                    },
                },
            },
        }
    },
}
_ROW = {
    "index": 0,
    "field": "day",
    "value": "2026-02-30",
    "code": "not_a_day",
    "remedy": "Write the day as 2026-03-01.",
}
_PARAMETER = {
    "field": "days",
    "value": "31",
    "code": "bad_parameter",
    "remedy": "Use one of: 7, 28, 90.",
}
SAYS: dict[int, tuple[str, tuple[Any, ...]]] = {
    400: (
        "What was sent cannot be taken; `details` says what and what would be.",
        ("bad_parameter", "These parameters make no sense: days=31.", _PARAMETER),
    ),
    401: (
        "No token, or one that is unknown or revoked.",
        ("bad_token", "The token is unknown or was revoked."),
    ),
    403: (
        "The token lacks the scope, or its merchant is not active.",
        ("permission_denied", "The token may not do this."),
    ),
    404: (
        f"{MEANT} names another merchant than the token's.",
        ("not_found", "There is no such merchant for this token."),
    ),
    406: (
        "Answers are JSON.",
        ("not_acceptable", "Could not satisfy the request Accept header."),
    ),
    409: (
        "A request with this key is being worked on.",
        ("in_flight", "A request with this key is being worked on; ask again soon."),
    ),
    413: ("Too large.", ("body_too_large", "The body is larger than 10 MB: send smaller batches.")),
    415: (
        "Another kind of body than the described ones.",
        ("unsupported_media_type", 'Unsupported media type "text/csv" in request.'),
    ),
    422: (
        "There is too little to answer from; `details` says what is lacking.",
        (
            "sample_too_small",
            "Fewer than 200 journeys ended with an order.",
            {"code": "orders", "orders": 93},
        ),
    ),
    429: (
        "Too many calls a minute, or too many questions about people a day; wait for Retry-After seconds.",
        ("throttled", "Request was throttled. Expected available in 17 seconds."),
    ),
}
OF_BATCHES: dict[int, tuple[str, tuple[Any, ...]]] = {
    400: (
        "The body cannot be read, or rows are refused; nothing was written.",
        ("rows_refused", "1 of 2 rows were refused; nothing was written.", _ROW),
    ),
    422: (
        "The key was used with another body.",
        ("key_used_otherwise", "This key was used with another body; take a new one."),
    ),
}
DONE = {200: "Done; the answer.", 202: "It is being worked out; ask again after Retry-After seconds."}
EVERYWHERE = (401, 403, 404, 406, 429)
_WHOLE = {"type": "integer", "minimum": 0}
ALLOWANCE = {
    "RateLimit-Limit": ("Calls a minute.", _WHOLE),
    "RateLimit-Remaining": ("Calls left in this minute.", _WHOLE),
    "RateLimit-Reset": ("Seconds until it begins anew.", _WHOLE),
    "RateLimit-Policy": ("The rule, such as `600;w=60`.", {"type": "string"}),
}
WAIT = {"Retry-After": ("Seconds.", _WHOLE)}
LINK = {"Link": ('The next page, `rel="next"`; missing on the last one.', {"type": "string"})}
ABOUT = """\
Programs of a merchant hand in touchpoints, orders, cost and leads, and read reports. Independent of every platform.

**Tokens.** Settings, *API tokens*: one merchant, named scopes, shown once. Send it as `Authorization: Bearer sbd_…`.
A program of several merchants may say whom it means with `Seedbed-Merchant: CODE`; a token of another one gets 404.

**Writing.** A batch is taken in whole or not at all. With `Idempotency-Key` the same body gets the same answer and is
carried out once, for 7 days and for this token; a row handed in again changes nothing either way.

**Errors** look alike everywhere: `{"error": {"code", "message", "details": [{"index", "field", "value", "code",
"remedy"}]}}`.

**Lists** come in pages: take `next_cursor`, or follow `Link` with `rel="next"`, until it is null. All other
parameters stay the same. A cursor whose row is gone is refused (`stale_cursor`): begin again.

**Limits.** `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` stand in every answer to a token with the
scope; after 429 wait for `Retry-After` seconds.

**Versions.** `/api/v1` only grows: fields, codes and values of open lists are added, none changes its meaning.
"""


def complete(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Hook of drf-spectacular that runs last: adds to each call of a token what holds for all of them."""
    result["info"]["description"] = ABOUT
    result["components"].setdefault("schemas", {})["Error"] = SCHEMA
    for call in (one for calls in result["paths"].values() for one in calls.values()):
        call.setdefault("parameters", []).append(
            {
                "name": MEANT,
                "in": "header",
                "required": False,
                "schema": {"type": "string"},
                "description": "Code of the merchant that is meant; 404 when the token is not its own.",
            }
        )
        answers = call["responses"]
        for status in EVERYWHERE:
            answers.setdefault(str(status), {})
        is_list = any(one["name"] == "cursor" for one in call["parameters"])
        call["responses"] = {
            status: _answer(int(status), answers[status], is_list, "requestBody" in call)
            for status in sorted(answers)
        }
    return result


def _answer(status: int, told: dict[str, Any], is_list: bool, is_batch: bool) -> dict[str, Any]:
    headers = dict(ALLOWANCE) if status not in {401, 403, 404, 406} else {}
    if status in {202, 409, 429}:
        headers |= WAIT
    if status == 200 and is_list:
        headers |= LINK
    told["description"] = told.get("description") or DONE.get(status, "")
    if status >= 400:
        says, example = (OF_BATCHES if is_batch and status in OF_BATCHES else SAYS)[status]
        content = {"schema": ERROR, "example": error(*example)}
        told = {"description": says, "content": {"application/json": content}}
    told["headers"] = {
        name: {"description": text, "schema": schema} for name, (text, schema) in headers.items()
    }
    return told


def error(code: str, message: str, detail: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, **({"details": [detail]} if detail else {})}}


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "merchants.api_auth.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token of one merchant, with named scopes.",
        }
