"""Everything that follows the ledger at a distance: classes of spend, flags, ripening, rules, outcomes."""

from __future__ import annotations

from datetime import datetime, timedelta

from measurement.operations import flags, outcomes, returns, ripen, stoprules
from measurement.queries.results import basis_of
from merchants import tenancy
from merchants.models import Merchant
from merchants.periods import day_of


def renew(merchant: Merchant, *, now: datetime) -> None:
    """Each part is a transaction of its own and may be repeated; killed between two, the next judging, which
    comes with the next change or day, does the rest. The classes come last: they say that all is done."""
    today = day_of(now)
    with tenancy.acting_for(merchant):
        basis = basis_of(merchant)
    through = basis[0].through(today) or today - timedelta(days=1)
    flags.renew(merchant, through=through)
    ripen.renew(merchant, basis, through=through)
    stoprules.evaluate(merchant, now=now, through=through)
    outcomes.settle(merchant, basis, now=now, through=through)
    returns.renew(merchant, now=now)
