"""Papers that strangers hand in, made harmless: told by what they are, written anew, shown as pictures.

Pure: bytes in, bytes out; no Django, no clock, no settings. ``cell`` does it in a process of its own.
"""
