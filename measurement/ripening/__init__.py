"""What can be said of a campaign while its orders still come in (pure)."""
