"""What platforms report, on the operator's desk: read-only."""

from measurement.models import AllianceRow, Comment, CrowdReport, MarketSeries, ProfileRow, Promotion
from merchants.admin import listed

listed(
    AllianceRow,
    "day programme level window_days task_name note spu source stated_at replaced_at",
    "natural_key task_name",
    filters="programme level window_days axis",
    related="note spu",
)
listed(
    CrowdReport,
    "day layer spu people added source stated_at replaced_at",
    "natural_key",
    filters="layer source",
    related="spu",
)
listed(
    ProfileRow,
    "last_day scope spu note campaign live_stream layer dimension bucket people share source stated_at replaced_at",
    "natural_key",
    filters="scope dimension layer source",
    related="spu note campaign live_stream",
)
listed(
    MarketSeries,
    "day platform measure spu value source stated_at replaced_at",
    "natural_key",
    filters="platform measure source",
    related="spu",
)
listed(
    Promotion,
    "name kind first_day last_day platform spu stated_at replaced_at",
    "name",
    filters="kind platform",
    related="spu",
)
listed(Comment, "posted_at note by_author likes stated_at", "external_id", keys="author_key", related="note")
