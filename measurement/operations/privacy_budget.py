"""A budget of distinct questions about people: nobody asks until a small group falls out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from measurement import privacy
from measurement.models import PrivacyQuestion
from merchants import tenancy
from merchants.models import Merchant
from merchants.periods import day_of


def may_ask(merchant: Merchant, *, user_id: int, question: Mapping[str, Any]) -> bool:
    """Whether this question may be answered: it was asked today before, or the budget of the user and of the
    merchant still hold one more. Counts it. Of questions asked at once each waits for the one before, so that
    together they do not pass the budget. What is older than yesterday is forgotten."""
    today = day_of(datetime.now(UTC))
    digest = hashlib.sha256(json.dumps(question, sort_keys=True, default=str).encode()).hexdigest()[:32]
    with tenancy.acting_for(merchant):
        asked = PrivacyQuestion.objects.for_merchant(merchant).filter(day=today)
        if asked.filter(digest=digest, user_id=user_id).exists():
            return True  # what was asked before waits for nobody
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('privacy_budget'), %s)", [merchant.pk])
        rows = set(asked.values_list("digest", "user_id"))
        if (digest, user_id) in rows:
            return True
        by_user = sum(1 for _, who in rows if who == user_id)
        if not privacy.may_ask(by_user, len({one for one, _ in rows} - {digest})):
            return False
        PrivacyQuestion.objects.bulk_create(
            [PrivacyQuestion(merchant=merchant, user_id=user_id, day=today, digest=digest)],
            ignore_conflicts=True,
        )
        if not rows:
            old = today - timedelta(days=1)
            PrivacyQuestion.objects.for_merchant(merchant).filter(day__lt=old).delete()
    return True
