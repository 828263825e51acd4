"""One JSON shape for every failure of the API.

``{"error": {"code": "...", "message": "...", "details": [...]}}``
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

SAID = {
    400: ("bad_request", "The request cannot be read."),
    403: ("permission_denied", "The token may not do this."),
    404: ("not_found", "There is nothing here."),
    500: ("internal_error", "Something broke on our side; nothing was written."),
}


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """What a call is answered that raised; None for what nobody foresaw, which is then :func:`outside`'s."""
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.APIException):
        code, message = str(error.get_codes()), str(error.detail)
    else:
        assert isinstance(error, Http404 | PermissionDenied)
        code, message = SAID[response.status_code]
    body: dict[str, Any] = {"code": code, "message": message}
    if details := getattr(error, "details", None):
        body["details"] = details
    response.data = {"error": body}
    return response


def outside(status: int) -> HttpResponse:
    """The same where no call of the API was reached, or one broke."""
    code, message = SAID[status]
    return JsonResponse({"error": {"code": code, "message": message}}, status=status)
