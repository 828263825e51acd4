"""Webhooks by the Standard Webhooks specification: signing, targets, pauses (pure; no Django, no clock)."""
