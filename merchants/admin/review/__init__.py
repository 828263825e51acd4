"""The reviewers' desk: the queue of cases, and the page on which one is decided."""

from merchants.admin.review import cases  # noqa: F401 - the page registers itself
