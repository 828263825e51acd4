"""Partners that answer as the platforms do: orders of the world, worded in the wire formats.

Every module gives *exchanges* ``{"request": ..., "response": ...}`` as a recorded call is kept; none
holds a token, a name of a receiver or an address. ``exchanges`` yields all calls that tell given sales.
"""
