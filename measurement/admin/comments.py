"""Labels of comments on the operator's desk: read-only."""

from measurement.models import CommentLabel, CommentLearning, LabelCorrection
from merchants.admin import listed

listed(
    CommentLabel,
    "comment polarity source version speaks_of_self echoes",
    "comment__external_id",
    filters="polarity source",
    related="comment",
)
listed(
    LabelCorrection,
    "comment polarity said_before intents intents_before by at",
    "comment__external_id",
    related="comment",
)
listed(CommentLearning, "learned_at corrections rules_right model_right used", "", filters="used")
