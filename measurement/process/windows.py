"""Short windows of the platforms, which stand beside the decision cycle (pure)."""

LIVE_HOURS = 24  # the platform's own window after a live stream
OWN_SHOP_DAYS = 7  # and that of its own shop
NEXT_DAYS = 30  # and what the same viewers bought after that
