"""Names for what is kept of people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from measurement.choices import Kept, Purpose, Sensitive

KINDS: dict[str, Any] = {
    Kept.TOUCHES: _("Touchpoints"),
    Kept.IDENTITIES: _("Joined identities"),
    Kept.COMMENTS: _("Comments"),
}
SOURCES: dict[str, Any] = {
    "first_party": _("handed in by file or API"),
    "file": _("uploaded file"),
}
PURPOSES: dict[str, Any] = {
    Purpose.MEASURE: pgettext_lazy("purpose", "Measure what content led to orders"),
    Purpose.SERVE: pgettext_lazy("purpose", "Answer and follow up consultations"),
    Purpose.UNDERSTAND: pgettext_lazy("purpose", "Understand what readers say"),
    Purpose.DELIVER: pgettext_lazy("purpose", "Choose whom to deliver to"),
}
USES: dict[str, tuple[Any, Any]] = {
    Sensitive.COMMENTS: (_("Take comments in"), _("Files and batches of comments are accepted.")),
    Sensitive.SNIPPETS: (_("Show what was written"), _("The words of single comments stand on the page.")),
    Sensitive.TRAINING: (
        _("Learn from corrections"),
        _("A model learns from comments that people corrected."),
    ),
}
