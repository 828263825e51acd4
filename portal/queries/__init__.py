"""Reads that need both neighbours."""
