"""What happens to every answer a program gets, outside the transaction of its call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponseBase

from merchants.api_limits import ALLOWANCE, WINDOW_SECONDS, Allowance
from merchants.models import ApiToken
from merchants.operations import tokens

Next = Callable[[HttpRequest], HttpResponseBase]


def of_programs(get_response: Next) -> Next:
    """Tells how much the token may still ask (draft-ietf-httpapi-ratelimit-headers, three headers and the policy),
    and keeps when it was last used: also by a call that was refused and taken back."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if isinstance(token := getattr(request, "auth", None), ApiToken):
            tokens.used(token, now=datetime.now(UTC))
        if isinstance(seen := getattr(request, ALLOWANCE, None), Allowance):
            response["RateLimit-Limit"] = str(seen.limit)
            response["RateLimit-Remaining"] = str(max(seen.left, 0))
            response["RateLimit-Reset"] = str(seen.resets_in)
            response["RateLimit-Policy"] = f"{seen.limit};w={WINDOW_SECONDS}"
        return response

    return answer
