"""The end of an operator's look at a merchant's pages."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from merchants.access import allows
from merchants.operations.supervision import looking_on


@login_required
@allows("POST")
def end(request: Any) -> HttpResponse:
    """Ends whatever this person looks at, and leads back to where it began."""
    ended = looking_on.end(request.user)
    if not ended:
        return redirect("portal:start")
    messages.success(request, _("You see nothing of this merchant any more."))
    return redirect("admin:merchants_merchant_acts", ended[0].pk)
