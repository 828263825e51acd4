"""For the proxy and the supervisor: does the process live, and can it work?"""

from django.db import Error, connection
from django.http import HttpRequest, JsonResponse

from merchants.access import allows


@allows("GET")
def alive(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"alive": True})


@allows("GET")
def ready(request: HttpRequest) -> JsonResponse:
    """503 while the database cannot be asked. The broker may be away: work then waits as marks."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return JsonResponse({"ready": False, "database": False}, status=503)
    return JsonResponse({"ready": True, "database": True})
