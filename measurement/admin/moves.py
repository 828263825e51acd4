"""Waste, moves and ripening on the operator's desk: read-only, computed rows and the merchants' own."""

from measurement.models import JudgedRow, Judging, Move, RipeningRow, SignalRelation, SpendFlag, StopRule
from merchants.admin import listed

listed(Judging, "through judged_at asked_at run took_ms", "merchant__code", related="run")
listed(
    JudgedRow,
    "dimension key days end verdict cost returned low high people maturity place",
    "key",
    filters="verdict dimension days",
)
listed(SpendFlag, "kind dimension key day value usual source", "key source", filters="kind dimension")
listed(
    Move,
    "starts_on kind name owner measure direction size due_on matures_on came",
    "name reason recorded_by",
    filters="kind came measure",
    related="owner",
)
listed(
    StopRule,
    "campaign version launches_on day metric against threshold action state after_launch",
    "campaign__name reason recorded_by",
    filters="state metric after_launch",
    related="campaign",
)
listed(
    RipeningRow,
    "campaign first_day last_day share_in p80_on orders expected low high",
    "campaign__name campaign__external_id",
    related="campaign",
)
listed(SignalRelation, "signal rho low high n", "signal")
