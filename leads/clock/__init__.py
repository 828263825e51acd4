"""The reply clock: service hours as intervals, and how much of them lies between two moments (pure)."""
