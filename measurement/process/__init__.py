"""Process measurement: what was shown, read and done with it, before anybody buys (pure)."""
