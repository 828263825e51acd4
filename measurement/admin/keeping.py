"""What is kept of people, on the operator's desk: read-only."""

from measurement.models import KeptSource, SensitiveConsent
from merchants.admin import listed

listed(
    KeptSource,
    "kind source purpose basis basis_since days set_by set_at",
    "source basis",
    filters="kind purpose",
)
listed(SensitiveConsent, "use consent since recorded_by", "consent", filters="use")
