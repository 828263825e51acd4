"""One JSON shape for every failure of the API.

``{"error": {"code": "...", "message": "...", "details": [...]}}``
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, Http404):
        code, message = "not_found", "There is nothing here."
    elif isinstance(error, PermissionDenied):
        code, message = "permission_denied", "The token may not do this."
    else:
        assert isinstance(error, exceptions.APIException)
        codes = error.get_codes()
        code = codes if isinstance(codes, str) else "invalid"
        message = str(error.detail) if isinstance(codes, str) else "The request cannot be taken; see details."
    body: dict[str, Any] = {"code": code, "message": message}
    if isinstance(error, exceptions.ValidationError):
        body["details"] = error.detail
    response.data = {"error": body}
    return response
