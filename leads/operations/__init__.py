"""Writes of the desk: one transaction each, with its trail."""
