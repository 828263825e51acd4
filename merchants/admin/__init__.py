"""The operator's desk: ``desk`` is what every page of it is made of, with the pages of the foundation."""

from merchants.admin import (  # noqa: F401 - pages register themselves
    agreements,
    claims,
    onboarding,
    partners,
    readiness,
    review,
    trail,
    webhooks,
)
from merchants.admin.desk import (
    DELIVERIES,
    OPERATOR,
    MerchantAdmin,
    PatientPaginator,
    SupportAdmin,
    each,
    listed,
)

__all__ = ["DELIVERIES", "OPERATOR", "MerchantAdmin", "PatientPaginator", "SupportAdmin", "each", "listed"]
