"""One of the places where a person is signed in, ended. The list of them is the log-in library's."""

from __future__ import annotations

from allauth.usersessions.internal import flows
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from merchants.access import allows


@login_required
@allows("POST")
def end(request: HttpRequest, session_id: int) -> HttpResponse:
    """Signs the person out there; where it is this very browser, here."""
    session = UserSession.objects.filter(user=request.user, pk=session_id).first()
    if session is None:
        raise Http404
    flows.sessions.end_sessions(request, [session])
    messages.success(request, _("You are signed out there."))
    return redirect("usersessions_list")
