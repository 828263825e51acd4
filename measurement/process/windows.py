"""Windows of a live stream (pure)."""

LIVE_HOURS = 24  # the platform's own window after a live stream
NEXT_DAYS = 30  # and what the same viewers bought after that
