"""Who agreed on what with whom, and what bloggers say of themselves."""

from __future__ import annotations

from merchants.admin.desk import listed
from merchants.models import Agreement, BloggerProfile, Rate

listed(
    Agreement,
    "right partner blogger_name state starts_on until offered_at",
    "blogger blogger_name partner__code",
    filters="right state",
    related="partner",
)
listed(BloggerProfile, "name external_id followers changed_at", "name external_id")
listed(Rate, "work fen valid_from recorded_at", "work", filters="work")
