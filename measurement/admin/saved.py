"""What people keep of reports, on the operator's desk: read-only."""

from measurement.models import Annotation, Mailing, SavedView, Schedule
from merchants.admin import listed

listed(SavedView, "name page owner shared created_at", "name page", filters="shared", related="owner")
listed(
    Schedule,
    "view rhythm day hour form owner paused next_at",
    "view__name",
    filters="rhythm paused",
    related="view owner",
)
listed(
    Mailing,
    "due_at schedule state attempts sent_at sent_to error",
    "error",
    filters="state",
    related="schedule__view",
)
listed(
    Annotation,
    "first_day last_day text campaign spu author removed_at",
    "text",
    related="campaign spu",
)
