"""How far campaigns have ripened: computed by a worker into rows, from which the page reads."""

from __future__ import annotations

from datetime import date

from measurement.models import RipeningRow, SignalRelation
from measurement.queries.results import Basis
from measurement.queries.ripened import ripened
from merchants import tenancy
from merchants.models import Merchant


def renew(merchant: Merchant, basis: Basis, *, through: date) -> int:
    """Puts the ripening of every campaign, and what signals were worth, in place of the former. How many."""
    with tenancy.acting_for(merchant):
        rows, relations = ripened(merchant, basis, through=through)
        RipeningRow.objects.for_merchant(merchant).delete()
        RipeningRow.objects.bulk_create(rows, batch_size=200)
        SignalRelation.objects.for_merchant(merchant).delete()
        SignalRelation.objects.bulk_create(relations)
    return len(rows)
